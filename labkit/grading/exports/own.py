"""Our own two formats: a table for spreadsheets, and JSON with all that is known.

The table has a row for each student, and for each lab four columns: score, of (full
marks), late penalty, not marked (the answers that nobody has marked yet). With a roster
come name and email, and the roster's students without a grade. A spreadsheet takes a cell
that begins with = + - @ for a formula, and students choose their names: such text gets an
apostrophe in front, which spreadsheets read as "this is text". Numbers never need one.

JSON, version 1 (a reader may rely on these keys; others may come):

    {"format": "labkit-grades", "version": 1, "course": "dcgan", "labs": [
      {"lab": "04_losses", "max": 14, "students": [
        {"student": "s001", "name": "Ada Lovelace", "email": "ada@example.org",
         "score": 12.5, "late_penalty": 0, "complete": true, "handed_in": true,
         "submitted": "2026-11-20T17:00:00+00:00", "attempt": 1,
         "exercises": {"critic_loss": {"points": 4, "max": 4, "by_hand": false,
           "findings": [{"name": "values", "passed": true, "weight": 1}]}},
         "written": {"04_saturation": {"points": null, "max": 2, "comment": ""}},
         "flags": [{"kind": "renamed", "text": "…"}]}]}]}

name and email are there with a roster only; submitted is null where nobody knows.
"""

import json
from typing import Any

from labkit.grading.exports.filling import Export
from labkit.grading.exports.grades import Grade, LabGrades, number
from labkit.grading.rosters import sheet
from labkit.grading.rosters.people import Person, Roster

VERSION = 1
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(labs: list[LabGrades], roster: Roster | None) -> Export:
    """The class as a table for a spreadsheet; see above."""
    export = Export(written=sum(len(lab.grades) for lab in labs))
    students = {student: None for lab in labs for student in sorted(lab.grades)}
    people = _people(labs, roster, export)
    named = {student: person for student, person in people.items() if person}
    listed = {person.row for person in named.values()}
    for person in roster.people if roster else ():
        if person.row not in listed:
            students[person.folder] = None
            named[person.folder] = person
    head = ["student", *(["name", "email"] * bool(roster))]
    for lab in labs:
        columns = ("score", "of", "late penalty", "not marked")
        head += [f"{lab.lab} {column}" for column in columns]
    rows = [head]
    for student in sorted(students):
        row = [student]
        if roster:
            has = named[student].has if student in named else {}
            row += [has.get("name", ""), has.get("email", "")]
        row = [safe(cell) for cell in row]
        for lab in labs:
            row += _cells(lab.grades.get(student))
        rows.append(row)
    export.content = sheet.write(rows)
    return export


def document(labs: list[LabGrades], roster: Roster | None, course: str) -> Export:
    """The class as JSON; see above."""
    export = Export(written=sum(len(lab.grades) for lab in labs))
    people = _people(labs, roster, export)
    made = {
        "format": "labkit-grades",
        "version": VERSION,
        "course": course,
        "labs": [
            {
                "lab": lab.lab,
                "max": lab.most,
                "students": [
                    _entry(grade, people.get(grade.student), roster is not None)
                    for grade in lab.grades.values()
                ],
            }
            for lab in labs
        ],
    }
    text = json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    export.content = text.encode("utf-8", "backslashreplace")
    return export


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _people(
    labs: list[LabGrades], roster: Roster | None, export: Export
) -> dict[str, Person | None]:
    """Student -> line of the roster; grades without one are noted."""
    people: dict[str, Person | None] = {}
    for lab in labs if roster else ():
        for student in lab.grades:
            found = roster.called(student)
            people[student] = found[0] if len(found) == 1 else None
            if len(found) != 1:
                why = (
                    "several lines of the roster" if found else "no line of the roster"
                )
                export.unplaced.append(
                    (lab.lab, student, f"{why}; listed all the same")
                )
    return people


def _cells(grade: Grade | None) -> list[str]:
    if grade is None:
        return [""] * 4
    numbers = [number(value) for value in (grade.score, grade.most, grade.late)]
    return [*numbers, ", ".join(grade.unmarked)]


def _entry(grade: Grade, person: Person | None, named: bool) -> dict[str, Any]:
    record, manual = grade.record, grade.by_hand.get("manual", {})
    comments = grade.by_hand.get("comments", {})
    who = {kind: person.has.get(kind) if person else None for kind in ("name", "email")}
    return {
        "student": grade.student,
        **(who if named else {}),
        "score": round(grade.score, 4),
        "late_penalty": round(grade.late, 4),
        "complete": not grade.unmarked,
        "handed_in": grade.handed_in,
        "submitted": record["submission"]["timestamp"],
        "attempt": record["attempt"],
        "exercises": {
            name: {
                "points": grade.marks[name],
                "max": exercise["max_points"],
                "by_hand": name in manual,
                "findings": exercise["findings"],
            }
            for name, exercise in record["exercises"].items()
        },
        "written": {
            name: {
                "points": points,
                "max": manual.get(name, {}).get("max_points"),
                "comment": comments.get(name, ""),
            }
            for name, points in grade.marks.items()
            if name not in record["exercises"]
        },
        "flags": record["flags"],
    }
