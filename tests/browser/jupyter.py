"""A real JupyterLab in a real browser: start it, run a notebook, look at the cells."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Page

from labkit import lab

START_SECONDS = 180
PAGE_SECONDS = 90
# Outputs of every cell on the page at once, nothing saved or asked behind our back.
SETTINGS = {
    **json.loads((lab.SETTINGS / "overrides.json").read_text(encoding="utf-8")),
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
READY = """async () => {
    const later = () => new Promise(resolve => setTimeout(resolve, 50));
    while (!window.jupyterapp) await later();
    await jupyterapp.restored;
    const find = () => [...jupyterapp.shell.widgets('main')].find(w => w.sessionContext);
    while (!find()) await later();
    window.panel = find();
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
RUN_ALL = """async () => {
    jupyterapp.shell.activateById(panel.id);
    await jupyterapp.commands.execute('notebook:run-all-cells');
    return panel.content.widgets.map(cell => cell.model.toJSON());
}"""
RUN_UNTIL = """async () => {
    const cell = panel.content.widgets[%d];
    while (!JSON.stringify(cell.model.outputs.toJSON()).includes(%s)) {
        panel.content.activeCellIndex = %d;
        await jupyterapp.commands.execute("notebook:run-cell");
    }
}"""
TOP_AND_HEIGHT = """() => {
    document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0;
    const last = [...document.querySelectorAll('.jp-Notebook .jp-Cell')].at(-1);
    return Math.ceil(last.getBoundingClientRect().bottom) + 60;  // the status bar
}"""


@dataclass(frozen=True)
class Cell:
    """One cell after it ran, as JupyterLab has it.

    Attributes:
        kind: "code" or "markdown".
        source: its text.
        outputs: nbformat's output dictionaries.
    """

    kind: str
    source: str
    outputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def error(self) -> str | None:
        """ "Name: message" of the exception that ended the cell, or None."""
        for output in self.outputs:
            if output["output_type"] == "error":
                return f"{output['ename']}: {output['evalue']}"
        return None

    @property
    def text(self) -> str:
        """Everything the cell printed or returned as text."""
        parts = []
        for output in self.outputs:
            part = output.get("text") or output.get("data", {}).get("text/plain", "")
            parts.append(part if isinstance(part, str) else "".join(part))
        return "".join(parts)


@dataclass(frozen=True)
class Ran:
    """A notebook that ran to its end, or to its first error.

    Attributes:
        cells: all of them, in order.
        screenshot: PNG of the whole page, for people to look at.
    """

    cells: list[Cell]
    screenshot: Path

    @property
    def errors(self) -> list[str]:
        return [cell.error for cell in self.cells if cell.error]


class JupyterServer:
    """JupyterLab on a free port, with folders of its own and nobody's settings.

    Args:
        folder: new folder for everything it writes; notebooks go into its `root`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.root.mkdir(parents=True)
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        overrides = self.folder / "settings" / "overrides.json"
        overrides.parent.mkdir()
        overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--LabApp.expose_app_in_browser=True",
            f"--LabApp.app_settings_dir={overrides.parent}",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=self._environment(),
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def place(self, notebook: Path) -> str:
        """Copy a notebook into a new folder under the root; return its path there."""
        place = Path(secrets.token_hex(4), notebook.name)
        (self.root / place).parent.mkdir()
        shutil.copy(notebook, self.root / place)
        return place.as_posix()

    def stop_kernels(self) -> None:
        """End every session, so that the next notebook begins with a fresh kernel."""
        for session in json.loads(self._call("api/sessions")):
            self._call(f"api/sessions/{session['id']}", "DELETE")

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "user-settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        return os.environ | {k: str(self.folder / v) for k, v in folders.items()}

    def _call(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(
            self.url(path),
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self._call("api/status")
                return
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    said = self.log.read_text(errors="replace")
                    raise RuntimeError(f"JupyterLab did not start:\n{said}") from error
            time.sleep(0.1)


def evaluate(page: Page, function: str, seconds: float) -> Any:
    """Call an asynchronous JavaScript function in the page, with a time limit.

    Raises:
        TimeoutError: it took longer; with the text of a dialog that may be in the way.
    """
    limited = f"""async () => Promise.race([
        ({function})().then(value => [value]),
        new Promise(resolve => setTimeout(resolve, {int(seconds * 1000)})),
    ])"""
    answer = page.evaluate(limited)
    if answer is None:
        dialog = page.locator(".jp-Dialog").all_inner_texts()
        raise TimeoutError(f"no end in {seconds:.0f} s; dialogs on the page: {dialog}")
    return answer[0]


def open_notebook(server: JupyterServer, page: Page, notebook: Path) -> None:
    """Open a copy of `notebook` in JupyterLab and wait until its kernel answers."""
    path = server.place(notebook)
    page.goto(server.url(f"doc/tree/{path}?reset&token={server.token}"))
    evaluate(page, READY, PAGE_SECONDS)


def run_all(page: Page, seconds: float = 300) -> list[Cell]:
    """Run every cell, stopping at the first error as Run All does."""
    return [
        Cell(cell["cell_type"], "".join(cell["source"]), cell.get("outputs", []))
        for cell in evaluate(page, RUN_ALL, seconds)
    ]


def run_until(page: Page, number: int, text: str, seconds: float = 60) -> None:
    """Run one cell again and again, until `text` is in its output.

    For what a person did in a widget: it reaches the kernel within moments, but a cell
    that is run at once may be sooner.
    """
    evaluate(page, RUN_UNTIL % (number, json.dumps(text), number), seconds)


def screenshot(page: Page, path: Path, most: int = 12_000) -> Path:
    """Picture of the whole notebook, however long (up to `most` pixels)."""
    size = page.viewport_size
    height = min(most, max(size["height"], page.evaluate(TOP_AND_HEIGHT)))
    page.set_viewport_size(size | {"height": height})
    page.evaluate(TOP_AND_HEIGHT)
    page.screenshot(path=path)
    return path


def open_and_run(
    server: JupyterServer, browser: Browser, notebook: Path, seconds: float = 300
) -> Ran:
    """Open a copy of a notebook in a new page, run all of it, take its picture."""
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    try:
        open_notebook(server, page, notebook)
        cells = run_all(page, seconds)
        picture = server.folder / f"{notebook.stem}-{secrets.token_hex(4)}.png"
        return Ran(cells, screenshot(page, picture))
    finally:
        page.close()
        server.stop_kernels()
