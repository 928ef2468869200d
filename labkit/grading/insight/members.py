"""The class as the page needs it: records, marks, and the code of the answers.

The code is taken from autograded/, which `labkit grade` has written: each notebook there
is the course's own, with a student's answers put in as text.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from labkit.errors import LabkitError
from labkit.grading.books.names import student_id
from labkit.grading.books.unchanged import page_path, stamp
from labkit.grading.feedback import words
from labkit.grading.feedback.page import place
from labkit.grading.given import Given
from labkit.grading.insight.statements import own_lines
from labkit.grading.records import Records

MAX_BYTES = 30_000_000  # of a notebook in autograded/


@dataclass(frozen=True)
class Member:
    """A student of the class.

    Attributes:
        student: the folder's name.
        record: the grade that counts.
        score, most: points, those by hand and the late policy included.
        waiting: how many written answers are not marked yet.
        link: the feedback page, seen from report/; "" if there is none.
        answers: exercise -> code without the stub's docstring and comments, of those
            that are no longer the stub.
        lost: whether the code could not be read although there was a notebook.
    """

    student: str
    record: dict[str, Any]
    score: float
    most: float
    waiting: int = 0
    link: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    lost: bool = False

    @property
    def handed_in(self) -> bool:
        return self.record["submission"]["sha256"] is not None

    def state(self, exercise: str) -> str:
        """One of feedback's words.STATES."""
        found = self.record["exercises"][exercise]
        return words.state(found["points"], found["max_points"], found["message"])


def members(out: Path, given: Given, marks: dict[str, dict[str, Any]]) -> list[Member]:
    """Read the class, by student.

    Args:
        out: the folder that holds the records.
        given: the lab.
        marks: as `gradebook.marks` gives them.

    Raises:
        LabkitError: the lab has not been graded.
        RecordsError: the records are damaged.
    """
    path = out / "records" / f"{given.lab}.jsonl"
    if not path.is_file():
        raise LabkitError(
            f"{given.lab} has not been graded into {out}: there is no {path}. "
            f"Grade it first: labkit grade {given.lab}"
        )
    stubs = {cell["grade_id"]: cell["source"] for cell in given.released}
    with Records(path, writable=False) as records:
        return [
            _member(out, record, marks.get(student_id(record["student"]), {}), stubs)
            for record in records
        ]


def by_exercise(members: Iterable[Member]) -> dict[str, list[Member]]:
    """Who has been graded for each exercise.

    After an exercise was added or renamed that is not the same for all, until they are
    graded again.
    """
    found: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        for name in member.record["exercises"]:
            found[name].append(member)
    return found


def _member(
    out: Path, record: dict[str, Any], marks: dict[str, Any], stubs: dict[str, str]
) -> Member:
    exercises = record["exercises"].values()
    manual = marks.get("manual", {}).values()
    answers = _answers(out, record)
    return Member(
        student=record["student"],
        record=record,
        score=marks.get("score", sum(each["points"] for each in exercises)),
        most=marks.get("max", sum(each["max_points"] for each in exercises)),
        waiting=sum(mark["points"] is None for mark in manual),
        link=_link(out, record),
        answers={
            name: own_lines(source, stubs.get(name, ""))
            for name, source in answers.items()
            if name in record["exercises"]
            and source.strip() != stubs.get(name, "").strip()
        },
        lost=not answers and record["submission"]["sha256"] is not None,
    )


def _link(out: Path, record: dict[str, Any]) -> str:
    """The student's page, as a report beside feedback/ links to it."""
    path = place(out, record)
    return f"../{quote(os.fsencode(path.relative_to(out)))}" if path.is_file() else ""


def _answers(out: Path, record: dict[str, Any]) -> dict[str, str]:
    """The cells of a notebook of autograded/ by grade_id, if it shows this record."""
    path = page_path(out, record["lab"], record["student"])
    sha256 = record["submission"]["sha256"]
    shown = stamp(path)
    if sha256 is None or shown is None or shown[1] != sha256:
        return {}
    try:
        with path.open("rb") as file:
            return dict(_named(json.loads(file.read(MAX_BYTES))["cells"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _named(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name and cell["cell_type"] == "code":
            yield name, "".join(cell["source"])
