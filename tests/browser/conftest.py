"""Fixtures of the browser tests: JupyterLab, Chromium, and running a notebook."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.harness import Harness
from tests.browser.jupyter import JupyterServer, Ran, open_and_run
from tests.conftest import find_tool

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """One JupyterLab for all tests; each notebook gets a folder and kernel of its own."""
    with JupyterServer(tmp_path_factory.mktemp("jupyter") / "server") as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium.

    For a module, not the session: while Playwright is alive its event loop counts as
    running, and tests that start a loop of their own (nbclient's) would fail.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), headless=True, args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def run_notebook(jupyter_server: JupyterServer, browser: Browser) -> Callable[..., Ran]:
    """`run_notebook(path)` opens a copy in JupyterLab and runs every cell."""
    return functools.partial(open_and_run, jupyter_server, browser)


@pytest.fixture
def harness(browser: Browser) -> Iterator[Harness]:
    """Widgets in bare pages; every page of a test ends with it."""
    harness = Harness(browser)
    yield harness
    harness.close()
