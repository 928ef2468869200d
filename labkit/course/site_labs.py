"""A lab as a page of the course site: the student's cells, the outputs of a solved run.

A site may not give answers away, and a notebook whose holes are empty shows nothing. So
a lab is run with its solutions, and its page has what students get, and beside each cell
what it showed in that run.
"""

import hashlib
import html
import os
import re
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode, v4

from labkit.course.errors import BuildError
from labkit.course.source import Lab
from labkit.course.telling import telling
from labkit.runtime import atomic_write

WIDGET = "application/vnd.jupyter.widget-view+json"
LIVE = {"Explorer": "play/explorer.html", "Playground": "play/playground.html"}
SECONDS = 900  # a cell's limit; all of a lab take about a minute on one core
REPO = Path(__file__).parents[2]
UNUSED = {  # no lab runs these
    *("course", "grading", "commands", "exercises", "__pycache__"),
    *("cli.py", "doctor.py", "lab.py", "reset.py"),
    *("recorded.py", "recorded_keys.py", "recorded_names.py"),
}
YOURS = "Here you see your own answer, once you have given it.\n"
SHORTEST = 12  # characters; a shorter line ("return x", "else:") is no answer


def run(notebook: NotebookNode, keep: Path) -> NotebookNode:
    """Execute a notebook, or take what an earlier run of the same left.

    Args:
        notebook: with solutions. Its outputs are kept under the hash of its text, of
            labkit, its data, and LABKIT_STEPS.
        keep: the file for the outputs; those under another hash are replaced.

    Raises:
        BuildError: a cell ended with an error or took too long, or the kernel died.
    """
    notebook = v4.new_notebook(cells=notebook.cells, metadata=notebook.metadata)
    key = _key(nbformat.writes(notebook))
    if keep.exists():
        kept = nbformat.read(keep, as_version=4)
        if kept.metadata.get("key") == key:
            return kept
    environment = os.environ | {"OMP_NUM_THREADS": "1", "LABKIT_HEADLESS": "1"}
    with tempfile.TemporaryDirectory(prefix="labkit-site-") as folder:
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=environment | {"IPYTHONDIR": f"{folder}/.ipython"})
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            said = re.sub(r"\x1b\[[\d;]*m", "", str(error))  # without its colours
            raise BuildError(f"{keep.stem} stopped: {said}") from error
    notebook.metadata["key"] = key
    keep.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(keep, lambda file: nbformat.write(notebook, file))
    return notebook


def page(released: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """Put the outputs of a solved run beside the cells of the student's notebook.

    Widgets are left to the pictures that stand in for them, with a way to those that
    live on a page of the site; what would tell an answer is left out.

    Args:
        released: the student's notebook.
        solved: the same cells, by id, with solutions and outputs.
    """
    outputs = {cell.id: cell.get("outputs", []) for cell in solved.cells}
    for told in telling(solved):
        outputs[told] = [v4.new_output("stream", text=YOURS)]
    cells = []
    for cell in released.cells:
        if cell.cell_type == "code":
            shown = [_without_kernel(output) for output in outputs[cell.id]]
            cell = v4.new_code_cell(
                cell.source, id=cell.id, outputs=list(filter(None, shown))
            )
        else:
            cell = v4.new_markdown_cell(cell.source, id=cell.id)
        cells.append(cell)
    kernel = {"kernelspec": released.metadata.kernelspec}
    return v4.new_notebook(cells=cells, metadata=kernel)


def text_of(page: NotebookNode) -> str:
    """All that a page's reader sees: texts, code and outputs."""
    parts = []
    for cell in page.cells:
        parts.append(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts += [output.get("text", ""), data.get("text/plain", "")]
            parts.append(plain(data.get("text/html", "")))
    return "\n".join(parts)


def plain(page: str) -> str:
    """The words of an HTML page, and the descriptions of its pictures."""
    described = re.sub(r'<[^>]*?\balt="([^"]*)"[^>]*>', r" \1 ", page)
    return html.unescape(re.sub(r"<[^>]*>", "", described))


def leaks(text: str, lab: Lab, released: NotebookNode) -> list[str]:
    """List the lines of a lab's solutions that a text shows and the released lab does not.

    Args:
        text: what people will see, by `text_of` or `plain`.
        lab: the source, with the solutions.
        released: the student's notebook.
    """
    given = _words("\n".join(cell.source for cell in released.cells))
    shown = _words(text)
    lines = [
        line.strip()
        for cell in lab.cells
        for hole in cell.holes()
        for line in hole.splitlines()
    ]
    return [
        line
        for line in lines
        if len(_words(line)) >= SHORTEST
        and _words(line) in shown
        and _words(line) not in given
    ]


def _without_kernel(output: NotebookNode) -> NotebookNode | None:
    """Leave an output as it is, unless it is a widget: nothing of a saved one lives."""
    data = output.get("data", {})
    if WIDGET not in data:
        return output
    name, _, label = data.get("text/plain", "").partition(": ")
    if name not in LIVE:
        return None
    way = f'<p><a href="../../{LIVE[name]}">{label}, live in this browser</a></p>'
    return v4.new_output("display_data", {"text/html": way})


def _words(text: str) -> str:
    """Without blanks, and without the marks of code in a text, which a page has not."""
    return re.sub(r"[\s`]+", "", text)


def _key(text: str) -> str:
    """The hash of all that a run's outputs depend on, but for the machine."""
    known = hashlib.sha256(text.encode())
    known.update(os.environ.get("LABKIT_STEPS", "").encode())
    for path in sorted([*REPO.glob("labkit/**/*.*"), *REPO.glob("data/**/*.*")]):
        if not UNUSED & set(path.relative_to(REPO).parts) and path.is_file():
            known.update(path.name.encode() + path.read_bytes())
    return known.hexdigest()
