"""Canvas's grade book, as Import in its Gradebook takes it.

The format, read off Canvas's own sources, lib/gradebook_exporter.rb and
lib/gradebook_importer.rb (github.com/instructure/canvas-lms), November 2026:

- The first row begins with Student (or LastName, FirstName), ID, then SIS User ID and SIS
  Login ID where they are shown, Integration ID, Root Account, and Section. Columns of the
  teacher's own notes come next, then one for each assignment, "Title (number)", then
  totals (… Current Score, Final Score, …), which the importer leaves out by their titles.
- A row that begins with "Points Possible" holds full marks; "(read only)" there, too, is
  never imported. A row of "Manual Posting" may stand above it.
- A student is found by ID, else by SIS User ID, SIS Login ID, and last by name.
- A column whose title is no assignment's makes a new assignment, with its points possible;
  Canvas asks before it does.
- EX is an excused student; N/A one to whom the assignment is not given. An empty cell
  takes a grade away that is in Canvas, so cells without a new grade stay as exported.
- Commas and semicolons separate, in UTF-8; both decimal signs are understood.
"""

import re

from labkit.errors import BadValue
from labkit.grading.exports.filling import Export, Filler
from labkit.grading.exports.grades import LabGrades, number
from labkit.grading.rosters import sheet
from labkit.grading.rosters.people import POINTS_ROW, Roster

FIXED = {
    *("student", "lastname", "firstname", "id", "sis user id", "sis login id"),
    *("integration id", "root account", "section"),
}
TOTAL = re.compile(r"\b(Current|Final|Override) (Score|Points|Grade|Status)\b")
NUMBER = re.compile(r"\s*\(\d+\)$")
KEPT = {"EX": "excused in Canvas (EX)", "N/A": "not given to this student (N/A)"}


def fill(roster: Roster, labs: list[LabGrades], titles: dict[str, str]) -> Export:
    """Write grades into the grade book that Canvas has exported.

    Args:
        roster: the exported file.
        labs: their grades.
        titles: lab -> title of its column.

    Raises:
        BadValue: it is no such file, or a lab's column cannot be told.
    """
    filler = Filler(roster, titles)
    table = roster.sheet
    points = next(
        (at for at, row in enumerate(table.rows) if POINTS_ROW in row[0].casefold()),
        None,
    )
    if points is None or "section" not in [one.casefold() for one in table.rows[0]]:
        raise BadValue(
            f"{table.name} is no grade book of Canvas: a column Section and a row "
            "Points Possible were expected. In Canvas: Gradebook, Export."
        )
    filler.expect(
        ",;", "Export the Gradebook from Canvas again, and use that file, unopened."
    )
    for lab in labs:
        _fill(filler, lab, points)
    return filler.done()


def new(labs: list[LabGrades]) -> Export:
    """Make a table for Canvas without its roster: students by their SIS Login ID."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    students = sorted({student for lab in labs for student in lab.grades})
    rows = [
        [*head, *(lab.lab for lab in labs)],
        ["    Points Possible", "", "", "", "", *(number(lab.most) for lab in labs)],
    ]
    for student in students:
        grades = (lab.grades.get(student) for lab in labs)
        cells = [number(grade.score) if grade else "" for grade in grades]
        rows.append([student, "", "", student, "", *cells])
    note = (
        "Without --roster the students are named by their SIS Login ID alone, and each "
        "lab is a new assignment of its name. Canvas shows both before it imports."
    )
    written = sum(len(lab.grades) for lab in labs)
    return Export(sheet.write(rows), written, notes=[note])


def _fill(filler: Filler, lab: LabGrades, points: int) -> None:
    table, export = filler.sheet, filler.export
    assignments = {
        at: NUMBER.sub("", title).strip()
        for at, title in enumerate(table.rows[0])
        if title.strip().casefold() not in FIXED and not TOTAL.search(title)
    }
    column = filler.column(lab.lab, assignments)
    if column is None:
        column = table.add_column(lab.lab)
        table.put(points, column, filler.number(lab.most))
        export.notes.append(
            f"{table.name} has no assignment for {lab.lab}: Canvas will make a new one. "
            f"If it has one of another name: --column '{lab.lab}=NAME'"
        )
    most = table.value(points, column)
    if "read only" in most:
        raise BadValue(
            f"{table.name}: the column {table.rows[0][column]!r} is read only in Canvas. "
            f"Name another: --column '{lab.lab}=TITLE'"
        )
    scale = filler.scale(lab, most)
    for person, grade in filler.people(lab):
        kept = KEPT.get(table.value(person.row, column).strip().upper())
        if kept:
            export.unplaced.append((lab.lab, grade.student, kept))
        else:
            filler.write(person.row, column, grade.score * scale)
