"""A person at a browser: logs in to the hub, works in JupyterLab, looks at pages."""

import io
import json
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.jupyter import evaluate
from tests.hub.machine import PASSWORDS, Machine

SECONDS = 180  # until something is seen: the machine may be busy with other tests
WIDTH, HEIGHT = 1000, 680  # of everybody's window, in pixels
PICTURES = os.environ.get("LABKIT_HUB_PICTURES")  # a folder for pictures: docs/hub

RESTORED = """async () => {
    const later = () => new Promise(resolve => setTimeout(resolve, 50));
    while (!window.jupyterapp) await later();
    await jupyterapp.restored;
}"""
# Opens a notebook and waits for its kernel; leaves it in `panel`.
OPEN = """async () => {
    window.panel = await jupyterapp.commands.execute('docmanager:open', {path: %s});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
# Makes the cell of a grade_id the active one, and shows it.
GO_TO = """async () => {
    jupyterapp.shell.activateById(panel.id);
    const number = panel.content.widgets.findIndex(
        cell => (cell.model.getMetadata('nbgrader') || {}).grade_id === %s);
    panel.content.activeCellIndex = number;
    await panel.content.scrollToItem(number, 'start');
    await panel.content.widgets[number].ready;
    panel.content.widgets[number].node.dataset.test = %s;
}"""
RUN_ALL = """async () => {
    jupyterapp.shell.activateById(panel.id);
    await jupyterapp.commands.execute('notebook:run-all-cells');
    await panel.context.save();
}"""
SAVE = "async () => panel.context.save()"
TERMINAL = """async () => {
    const widget = await jupyterapp.commands.execute('terminal:create-new', {cwd: %s});
    window.terminal = widget.content;
    const session = terminal.session;
    window.said = '';
    session.messageReceived.connect((_, message) => {
        if (message.type === 'stdout') window.said += message.content.join('');
    });
    // An unknown control sequence: seen here, not on the screen.
    const told = 'PROMPT_COMMAND=\\'printf "\\\\033]777;%%s\\\\007" $?\\'';
    session.send({type: 'stdin', content: [`PS1="$ "; ${told}; clear\\r`]});
    while (!/]777;\\d+\\x07/.test(said)) await new Promise(r => setTimeout(r, 50));
}"""
ENDED = r"/]777;(\d+)\x07/.exec(window.said)?.[1]"
TYPE = """async () => {
    window.said = '';
    terminal.session.send({type: 'stdin', content: [%s + '\\r']});
}"""


class Desk:
    """One person, logged in, with JupyterLab open.

    Args:
        browser: Chromium; the person gets a profile of their own.
        machine: has the hub.
        user: the account's name.

    Attributes:
        page: with JupyterLab.
    """

    def __init__(self, browser: Browser, machine: Machine, user: str) -> None:
        expect.set_options(timeout=SECONDS * 1000)
        self.machine, self.user = machine, user
        self._context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        self._context.set_default_timeout(SECONDS * 1000)
        self.page = self._context.new_page()
        self.page.goto(f"{machine.url}hub/login")
        self.page.get_by_label("Username").fill(user)
        self.page.get_by_label("Password").fill(PASSWORDS[user])
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"**/user/{user}/lab*")
        evaluate(self.page, RESTORED, SECONDS)

    def address(self, path: str) -> str:
        """Of a page of the person's own server."""
        return f"{self.machine.url}user/{self.user}/{path}"

    def look(self, path: str) -> Page:
        """Open a page of the own server in a tab of its own."""
        page = self._context.new_page()
        page.goto(self.address(path))
        return page

    def menu(self, entry: str) -> None:
        """Choose from the menu Nbgrader."""
        self.page.get_by_role("menuitem", name="Nbgrader").click()
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def open(self, notebook: str) -> None:
        evaluate(self.page, OPEN % json.dumps(notebook), SECONDS)

    def write(self, grade_id: str, source: str) -> Locator:
        """Replace the text of a cell by typing, and run it; gives the cell."""
        cell = self.cell(grade_id)
        rendered = cell.locator(".jp-MarkdownOutput")
        if rendered.count():
            rendered.dblclick()
        cell.locator(".cm-content").first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")
        return cell

    def cell(self, grade_id: str) -> Locator:
        """Go to the cell with a grade_id."""
        name = json.dumps(grade_id)
        evaluate(self.page, GO_TO % (name, name), SECONDS)
        return self.page.locator(f'[data-test="{grade_id}"]')

    def run_all(self) -> None:
        """Run every cell up to the first that fails, and save."""
        evaluate(self.page, RUN_ALL, SECONDS)

    def save(self) -> None:
        evaluate(self.page, SAVE, SECONDS)

    def terminal(self, folder: str) -> None:
        """Open a terminal in a folder of the home."""
        evaluate(self.page, TERMINAL % json.dumps(folder), SECONDS)

    def type(self, command: str) -> str:
        """Type a command into the terminal; wait for its end and give what it said."""
        self.page.bring_to_front()  # a page behind another one draws nothing
        evaluate(self.page, TYPE % json.dumps(command), SECONDS)
        self.page.wait_for_function(ENDED, polling=100)
        said = self.page.evaluate("window.said")
        assert self.page.evaluate(ENDED) == "0", said
        return said

    def close(self) -> None:
        self._context.close()


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Keep a picture of the page's upper part, when pictures are asked for."""
    if PICTURES:
        shot = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        small = Image.open(io.BytesIO(shot)).convert("RGB").quantize(256, dither=0)
        small.save(Path(PICTURES, f"{name}.png"), optimize=True)
