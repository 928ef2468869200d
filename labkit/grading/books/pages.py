"""autograded/: the notebooks that formgrader shows, brought up to date with the records.

They are written beside the ones that are there, and put in place when the grade book
has taken the marks: what a page shows is what the book has seen.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, v4

from labkit.grading.books import autograded
from labkit.grading.books.unchanged import page_path, stamp

Record = dict[str, Any]
Document = dict[str, Any] | None


@dataclass(frozen=True)
class Page:
    """A student's page, about to be put in place.

    Attributes:
        path: where formgrader looks for it.
        new: whether it shows another submission than the page there.
        answered: written answer -> whether there is one; None: as in the book.
        current: whether it shows the record, when it is in place.
    """

    path: Path
    new: bool = False
    answered: dict[str, bool] | None = None
    current: bool = True

    @property
    def draft(self) -> Path:
        return self.path.with_suffix(".new")

    def put(self) -> None:
        """Put the page in place, if there is a new one."""
        if self.answered is not None:
            self.draft.replace(self.path)


def draft(
    out: Path,
    lab: str,
    record: Record,
    documents: Callable[[str], Document],
    released: NotebookNode,
    known: bool,
) -> Page:
    """Write the page of a record beside the present one, unless it is up to date.

    Args:
        out: the folder of autograded/.
        lab: "04_losses" say.
        record: the grade.
        documents: student -> what was read of the submission.
        released: the lab as students get it.
        known: whether the grade book has an entry of this student.
    """
    student, sha256 = record["student"], record["submission"]["sha256"]
    path = page_path(out, lab, student)
    fingerprint = _fingerprint(record, released)
    shown = stamp(path) if known else None
    if shown == (fingerprint, sha256):
        return Page(path)
    document = documents(student)
    new = shown is None or shown[1] != sha256
    if document is None and sha256 is not None and not new:
        return Page(path, current=False)  # its notebook has been taken away since
    made = autograded.notebook(record, document, released)
    made.metadata["labkit"] = {"fingerprint": fingerprint, "sha256": sha256}
    page = Page(
        path, shown is None or shown[1] != sha256, _answered(document, released)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = v4.writes_json(made) + "\n"  # nbformat.writes checks it all, for 50 ms
    page.draft.write_text(text, encoding="utf-8", newline="\n")
    return page


def _fingerprint(record: Record, released: NotebookNode) -> str:
    """Stands for all that a page is made of, the submission apart."""
    told = [
        [name, exercise["points"], exercise["max_points"], exercise["message"]]
        for name, exercise in record["exercises"].items()
    ]
    text = json.dumps([autograded.VERSION, told, record["flags"], released])
    return hashlib.sha256(text.encode()).hexdigest()


def _answered(document: Document, released: NotebookNode) -> dict[str, bool]:
    """Written answer -> whether it is more than the empty form."""
    written = (document or {}).get("written", {})
    answered = {}
    for cell in released.cells:
        role = cell.metadata.get("nbgrader", {})
        if role.get("solution") and role.get("grade"):
            answer = written.get(role.grade_id)
            words = answer["text"].split() if answer and answer["cell"] else []
            answered[role.grade_id] = words not in ([], cell.source.split())
    return answered
