"""Everything that is made from the records: grade book, table, copies, feedback.

All of it can be deleted and is made again by the next `labkit grade`.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from labkit.grading.asking import Asker, Document
from labkit.grading.books import tables
from labkit.grading.books.names import student_id
from labkit.grading.books.unchanged import Note
from labkit.grading.feedback import exchange
from labkit.grading.feedback import page as feedback
from labkit.grading.given import Given
from labkit.grading.keys import code_key
from labkit.grading.records import Records
from labkit.grading.submissions import Submission


class Shelf:
    """A folder for what was read of notebooks, until the end of a run.

    Every document has a file of its own, named after the submission and labkit's code:
    what a run that was killed has left is as good as new.

    Attributes:
        folder: where they lie; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, student: str, sha256: str, document: Document) -> None:
        """Lay a document down. Without room for it, it can be read again later."""
        path = self._path(student, sha256)
        with contextlib.suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            try:
                path.write_text(json.dumps(document), encoding="ascii")
            except OSError:
                path.unlink()

    def find(self, student: str, sha256: str) -> Document | None:
        """The document of a submission, if it is there and whole."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads(self._path(student, sha256).read_text(encoding="ascii"))
        return None

    def clear(self) -> None:
        """Remove what has been laid down."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, student: str, sha256: str) -> Path:
        text = json.dumps([student, sha256, code_key()])
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json"


class Documents:
    """What was read of each student's notebook: call it with a student.

    Those of this run lie on a shelf until its end; others are read again when they
    are asked for.

    Args:
        shelf: what this run has laid down.
        records: of the lab.
        found: the submissions.
        asker: has a notebook read again.

    Attributes:
        found: student -> submission.
    """

    def __init__(
        self,
        shelf: Shelf,
        records: Records,
        found: list[Submission],
        asker: Asker,
    ) -> None:
        self._shelf = shelf
        self._records = records
        self.found = {submission.student: submission for submission in found}
        self._asker = asker

    def __call__(self, student: str) -> Document | None:
        """The document of a student's present record; None if there is none any more.

        That is so when the notebook is gone, is another one by now, or is unreadable.
        """
        record, submission = self._records.current(student), self.found.get(student)
        if record is None or record["submission"]["sha256"] is None:
            return None
        laid = self._shelf.find(student, record["submission"]["sha256"])
        if laid is not None or submission is None:
            return laid
        return self._asker.document(submission, record["submission"])


def derive(
    out: Path,
    given: Given,
    records: Records,
    documents: Documents,
) -> dict[str, dict[str, Any]]:
    """Bring everything that is made from a lab's records up to date.

    Args:
        out: the folder of gradebook.db, grades.csv, feedback/ and autograded/.
        given: the lab.
        records: those that count.
        documents: what was read of the notebooks that were found.

    Returns:
        The students' marks, as `gradebook.marks` gives them.
    """
    with FileLock(out / "records" / ".derived.lock"):  # other labs write the same book
        for left in _left(out, given.lab):
            left.unlink(missing_ok=True)
        note = Note(out, given, records)
        marks = note.marks()
        if marks is None:
            marks, left = _books(out, given, records, documents)
            note.write(marks, left)
        for record in records:
            own = marks.get(student_id(record["student"]), {})
            if not feedback.is_current(out, record, own):
                feedback.write(out, record, documents(record["student"]), own)
            submission = documents.found.get(record["student"])
            if submission is not None:
                exchange.address(feedback.place(out, record), submission)
    return marks


def _books(
    out: Path,
    given: Given,
    records: Records,
    document: Callable[[str], Document | None],
) -> tuple[dict[str, dict[str, Any]], str | None]:
    """Bring grade book, pages and grades.csv up to date.

    Returns:
        The students' marks, and what `gradebook.export` returns.
    """
    from labkit.grading.books import gradebook  # here: nbgrader is slow to load

    left = gradebook.export(out, given.course, given.lab, records, document)
    marks = gradebook.marks(out, given.lab)
    with contextlib.ExitStack() as opened:
        labs = {given.lab: (records, marks)}
        for lab, others in _others(out, given.lab, opened):
            labs[lab] = others, gradebook.marks(out, lab)
        tables.write_csv(out / "grades.csv", dict(sorted(labs.items())))
    return marks, left


def _left(out: Path, lab: str) -> Iterator[Path]:
    """The half-written files of a run that was killed (`atomic_write` names them)."""
    yield from out.glob(".gradebook-*.db*")
    yield from out.glob(".grades-*.csv")
    yield from out.glob(f"records/..{lab}-marks-*.json")
    yield from out.glob(f"feedback/*/{lab}/.*-*.*")
    yield from out.glob(f"autograded/*/{lab}/.{lab}-*.ipynb")


def _others(
    out: Path, lab: str, opened: contextlib.ExitStack
) -> Iterator[tuple[str, Records]]:
    """The records of the other labs that have been graded."""
    for path in (out / "records").glob("*.jsonl"):
        if path.stem != lab and not path.name.startswith("."):
            yield path.stem, opened.enter_context(Records(path, writable=False))
