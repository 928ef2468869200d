"""Telling, without nbgrader, that a grade book is what the last export made of it.

nbgrader takes seconds to load. An export leaves a note: the students' marks, and a hash
of all that it has read and written, the whole of gradebook.db among it. While that hash
is the same there is nothing to do. Whatever a person enters in formgrader, the hash is
another one.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import labkit
from labkit.course.folder import nbgrader_config
from labkit.grading.books.names import student_id
from labkit.grading.given import Given
from labkit.runtime import atomic_write

Marks = dict[str, dict[str, Any]]  # as gradebook.marks gives them
Stamp = tuple[str, str | None]

BOOK = "gradebook.db"
HOME = Path(labkit.__file__).parent
# What is left of a database without SQLite's counters of transactions, at bytes 24 and
# 92: they are set at the end of a transaction, and tell nothing of what is in it.
COUNTED = (slice(0, 24), slice(28, 92), slice(100, None))
TAIL_BYTES = 2_000  # of a notebook's file, in which its own metadata lie
# Inside a cell the quotes would be escaped: nothing of a student's looks like this.
STAMP = re.compile(rb'"fingerprint": "(\w+)",\s*"sha256": (?:"(\w+)"|null)')


class Note:
    """What the last export of a lab has left in records/. Make it before an export.

    Args:
        out: the folder of gradebook.db, grades.csv, records/ and autograded/.
        given: the lab.
        records: those that count.
    """

    def __init__(
        self, out: Path, given: Given, records: Iterable[dict[str, Any]]
    ) -> None:
        self._out, self._lab, self._records = out, given.lab, records
        self._path = out / "records" / f".{given.lab}-marks.json"
        self._read = _hash(_inputs(out, given))

    def marks(self) -> Marks | None:
        """The marks, if grade book, pages and grades.csv are all up to date.

        Returns:
            What `gradebook.marks` would read; None if that cannot be told.
        """
        try:
            noted = json.loads(self._path.read_bytes())
            made = self._made(contents_of(self._out / BOOK))
            if noted["read"] == self._read and noted["made"] == made:
                return noted["marks"]
        except (OSError, ValueError, LookupError, TypeError):
            pass  # no note, or a damaged one
        return None

    def write(self, marks: Marks, left: str | None) -> None:
        """Note the marks, unless somebody has changed the grade book meanwhile.

        Args:
            marks: as `gradebook.marks` gives them, read after the export.
            left: the contents of the book as the export left it, None if unknown.
        """
        with contextlib.suppress(OSError):  # without it, the next run does it all again
            if not left or left != contents_of(self._out / BOOK):
                self._path.unlink(missing_ok=True)
                return
            noted = {"read": self._read, "made": self._made(left), "marks": marks}
            text = json.dumps(noted)
            atomic_write(
                self._path, lambda file: file.write_text(text, encoding="ascii")
            )

    def _made(self, book: str) -> str:
        """The hash of what an export makes, from that of the grade book."""
        out, lab = self._out, self._lab
        students = [record["student"] for record in self._records]
        return _hash(
            [
                book,
                _digest(out / "grades.csv"),
                [stamp(page_path(out, lab, student)) for student in students],
            ]
        )


def contents(database: sqlite3.Connection) -> str:
    """The hash of all that is in a database, an open transaction's changes included.

    Returns:
        It, or "" if the database cannot be read.
    """
    try:
        pages = memoryview(database.serialize())
    except (sqlite3.Error, MemoryError, AttributeError):
        return ""
    found = hashlib.sha256()
    for place in COUNTED:
        found.update(pages[place])
    return found.hexdigest()


def contents_of(book: Path) -> str:
    """The hash of all that is in a database's file, or ""."""
    try:
        database = sqlite3.connect(f"{book.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return ""
    with contextlib.closing(database):
        return contents(database)


def page_path(out: Path, lab: str, student: str) -> Path:
    """Where formgrader looks for a student's page."""
    return out / "autograded" / student_id(student) / lab / f"{lab}.ipynb"


def stamp(path: Path) -> Stamp | None:
    """Fingerprint and submission of a page; None if it is not there or not ours."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            found = STAMP.search(file.read())
    except OSError:
        return None
    return found and (found[1].decode(), found[2].decode() if found[2] else None)


def _inputs(out: Path, given: Given) -> Iterator[Any]:
    """All that an export depends on, the grade book apart; our own code is among it."""
    yield from map(importlib.metadata.version, ("labkit", "nbgrader", "nbformat"))
    yield nbgrader_config(given.course)
    yield [[exercise.name, exercise.points] for exercise in given.exercises]
    files = [given.source, *sorted((out / "records").glob("[!.]*.jsonl"))]
    for package in ("course", "grading/books", "grading/feedback"):
        files += sorted((HOME / package).glob("*.py"))
    yield [[str(path), _digest(path)] for path in files]


def _hash(parts: Iterable[Any]) -> str:
    text = json.dumps(list(parts), sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    """The hash of a file; "" if it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
