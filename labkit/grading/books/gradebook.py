"""The grade book, made from the records over and over; what people wrote in it stays.

It is nbgrader's own database, written through nbgrader's own interface, so formgrader
shows it, and manual marks and comments live in it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, SubmittedNotebook
from nbgrader.utils import parse_utc

from labkit.checks import REGISTRY
from labkit.course.folder import nbgrader_config
from labkit.course.notebook import source_notebook
from labkit.course.release import as_released
from labkit.course.source import read_lab
from labkit.grading.books.book import (
    by_hand,
    complete,
    contents_now,
    describe,
    looked_at,
    opened,
    submitted,
)
from labkit.grading.books.late import late_penalty
from labkit.grading.books.names import student_id
from labkit.grading.books.pages import Document, Page, Record, draft
from labkit.grading.books.unchanged import BOOK
from labkit.grading.feedback.visible import visible

BATCH = 100  # students in a transaction; a second or two
NO_RESPONSE = "No response."  # nbgrader's words


def export(
    out: Path,
    course: Path,
    lab: str,
    records: Iterable[Record],
    documents: Callable[[str], Document],
) -> str | None:
    """Bring gradebook.db and autograded/ up to date with the records of a lab.

    Students are only ever added. Manual marks, extra credit and comments are never
    touched; a new submission, or another automatic mark, asks for a new look at them.

    Args:
        out: the folder of gradebook.db and autograded/.
        course: the course folder.
        lab: "04_losses" say.
        records: the one that counts of each student.
        documents: student -> what was read of the submission, None if nothing could be;
            asked only where autograded/ is behind the record.

    Returns:
        The hash of all that is in the grade book now, if the same export would change
        nothing there: a page may be out of date, or somebody may have written in the
        book between two batches. Then None.

    Raises:
        GradebookError: the grade book cannot be written. Each batch of students is in
            it completely or not at all; the next export does what is missing.
        OSError: autograded/ cannot be written; likewise.
    """
    config = nbgrader_config(course)
    policy = config.LateSubmissionPlugin.get("penalty_method", "none")
    directory = config.CourseDirectory
    source = course / directory.get("source_directory", "source") / lab
    notebook = source_notebook(read_lab(source, course), REGISTRY)
    released = as_released(notebook, config)
    known = marks(out, lab).keys()
    left, settled = None, True
    for batch in _batches(records):
        pages = [
            draft(out, lab, record, documents, released, student in known)
            for student, record in batch.items()
        ]
        with opened(out / BOOK, directory.get("course_id", "default_course")) as book:
            settled &= left is None or left == contents_now(book)
            describe(book, lab, released)
            there = submitted(book, lab, batch)
            for (student, record), page in zip(batch.items(), pages, strict=True):
                entry = there.get(student) or _handed_in(book, lab, student)
                complete(book, entry)
                _enter(entry, record, page)
                entry.late_submission_penalty = _penalty(entry, policy) or None
            left = contents_now(book)
        # Only now: a page that is there tells the next export what the book has seen.
        for page in pages:
            page.put()
        settled &= all(page.current for page in pages)
    return left if settled else None


def marks(out: Path, lab: str) -> dict[str, dict[str, Any]]:
    """Read what people and the late policy made of the marks.

    Returns:
        Student -> {"manual": {name: {"points", "max_points"}}, "comments": {name: text},
        "late": points taken off, "score": the total after that, "max": full marks}. A
        name is an exercise or a written answer. "manual" has every written answer, with
        points None until it is marked, and the exercises that were marked by hand.

    Raises:
        GradebookError: the grade book cannot be read.
    """
    if not (out / BOOK).exists():
        return {}
    with looked_at(out / BOOK) as book:
        there = submitted(book, lab)
        return {student: _marks(entry) for student, entry in there.items()}


def _batches(records: Iterable[Record]) -> Iterator[dict[str, Record]]:
    """Records by student, so many that formgrader never waits long for its turn."""
    records = iter(records)
    while batch := list(itertools.islice(records, BATCH)):
        yield {student_id(record["student"]): record for record in batch}


def _handed_in(book: Gradebook, lab: str, student: str) -> SubmittedNotebook:
    """A new entry, with a place for each mark and comment."""
    book.update_or_create_student(student)
    made = book.update_or_create_submission(lab, student)
    return next(entry for entry in made.notebooks if entry.name == lab)


def _time(timestamp: str | None) -> datetime | None:
    """nbgrader's reading of a timestamp: UTC, without a zone."""
    try:
        return parse_utc(timestamp)
    except (ValueError, OverflowError):
        return None


def _enter(entry: SubmittedNotebook, record: Record, page: Page) -> None:
    """Give a submission its timestamp, its automatic marks and comments."""
    entry.assignment.timestamp = _time(record["submission"]["timestamp"])
    comments = {comment.name: comment for comment in entry.comments}
    for grade in entry.grades:
        name = grade.name.removesuffix("_check")
        exercise = record["exercises"].get(name)
        if exercise is not None and name != grade.name:
            points, most = exercise["points"], exercise["max_points"]
            _give(grade, points, page.new)
            said = visible(exercise["message"]) if points < most else None
        elif page.answered is not None and grade.name in page.answered:
            answered = page.answered[name]
            _give(grade, None if answered else 0.0, page.new)
            said = None if answered else NO_RESPONSE
        else:
            continue
        comments[name].auto_comment = said
    if page.new and any(flag["kind"] == "tampering" for flag in record["flags"]):
        entry.flagged = True  # a flag in formgrader's list, until the teacher lowers it


def _give(grade: Grade, points: float | None, new: bool) -> None:
    """Set the automatic mark, and whether a person has to look, as nbgrader would.

    nbgrader asks for another look at a manual mark after every run; here, only when
    there is something new to see.
    """
    again = new or grade.auto_score != points
    grade.auto_score = points
    if grade.manual_score is None:
        grade.needs_manual_grade = points is None
    elif again:
        grade.needs_manual_grade = True


def _penalty(entry: SubmittedNotebook, policy: str) -> float:
    submission = entry.assignment
    due = submission.assignment.duedate
    if due is not None and submission.extension is not None:
        due += submission.extension
    score = sum(_points(grade) for grade in entry.grades)
    return late_penalty(score, due, submission.timestamp, policy)


def _points(grade: Grade) -> float:
    """The mark that counts; nbgrader's Grade.score is only known to the database."""
    mark = grade.auto_score if grade.manual_score is None else grade.manual_score
    return (mark or 0.0) + (grade.extra_credit or 0.0)


def _marks(entry: SubmittedNotebook) -> dict[str, Any]:
    manual = {}
    for grade in entry.grades:
        written = grade.cell.cell_type == "markdown"
        if written or by_hand(grade):
            unmarked = grade.manual_score is None and grade.auto_score is None
            manual[grade.name.removesuffix("_check")] = {
                "points": None if unmarked else _points(grade),
                "max_points": grade.cell.max_score,
            }
    late = entry.late_submission_penalty or 0.0
    return {
        "manual": manual,
        "comments": {
            comment.name: comment.manual_comment
            for comment in entry.comments
            if by_hand(comment)
        },
        "late": late,
        "score": sum(_points(grade) for grade in entry.grades) - late,
        "max": sum(grade.cell.max_score for grade in entry.grades),
    }
