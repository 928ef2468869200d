"""Reading a notebook's file: any version and dialect, whole or damaged.

Nothing here runs code of the notebook. What cannot be read as meant is noted in a
sentence that a teacher understands, and the rest is read all the same.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from labkit.errors import LabkitError

MAX_CELLS = 20_000
MAX_SOURCE = 200_000  # characters in a cell
TYPES = ("code", "markdown", "raw")
CELLS = re.compile(r'"cells"\s*:\s*\[')


class Unreadable(LabkitError):
    """A file from which no cell can be read.

    Attributes:
        kind: one word or two for it: "unreadable", "not a notebook", "empty".
        text: the whole sentence.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


@dataclass(frozen=True)
class Raw:
    """A cell as the file has it.

    Attributes:
        number: its place among all cells, from 1.
        type: "code", "markdown" or "raw".
        source: its text, with \\n between lines.
        grade_id: nbgrader's name of it, "" if it has none.
        outputs: as in the file; nothing in them has been looked at.
    """

    number: int
    type: str
    source: str
    grade_id: str = ""
    outputs: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Notebook:
    """What a file holds: its cells, and notes on what is odd about it.

    Attributes:
        notes: (kind, sentence); the kinds are "truncated", "old format", "unreadable".
    """

    cells: list[Raw]
    notes: list[tuple[str, str]]


def read_notebook(content: bytes) -> Notebook:
    """Read a notebook's bytes.

    Raises:
        Unreadable: there is no cell in it, and why.
    """
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise Unreadable("empty", "The file is empty.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            "unreadable", "The file is not text in UTF-8. Is it really a notebook?"
        ) from None
    notes: list[tuple[str, str]] = []
    items = _cells(text, notes)
    if not items:
        raise Unreadable("empty", "The notebook has no cells.")
    if len(items) > MAX_CELLS:
        notes.append(
            (
                "truncated",
                f"The notebook has {len(items)} cells; the first {MAX_CELLS} were read.",
            )
        )
    cells, damaged = [], []
    for number, item in enumerate(items[:MAX_CELLS], start=1):
        cell = _cell(number, item)
        damaged += [str(number)] if cell is None else []
        cells += [] if cell is None else [cell]
    if damaged:
        named = ", ".join(damaged[:10]) + (", …" if len(damaged) > 10 else "")
        text = f"Damaged and left out: cell {named}."
        notes.append(("unreadable", text))
    return Notebook(cells, notes)


def _cells(text: str, notes: list[tuple[str, str]]) -> list[Any]:
    """The list of cells, of a file that is cut off those before the cut."""
    try:
        notebook = json.loads(text, parse_int=_number)
    except RecursionError:
        raise Unreadable("not a notebook", "Its JSON is nested too deeply.") from None
    except ValueError as error:
        found = list(_before_the_cut(text))
        if not found:
            raise Unreadable(
                "not a notebook", f"It is not a notebook: it is not JSON ({error})."
            ) from None
        notes.append(
            (
                "truncated",
                f"The file is cut off or damaged after cell {len(found)}; "
                + "the cells up to there were read.",
            )
        )
        return found
    if isinstance(notebook, dict) and "worksheets" in notebook:
        notes.append(("old format", "The notebook is in an old format (nbformat 3)."))
        return _upgraded(notebook)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(
            "not a notebook", "It is not a notebook: there is no list of cells in it."
        )
    return cells


def _number(digits: str) -> int:
    """Read a number; none that matters here has a hundred digits."""
    return int(digits[:100])


def _before_the_cut(text: str) -> Iterator[Any]:
    """The cells of a file that is not JSON, up to the first that is not whole."""
    start = CELLS.search(text)
    if start is None:
        return
    place, decoder = start.end(), json.JSONDecoder(parse_int=_number)
    with_commas = re.compile(r"[\s,]*")
    while True:
        place = with_commas.match(text, place).end()
        try:
            cell, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield cell


def _upgraded(notebook: dict[str, Any]) -> list[Any]:
    """The cells of a notebook of version 3 or older, by nbformat's own upgrade."""
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(notebook), 4).cells
    except Exception:  # noqa: BLE001 (whatever a damaged file makes of it)
        raise Unreadable(
            "not a notebook",
            "It says that it is a notebook in an old format, and is none. "
            "Open it in JupyterLab and save it.",
        ) from None


def _cell(number: int, item: Any) -> Raw | None:
    """Take one cell as it is meant, or None."""
    if not isinstance(item, dict) or item.get("cell_type") not in TYPES:
        return None
    source = item.get("source", "")
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        return None
    text = "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    outputs = item.get("outputs")
    metadata = item.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Raw(
        number,
        item["cell_type"],
        text[:MAX_SOURCE],
        grade_id if isinstance(grade_id, str) else "",
        outputs if isinstance(outputs, list) else [],
    )
