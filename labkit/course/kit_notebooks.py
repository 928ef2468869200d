"""The notebooks of a kit, fresh copies of them, and the recordings of their lectures."""

import ast
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode, v4
from traitlets.config import Config

from labkit.checks import REGISTRY
from labkit.course import site_labs
from labkit.course.errors import BuildError
from labkit.course.notebook import source_notebook
from labkit.course.release import as_released, notebook_text
from labkit.course.site import RUNS
from labkit.course.source import Lab
from labkit.course.telling import telling
from labkit.recorded import FOLDER
from labkit.recorded_keys import key
from labkit.reset import FRESH

FIRST = """\
# A cell of the lecture that needs an answer which is still to be written, by you or in
# a later lab, shows what it showed when the course was made.
%load_ext labkit.recorded"""
FIRST_ID = "recordings-on"


def write_notebooks(
    top: Path,
    labs: Sequence[Lab],
    root: Path,
    config: Config,
    say: Callable[[str], None],
) -> None:
    """Write notebooks/, data/recorded and data/fresh of a kit.

    Raises:
        BuildError: a lab stopped with an error, or an output of its lecture shows an
            answer.
    """
    for lab in labs:
        source = source_notebook(lab, REGISTRY)
        released = as_released(source, config)
        keep = root / RUNS / f"{lab.name}.ipynb"
        say(f"{lab.name}: running it with all answers, or taking what is kept of that")
        solved = site_labs.run(source, keep)
        shown = site_labs.text_of(site_labs.page(released, solved))
        leaking = site_labs.leaks(shown, lab, released)
        if leaking:
            raise BuildError(f"{lab.where}: an output shows the answer {leaking[0]!r}")
        text = notebook_text(with_recordings_on(released))
        _write(top / "notebooks" / lab.name / f"{lab.name}.ipynb", text.encode())
        fresh = top / "data" / FRESH / f"{lab.name}.ipynb.gz"
        _write(fresh, gzip.compress(text.encode(), mtime=0))
        cells = recordings(solved)
        record = json.dumps(cells, ensure_ascii=False, indent=1, sort_keys=True)
        _write(top / "data" / FOLDER / f"{lab.name}.json", record.encode() + b"\n")


def with_recordings_on(released: NotebookNode) -> NotebookNode:
    """Put a cell before the first of code, which loads `labkit.recorded`."""
    kinds = [cell.cell_type for cell in released.cells]
    place = kinds.index("code") if "code" in kinds else len(kinds)
    cells = list(released.cells)
    cells.insert(place, v4.new_code_cell(FIRST, id=FIRST_ID))
    return v4.new_notebook(cells=cells, metadata=released.metadata)


def recordings(solved: NotebookNode) -> list[dict]:
    """What the cells of the lecture showed: no exercise, no check, no living widget.

    Nothing that tells an answer either: such a cell waits for the student's own.
    """
    transform = TransformerManager().transform_cell
    told = telling(solved)
    found = []
    for cell in solved.cells:
        if cell.cell_type != "code" or "nbgrader" in cell.metadata or cell.id in told:
            continue
        outputs = [dict(each) for each in cell.outputs if _can_be_shown(each)]
        for output in outputs:
            output.pop("execution_count", None)
        tree = ast.parse(transform(cell.source))
        found.append({"id": cell.id, "key": key(tree), "outputs": outputs})
    return found


def _can_be_shown(output: NotebookNode) -> bool:
    return site_labs.WIDGET not in output.get("data", {})


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
