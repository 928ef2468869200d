"""A widget's picture: hidden while the widget lives, seen when the notebook is reopened."""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import Browser, expect

from labkit.course.notebook import METADATA
from tests.browser.jupyter import (
    PAGE_SECONDS,
    READY,
    JupyterServer,
    evaluate,
    open_notebook,
    run_all,
)

SAVE = """async () => {
    await panel.context.save();
    return panel.context.path;
}"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cell = "from labkit import widgets\n\nwidgets.Checkerboard()"
    path = tmp_path / "standin.ipynb"
    cells = [v4.new_code_cell(cell)]
    nbformat.write(v4.new_notebook(cells=cells, metadata=METADATA), path)
    return path


@pytest.mark.slow
def test_live_the_widget_is_seen_and_reopened_its_picture(
    jupyter_server: JupyterServer, browser: Browser, notebook: Path
) -> None:
    page = browser.new_page()
    page.set_default_timeout(PAGE_SECONDS * 1000)
    try:
        open_notebook(jupyter_server, page, notebook)
        (cell,) = run_all(page)
        assert cell.error is None
        output = page.locator(".jp-OutputArea-output")
        picture = output.locator(".labkit-picture img")
        expect(output.locator("section.labkit")).to_be_visible(timeout=30_000)
        expect(picture).to_be_hidden()
        alt = picture.get_attribute("alt")
        assert len(alt) > 20
        path = evaluate(page, SAVE, PAGE_SECONDS)

        jupyter_server.stop_kernels()
        page.goto(jupyter_server.url(f"doc/tree/{path}?reset"))
        evaluate(page, READY, PAGE_SECONDS)
        expect(picture).to_be_visible()
        assert picture.get_attribute("alt") == alt
        assert picture.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        # JupyterLab's word for a widget whose kernel is gone; it is there, and not seen.
        dead = output.get_by_text("Error displaying widget")
        expect(dead).to_have_count(1)
        expect(dead).to_be_hidden()
    finally:
        page.close()
        jupyter_server.stop_kernels()
