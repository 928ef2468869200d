"""What formgrader shows of a submission: the course's notebook with a student's answers.

Nothing a student made reaches a browser as anything but text, plain formatting or a
picture: no HTML, no JavaScript, no cell of an unknown kind.
"""

import base64
import binascii
import copy
from collections.abc import Iterator
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode, from_dict, v4

from labkit.grading.books.harmless import harmless
from labkit.grading.feedback.visible import visible

VERSION = 1  # another one makes every notebook anew
CODE_LIMIT = 50_000  # characters of a cell; nobody reads more, and colouring it is slow
MOST_OUTPUTS = 20  # of a cell
PNG = b"\x89PNG\r\n\x1a\n"

HIDDEN = "tampering"  # never shown to students; the grade book raises its flag


def notebook(
    record: dict[str, Any], document: dict[str, Any] | None, released: NotebookNode
) -> NotebookNode:
    """Make the notebook of `autograded/`, as nbgrader's own autograde would leave it.

    Args:
        record: the grade: points and messages go under the check cells.
        document: what was read of the submission; None if nothing could be.
        released: the lab as students get it; its cells come in its order, with its
            nbgrader metadata.
    """
    made = copy.deepcopy(released)
    student = _Student(document or {}, released)
    cells = list(_flags(record["flags"]))
    for cell in made.cells:
        role = cell.metadata.get("nbgrader", {})
        name = role.get("grade_id", "")
        if role.get("solution") and cell.cell_type == "markdown":
            text = student.written(name)
            cell.source = cell.source if text is None else harmless(text)
        elif role.get("solution"):
            cells += student.helpers(name)
            student.fill(cell, student.answers.get(name))
        elif role.get("grade"):
            cell.outputs = [_verdict(record["exercises"], name.removesuffix("_check"))]
        elif cell.cell_type == "code":
            student.fill(cell, student.twin(cell.source))
        cells.append(cell)
    made.cells = cells
    return made


class _Student:
    """The cells of a submission, and which of the course's they belong to."""

    def __init__(self, document: dict[str, Any], released: NotebookNode) -> None:
        self._cells = {cell["number"]: cell for cell in document.get("cells", ())}
        self.answers = document.get("answers", {})
        self._written = document.get("written", {})
        self._slices = document.get("slices", {})
        self._course = {cell.source for cell in released.cells}
        self._numbers = {
            cell["source"]: number
            for number, cell in self._cells.items()
            if cell["type"] == "code"
        }
        self._shown = {number for number in self.answers.values() if number}

    def written(self, name: str) -> str | None:
        """The answer in words, or None where nobody wrote one."""
        answer = self._written.get(name)
        return answer["text"] if answer and answer["cell"] else None

    def twin(self, source: str) -> int | None:
        """The number of the student's copy of a lecture cell."""
        return self._numbers.get(source)

    def fill(self, cell: NotebookNode, number: int | None) -> None:
        """Put the student's cell into the course's: its source and its outputs."""
        theirs = self._cells.get(number)
        if theirs is not None:
            cell.source = visible(theirs["source"], CODE_LIMIT)
            cell.outputs = list(_outputs(theirs["outputs"]))

    def helpers(self, name: str) -> Iterator[NotebookNode]:
        """Cells of the student's own that an answer needs, each once."""
        for number in self._slices.get(name, ()):
            theirs = self._cells[number]
            own = theirs["source"] not in self._course and theirs["type"] == "code"
            if own and not theirs["grade_id"] and number not in self._shown:
                self._shown.add(number)
                cell = v4.new_code_cell(id=f"student-{number}")
                self.fill(cell, number)
                yield cell


def _flags(flags: list[dict[str, str]]) -> Iterator[NotebookNode]:
    """A cell on top that says what is unusual about the submission."""
    lines = [
        f"- **{flag['kind']}** · {flag['text']}"
        for flag in flags
        if flag["kind"] != HIDDEN
    ]
    if lines:
        source = harmless("\n".join(["**About this submission**", "", *lines]))
        yield v4.new_markdown_cell(source, id="labkit-flags")


def _verdict(exercises: dict[str, dict[str, Any]], name: str) -> NotebookNode:
    """Our message and the points, as if the check cell had printed them."""
    exercise = exercises.get(name)
    if exercise is None:
        return _text("not graded")
    points, most = exercise["points"], exercise["max_points"]
    return _text(f"{exercise['message']}\n\n{points:.4g} of {most:.4g} points")


def _outputs(outputs: list[dict[str, str]]) -> Iterator[NotebookNode]:
    for output in outputs[:MOST_OUTPUTS]:
        if output["kind"] == "image":
            picture = _picture(output["png"])
            yield picture or _text("(a picture that cannot be shown)")
        else:
            yield _text(strip_ansi(output["text"]))
    if len(outputs) > MOST_OUTPUTS:
        yield _text(f"… {len(outputs) - MOST_OUTPUTS} more outputs")


def _text(text: str) -> NotebookNode:
    output = {"output_type": "stream", "name": "stdout", "text": visible(text) + "\n"}
    return from_dict(output)


def _picture(png: str) -> NotebookNode | None:
    """A PNG as output; the page puts its Base64 into an attribute as it stands."""
    try:
        data = base64.b64decode(png, validate=True)
    except binascii.Error:
        return None
    if not data.startswith(PNG):
        return None
    shown = {"image/png": base64.b64encode(data).decode()}
    return from_dict({"output_type": "display_data", "data": shown, "metadata": {}})
