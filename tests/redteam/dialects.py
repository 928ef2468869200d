"""Notebooks as other programs write them, and as students take them apart."""

import json
import re
from collections.abc import Callable

from nbformat import NotebookNode, v4

from tests.grading.classroom import cell_of, grade_id, right

from .case import (
    CRITIC,
    EVERYTHING,
    FULL,
    GENERATOR,
    LAB,
    MINIMAX,
    Case,
    above,
    as_bytes,
)


def without_nbgrader(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def vs_code(notebook: NotebookNode) -> bytes:
    """VS Code keeps nbgrader's metadata, adds its own, and changes ids and indents."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:08x}"
        cell.metadata["vscode"] = {"languageId": "python"}
    notebook.metadata["vscode"] = {"interpreter": {"hash": "0" * 64}}
    return json.dumps(notebook, indent=4, ensure_ascii=True).encode()


def colab(notebook: NotebookNode) -> bytes:
    """Colab drops metadata that it does not know, and cell ids become its own."""
    without_nbgrader(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata = {"id": f"{number:012x}", "colab": {"base_uri": "https://x"}}
        cell["source"] = cell.source.splitlines(keepends=True)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": kernel}
    return json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 0}).encode()


def old_format(notebook: NotebookNode) -> bytes:
    """nbformat 3: worksheets, `input` for source, no cell ids."""
    cells = [
        {"cell_type": "code", "input": cell.source, "language": "python",
         "metadata": cell.metadata, "outputs": [], "collapsed": False}
        if cell.cell_type == "code"
        else {"cell_type": "markdown", "source": cell.source, "metadata": cell.metadata}
        for cell in notebook.cells
    ]  # fmt: skip
    return json.dumps(
        {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
         "worksheets": [{"cells": cells, "metadata": {}}]}
    ).encode()  # fmt: skip


def each_graded(change: Callable[[NotebookNode], object]) -> Callable:
    """Change the nbgrader metadata of every cell that has some."""

    def edit(notebook: NotebookNode) -> None:
        for cell in filter(grade_id, notebook.cells):
            change(cell)

    return edit


def drop(*names: str) -> Callable[[NotebookNode], None]:
    def edit(notebook: NotebookNode) -> None:
        notebook.cells = [c for c in notebook.cells if grade_id(c) not in names]

    return edit


def swapped_ids(notebook: NotebookNode) -> None:
    one, other = cell_of(notebook, MINIMAX), cell_of(notebook, GENERATOR)
    one.source, other.source = other.source, one.source


def moved_to_the_end(notebook: NotebookNode) -> None:
    """The answer is written in a new cell; the cell meant for it keeps its stub."""
    answer = cell_of(notebook, CRITIC)
    notebook.cells.append(v4.new_code_cell(answer.source))
    answer.source = "# see the end"


def wrong_first(notebook: NotebookNode) -> None:
    copy = v4.new_code_cell("def critic_loss(*_):\n    return 0")
    copy.metadata = dict(cell_of(notebook, CRITIC).metadata)
    notebook.cells.insert(notebook.cells.index(cell_of(notebook, CRITIC)), copy)


def many_cells(notebook: NotebookNode) -> None:
    notebook.cells += [v4.new_code_cell(f"x = {n}") for n in range(10_000)]


def many_lines(notebook: NotebookNode) -> None:
    notebook.cells.append(v4.new_code_cell("x = 1\n" * 1_000_000))


def forty_megabytes(notebook: NotebookNode) -> None:
    output = v4.new_output("stream", text="x" * 79 + "\n")
    output.text *= 500_000
    notebook.cells[1].outputs = [output]


def bytes_with(change: Callable[[bytes], bytes]) -> Callable[[NotebookNode], bytes]:
    return lambda notebook: change(as_bytes(notebook))


def raw(notebook: NotebookNode) -> None:
    cell_of(notebook, CRITIC).cell_type = "raw"


def lecture_fails(notebook: NotebookNode) -> None:
    code = [c for c in notebook.cells if c.cell_type == "code" and not grade_id(c)]
    for cell in code[1:]:
        cell.source = "raise RuntimeError('half finished')"


MAGICS = "%matplotlib inline\n!pip install nothing\nfiles = !ls\n%load_ext autoreload"
TIMED = f"%%time\n{right(LAB)[CRITIC]}"
AWAIT = (
    "import asyncio\nawait asyncio.sleep(0)\nasync with asyncio.timeout(1):\n    pass"
)

SAME = {
    "VS Code": vs_code,
    "with a BOM": bytes_with(lambda content: b"\xef\xbb\xbf" + content),
    "with CRLF": bytes_with(lambda content: content.replace(b"\n", b"\r\n")),
    "with CRLF in the sources": bytes_with(
        lambda text: text.replace(b"\\n", b"\\r\\n")
    ),
    "one line of ASCII": lambda notebook: json.dumps(notebook).encode(),
    "an unknown minor version": bytes_with(
        lambda text: re.sub(rb'"nbformat_minor": \d+', b'"nbformat_minor": 99', text)
    ),
    "a cell of a million lines": many_lines,
    "outputs of 40 MB": forty_megabytes,
    "the lecture fails": lecture_fails,
    "no lecture": lambda notebook: drop("")(notebook) or _imports(notebook),
    "huge schema_version": each_graded(
        lambda cell: cell.metadata.nbgrader.update(schema_version=10**9)
    ),
}


def _imports(notebook: NotebookNode) -> None:
    head = "import torch\nfrom torch.nn import functional as F"
    notebook.cells.insert(0, v4.new_code_cell(head))


CASES = [
    *(Case(name, edit=edit) for name, edit in SAME.items()),
    Case("10 000 cells", edit=many_cells, flags=("truncated?",)),
    Case("magics of a course", above(MAGICS)),
    Case("%%time", TIMED),
    Case("top-level await", above(AWAIT)),
    Case("tabs and form feeds", "\f\n" + right(LAB)[CRITIC].replace("    ", "\t")),
    Case("Colab", edit=colab, flags=("metadata lost",)),
    Case("nbformat 3", edit=old_format, flags=("old format",)),
    Case("nbformat 99", edit=bytes_with(
        lambda text: text.replace(b'"nbformat": 4', b'"nbformat": 99')),
        flags=("old format?",)),
    Case("metadata that is a list", edit=bytes_with(lambda text: re.sub(
        rb'"nbgrader": \{[^}]*\}', b'"nbgrader": [1, null]', text)),
        flags=("metadata lost",)),
    Case("a NUL in the source", above("x = '\0'"), lost=CRITIC),
    Case("a syntax error", above("def (:"), lost=CRITIC),
    Case("surrogates in the source", edit=bytes_with(
        lambda text: text.replace(b"# about 5 lines", b"# \\ud800 \\udfff")),
        points={CRITIC: None}),
    Case("points 100 and grade false", edit=each_graded(
        lambda cell: cell.metadata.nbgrader.update(points=100, grade=False)),
        flags=("checks changed?", "metadata lost?")),
    Case("points that are text, huge, negative", edit=each_graded(
        lambda cell: cell.metadata.nbgrader.update(points="1e999", cell_type=[-1])),
        flags=("checks changed?", "metadata lost?")),
    Case("no check cells", edit=drop(*(f"{name}_check" for name in FULL)),
         flags=("checks changed",)),
    Case("no answer cell", edit=drop(CRITIC), lost=CRITIC,
         flags=("metadata lost?",)),
    Case("no imports", edit=lambda notebook: notebook.cells.pop(1) and None,
         lost=EVERYTHING, says="a name in it is unknown"),
    Case("swapped cells", edit=swapped_ids, flags=("metadata lost?",)),
    Case("answered at the end", edit=moved_to_the_end, flags=("metadata lost?",)),
    Case("a wrong copy before", edit=wrong_first, flags=("duplicate answer",)),
    Case("an answer in a raw cell", edit=raw, lost=CRITIC, flags=("metadata lost?",)),
    Case("cells upside down", edit=lambda notebook: notebook.cells.reverse(),
         points=dict.fromkeys(FULL), flags=()),
    Case("all cells empty", edit=lambda notebook: [
        cell.update(source="") for cell in notebook.cells] and None,
        lost=EVERYTHING, flags=("empty?", "checks changed?")),
    Case("an answer of another name", "def my_loss(*_):\n    return 0", lost=CRITIC),
]  # fmt: skip
