"""Notebooks as people meet them: JupyterLab, a browser, Run All."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.browser.jupyter import Ran

ROOT = Path(__file__).parent.parent.parent
FIRST = ROOT / "notebooks" / "00_warmup" / "00_warmup.ipynb"


@pytest.fixture
def small_notebook(tmp_path: Path) -> Path:
    cells = [
        new_markdown_cell("# Title"),
        new_code_cell("import os, labkit\nprint(os.getpid())\n6 * 7"),
        new_code_cell("from IPython.display import HTML\nHTML('<b id=here>shown</b>')"),
        new_code_cell("1 / 0"),
        new_code_cell("print('never reached')"),
    ]
    path = tmp_path / "small.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def test_cells_outputs_and_the_first_error_come_back(
    run_notebook: Callable[..., Ran], small_notebook: Path
) -> None:
    before = small_notebook.read_bytes()
    ran = run_notebook(small_notebook)
    title, number, html, failed, last = ran.cells
    assert title.kind == "markdown"
    assert number.text.endswith("42")
    assert "shown" in html.outputs[0]["data"]["text/html"]
    assert ran.errors == ["ZeroDivisionError: division by zero"]
    assert failed.error == ran.errors[0]
    assert last.outputs == []
    assert small_notebook.read_bytes() == before
    assert ran.screenshot.read_bytes().startswith(b"\x89PNG")
    again = run_notebook(small_notebook)
    assert again.cells[1].text != number.text  # another process: a kernel of its own


@pytest.mark.slow
def test_the_first_notebook_stops_only_where_the_student_has_work(
    run_notebook: Callable[..., Ran],
) -> None:
    ran = run_notebook(FIRST)
    assert any(cell.outputs for cell in ran.cells)
    for error in ran.errors:
        assert error.startswith(("NotImplementedError", "CheckFailed"))
