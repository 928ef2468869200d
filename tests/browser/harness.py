"""A widget in a bare page: its own ES module, a pretended model, and its real kernel side.

What the page sends reaches the Python widget, and what the widget sends reaches the
page, without Jupyter between them. So a test sees both sides, in a second.
"""

import base64
import json
import queue
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from labkit.widgets.base import Widget
from labkit.widgets.modules import esm

# JupyterLab marks its theme on the body; the variables below are those of its themes.
PAGE = """<!doctype html><html lang="en"><head><title>Widget</title><style>
body {{ margin: 8px; color: {text}; background: {ground}; --jp-layout-color1: {ground};
  --jp-layout-color2: {raised}; --jp-ui-font-color0: {text}; }}
</style></head><body data-jp-theme-light="{light}"><main id="here">
<h1>A page</h1></main></body></html>"""
THEMES = {
    "light": {"ground": "#ffffff", "raised": "#eeeeee", "text": "#000000"},
    "dark": {"ground": "#111111", "raised": "#212121", "text": "#ffffff"},
}
MOUNT = """async ({esm, css, values}) => {
    document.head.append(Object.assign(document.createElement("style"),
                                       {textContent: css}));
    const listeners = new Map();
    const tell = (event, ...details) =>
        (listeners.get(event) ?? []).forEach((act) => act(...details));
    const pack = (buffer) => btoa(Array.from(
        new Uint8Array(buffer.buffer ?? buffer), (n) => String.fromCharCode(n)).join(""));
    const unpack = (code) => new DataView(
        Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0)).buffer);
    const hear = ({name, value, content, buffers}) => {
        if (name === undefined) tell("msg:custom", content, buffers.map(unpack));
        else { values[name] = value; tell(`change:${name}`); }
    };
    const call = async (content, buffers = []) =>
        (await window.kernel(content, buffers)).forEach(hear);
    setInterval(() => call(null), 50);
    window.model = {
        get: (name) => values[name],
        set(name, value) { values[name] = value; },
        save_changes() { call({state: values.state}); },
        on(event, act) { listeners.set(event, [...(listeners.get(event) ?? []), act]); },
        off(event, act) {
            listeners.set(event, (listeners.get(event) ?? []).filter((a) => a !== act));
        },
        send(content, _, buffers = []) { call(content, buffers.map(pack)); },
    };
    const url = URL.createObjectURL(new Blob([esm], {type: "text/javascript"}));
    const widget = (await import(url)).default;
    window.endWidget = await widget.render(
        {model: window.model, el: document.getElementById("here")});
}"""
MODULE = """async (esm) => {
    const url = URL.createObjectURL(new Blob([esm], {type: "text/javascript"}));
    window.lab = await import(url);
}"""


class Harness:
    """Opens widgets in pages of one browser, and notes what goes wrong there.

    Attributes:
        requests: addresses outside the page that it asked for.
        errors: uncaught exceptions and what was logged as an error.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self.requests: list[str] = []
        self.errors: list[str] = []

    def open(
        self,
        widget: Widget,
        theme: str = "light",
        reduced_motion: bool = False,
        touch: bool = False,
        width: int = 1100,
    ) -> Page:
        """Mount a widget whose kernel side is the object given."""
        page = self._page(reduced_motion, touch, width)
        light = json.dumps(theme == "light")
        page.set_content(PAGE.format(light=light, **THEMES[theme]))
        self._join(page, widget)
        values = {"state": widget.state, "facts": widget.facts}
        page.evaluate(MOUNT, {"esm": widget._esm, "css": widget._css, "values": values})
        return page

    def open_file(self, path: Path, address: str = "", **options: Any) -> Page:
        """Open a page that a widget wrote, from its file; `address` comes after its #."""
        page = self._page(**options)
        page.goto(f"{path.resolve().as_uri()}#{address}")
        return page

    def module(self, name: str) -> Page:
        """A page in which `lab` is what the ES module of that name exports."""
        page = self._page()
        page.evaluate(MODULE, esm(name))
        return page

    def axe(self, page: Page) -> list[str]:
        """What axe-core finds wrong, one line each."""
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response
        return [
            f"{each['id']}: {each['help']}: {node['html'][:200]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _page(
        self, reduced_motion: bool = False, touch: bool = False, width: int = 1100
    ) -> Page:
        context = self._browser.new_context(
            reduced_motion="reduce" if reduced_motion else "no-preference",
            has_touch=touch,
            viewport={"width": width, "height": 900},
        )
        self._contexts.append(context)
        context.route("http://**/*", self._refuse)
        context.route("https://**/*", self._refuse)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: said.type == "error" and self.errors.append(said.text),
        )
        return page

    def _refuse(self, route: Any, request: Request) -> None:
        self.requests.append(request.url)
        route.abort()

    def _join(self, page: Page, widget: Widget) -> None:
        """Carry messages both ways; the page comes and asks what there is for it."""
        waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        came: dict[str, Any] = {}  # the state that the page is just pushing

        def send(content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
            coded = [base64.b64encode(bytes(each)).decode() for each in buffers or []]
            waiting.put({"content": content, "buffers": coded})

        def kernel(_: Any, content: dict[str, Any] | None, buffers: list[str]) -> list:
            if content is not None and "state" in content and len(content) == 1:
                came["state"] = content["state"]
                widget.state = content["state"]
                came.clear()
            elif content is not None:
                coded = [base64.b64decode(each) for each in buffers]
                widget._heard(widget, content, coded)
            return [waiting.get() for _ in range(waiting.qsize())]

        def tell(change: Any) -> None:
            if change.new != came.get(change.name):  # as Jupyter: no echo of one's own
                waiting.put({"name": change.name, "value": change.new})

        widget.send = send
        for name in ("state", "facts"):
            widget.observe(tell, name)
        page.expose_binding("kernel", kernel)
