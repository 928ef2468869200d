"""The grades of a class, read from the records and the grade book; nothing is changed."""

import contextlib
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.course.folder import nbgrader_config
from labkit.errors import LabkitError
from labkit.grading import given as lab_given
from labkit.grading.books import tables
from labkit.grading.books.names import student_id
from labkit.grading.books.unchanged import BOOK, Note
from labkit.grading.records import Records

NOTHING = ("no notebook",)  # flags of those who have handed nothing in


@dataclass(frozen=True)
class Grade:
    """One student's grade for one lab.

    Attributes:
        student: the folder's name.
        score: points, marks by hand and the late penalty included.
        most: full marks, written answers included.
        late: points taken off.
        marks: exercise or written answer -> points; None: not marked yet.
        handed_in: whether there was a notebook.
        record: the line of records/.
        by_hand: what people wrote, as gradebook.marks gives it.
    """

    student: str
    score: float
    most: float
    late: float
    marks: dict[str, float | None]
    handed_in: bool
    record: dict[str, Any]
    by_hand: dict[str, Any]

    @property
    def unmarked(self) -> list[str]:
        """The answers that nobody has marked; the score is without them."""
        return [name for name, points in self.marks.items() if points is None]


@dataclass(frozen=True)
class LabGrades:
    """The grades of a lab.

    Attributes:
        lab: its folder name.
        most: full marks.
        grades: by student.
        stale: whether something was changed since `labkit grade`, in a course that
            takes points off for late work: penalties may then be out of date.
    """

    lab: str
    most: float
    grades: dict[str, Grade]
    stale: bool


def read(course: Path, labs: list[str] | None = None) -> list[LabGrades]:
    """Read the grades of some labs.

    Args:
        course: the folder of records/ and gradebook.db.
        labs: their folder names; None: all that have been graded.

    Raises:
        LabkitError: one has not been graded, is missing in the grade book, or
            something cannot be read.
    """
    graded = sorted(path.stem for path in (course / "records").glob("[!.]*.jsonl"))
    for lab in labs or ():
        if lab not in graded:
            close = difflib.get_close_matches(lab, graded, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise LabkitError(
                f"{lab!r} has not been graded in {course}.{hint} Graded are: "
                f"{', '.join(graded) or 'none'}. Grade it first: labkit grade {lab}"
            )
    if not graded:
        raise LabkitError(
            f"nothing has been graded in {course}: there are no records/. "
            "Grade first, labkit grade 04_losses say."
        )
    return [_read(course, lab) for lab in dict.fromkeys(labs or graded)]


def _read(course: Path, lab: str) -> LabGrades:
    given = lab_given.read(lab, course)
    path = course / "records" / f"{lab}.jsonl"
    with Records(path, writable=False) as records:
        marks = Note(course, given, records).marks()
        changed = marks is None
        if changed:
            marks = _from_the_book(course, lab)
        grades = {
            one.student: one for one in _grades(lab, records, marks, given.written)
        }
    if given.written and grades and not any(one.by_hand for one in grades.values()):
        raise LabkitError(
            f"{course / BOOK} knows no student of {lab}, who are {len(grades)} in the "
            f"records. Full marks with {', '.join(given.written)}, and what people have "
            "given for it, are there only. Put a copy of the file back if there is one; "
            f"if nothing was marked by hand, make it again: labkit grade {lab}"
        )
    policy = nbgrader_config(course).LateSubmissionPlugin.get("penalty_method", "none")
    most = max((grade.most for grade in grades.values()), default=0.0)
    return LabGrades(lab, most, grades, changed and policy != "none")


def _from_the_book(course: Path, lab: str) -> dict[str, dict[str, Any]]:
    from labkit.grading.books import gradebook  # nbgrader takes seconds to load

    return gradebook.marks(course, lab)


def _grades(
    lab: str, records: Records, marks: dict[str, Any], written: list[str]
) -> Iterator[Grade]:
    for record in records:
        by_hand = marks.get(student_id(record["student"]), {})
        row = tables.row_of(lab, record, by_hand)
        # Who is in the records but not in the grade book yet has written answers, too.
        every = dict.fromkeys(() if by_hand else written) | row["marks"]
        nothing = any(flag["kind"] in NOTHING for flag in record["flags"])
        yield Grade(
            student=row["student"],
            score=row["score"],
            most=row["max"],
            late=row["late"],
            marks=every,
            handed_in=not nothing,
            record=record,
            by_hand=by_hand,
        )


def number(value: float, decimal: str = ".") -> str:
    """A mark as platforms take it: at most four places, no zeros at the end."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", decimal)


def parsed(text: str) -> float | None:
    """A number of a platform's table, with a point or a comma; None if it is none."""
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    if "," in text and "." in text:  # the last one is the decimal sign
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    with contextlib.suppress(ValueError):
        value = float(text.replace(",", "."))
        return value if abs(value) < 1e12 else None
    return None
