"""Tables of a class: grades.csv for spreadsheets, a summary for the terminal."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from labkit.grading.books.names import on_terminal, student_id
from labkit.grading.feedback.visible import visible
from labkit.runtime import atomic_write

Record = dict[str, Any]
Marks = Mapping[str, Mapping[str, Any]]  # as gradebook.marks gives them

BARS = "▁▂▃▄▅▆▇█"
STEPS = 10  # of the distribution
MOST_LISTED = 40  # students in the summary; grades.csv has all


def write_csv(path: Path, labs: Mapping[str, tuple[Iterable[Record], Marks]]) -> None:
    """Write a row for each student and lab.

    There is a column for each exercise and each written answer of all labs, empty where
    a lab has no such thing and where nobody has marked it yet.

    Args:
        path: grades.csv, replaced at once.
        labs: lab -> the records that count, and the marks.
    """
    rows = [
        row_of(lab, record, marks.get(student_id(record["student"]), {}))
        for lab, (records, marks) in labs.items()
        for record in records
    ]
    names = dict.fromkeys(name for row in rows for name in row["marks"])

    def write(new: Path) -> None:
        with new.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(
                [
                    "student",
                    "lab",
                    *names,
                    "late penalty",
                    "score",
                    "max score",
                    "flags",
                ]
            )
            for row in rows:
                given = (_number(row["marks"].get(name)) for name in names)
                sums = (_number(row[name]) for name in ("late", "score", "max"))
                table.writerow(
                    [row["student"], row["lab"], *given, *sums, row["flags"]]
                )

    atomic_write(path, write)


def summary(lab: str, records: Iterable[Record], marks: Marks) -> Group:
    """What a teacher wants to know of a class at a glance; rich prints it.

    Args:
        lab: its name.
        records: the records that count; gone through once.
        marks: as gradebook.marks gives them.
    """
    scores, open_answers, most = [], 0, 0.0
    exercises: dict[str, list[float]] = {}  # name -> share of its points, per student
    kinds: Counter[str] = Counter()
    flagged = Table("student", "points", "flags", box=None, padding=(0, 2, 0, 0))
    for record in records:
        row = row_of(lab, record, marks.get(student_id(record["student"]), {}))
        scores.append(row["score"])
        most = max(most, row["max"])
        open_answers += list(row["marks"].values()).count(None)
        for name, exercise in record["exercises"].items():
            share = exercise["points"] / (exercise["max_points"] or 1)
            exercises.setdefault(name, []).append(share)
        kinds.update({flag["kind"] for flag in record["flags"]})
        if record["flags"] and flagged.row_count < MOST_LISTED:
            flagged.add_row(
                Text(on_terminal(row["student"])),
                Text(f"{_number(row['score'], 2)} / {_number(row['max'])}"),
                Text(row["flags"]),
            )
    return Group(*_parts(lab, scores, most, exercises, open_answers, kinds, flagged))


def _parts(
    lab: str,
    scores: list[float],
    most: float,
    exercises: dict[str, list[float]],
    open_answers: int,
    kinds: Counter[str],
    flagged: Table,
) -> Iterator[Any]:
    if not scores:
        yield Text(f"{lab}: no submissions")
        return
    mean = sum(scores) / len(scores)
    yield Text(
        f"{lab}: {len(scores)} students, mean {mean:.1f} of {_number(most)} points"
    )
    yield Text(f"0 {_distribution(scores, most)} {_number(most)}")
    table = Table("exercise", "mean", "full marks", box=None, padding=(0, 2, 0, 0))
    for name, shares in exercises.items():
        full = sum(share >= 1 for share in shares)
        average = sum(shares) / len(shares)
        table.add_row(name, f"{average:.0%}", f"{full} of {len(shares)}")
    yield table
    if open_answers:
        yield Text(f"{open_answers} written answers wait for you in formgrader.")
    if kinds:
        counts = (f"{kind} {count}" for kind, count in kinds.most_common())
        yield Text(f"Flags: {', '.join(counts)}")
        yield flagged
        if flagged.row_count == MOST_LISTED:
            yield Text("… the others are in grades.csv.")


def row_of(lab: str, record: Record, marks: Mapping[str, Any]) -> dict[str, Any]:
    """A student's marks for a lab: a person's where there is one, else ours.

    Args:
        lab: its name.
        record: the one that counts.
        marks: of the student, as gradebook.marks gives them; {} where there are none.

    Returns:
        "student", "lab", "marks" (exercise or written answer -> points, None where
        nobody has marked it), "late", "score" (after it), "max", "flags" (a text).
    """
    exercises = record["exercises"]
    given = {name: exercise["points"] for name, exercise in exercises.items()}
    by_hand = {name: mark["points"] for name, mark in marks.get("manual", {}).items()}
    total = sum(exercise["max_points"] for exercise in exercises.values())
    return {
        "student": student_id(record["student"]),
        "lab": lab,
        "marks": given | by_hand,
        "late": marks.get("late", 0.0),
        "score": marks.get("score", sum(given.values())),
        "max": marks.get("max", total),
        "flags": "; ".join(
            visible(" ".join(f"{flag['kind']}: {flag['text']}".split()))
            for flag in record["flags"]
        ),
    }


def _number(value: float | None, digits: int = 4) -> str:
    return "" if value is None else f"{round(value, digits):g}"


def _distribution(scores: list[float], most: float) -> str:
    """A bar for each tenth of the points, as high as many students are in it."""
    counts = [0] * STEPS
    for score in scores:
        step = int(score / most * STEPS) if most else 0
        counts[min(max(step, 0), STEPS - 1)] += 1
    return "".join(
        BARS[round(count / max(counts) * (len(BARS) - 1))] if count else "·"
        for count in counts
    )
