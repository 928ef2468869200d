"""What all widgets have: a picture that stands in, a state, and answers to the page.

A page and its kernel talk in questions: the page sends one with a number, the kernel
answers under that number. Nothing large is kept in the notebook file. What a person has
chosen is the widget's `state`; written as text (`share`) it fits into a cell, a mail or
the address of a page.
"""

import copy
import os
import sys
from pathlib import Path
from typing import Any, ClassVar, Self

import anywidget
import traitlets
from IPython.display import HTML, DisplayHandle, display

from labkit import sharing
from labkit.errors import BadValue, LabkitError
from labkit.show.picture import Picture
from labkit.widgets import page
from labkit.widgets.modules import css, esm

# Of picture and widget only one is seen: the widget where it lives, else the picture.
STAND_IN = """<style>
.jp-OutputArea-child:has(.labkit-picture):has(+ .jp-OutputArea-child .labkit) {{
  display: none }}
.jp-OutputArea-child:has(.labkit-picture)
  + .jp-OutputArea-child:not(:has(.labkit)) {{ display: none }}
</style><div class="labkit-picture">{picture}</div>"""


def headless() -> bool:
    """Tell whether no person looks on: nbclient and nbgrader, a script, LABKIT_HEADLESS.

    Front ends that people use can ask for typed input; those that only execute cannot.
    """
    if os.environ.get("LABKIT_HEADLESS") or "ipykernel" not in sys.modules:
        return True
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return True
    request = kernel.get_parent("shell").get("content", {})
    return not request.get("allow_stdin", True)


class Widget(anywidget.AnyWidget):
    """A picture first, then the living thing.

    Args:
        facts: what the page needs to know, small and fit for JSON.
        **state: what is chosen at the start, in place of `defaults`.

    Attributes:
        state: what is chosen now.
        module: the name of its ES module in this folder.
        label: its name for people, and for screen readers.
        defaults: all that can be chosen, with the first values.

    Raises:
        BadValue: a choice that there is not.
    """

    module: ClassVar[str]
    label: ClassVar[str]
    defaults: ClassVar[dict[str, Any]] = {}
    state = traitlets.Dict().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in vars(cls):  # not the classes that traitlets makes of it
            cls._esm, cls._css = esm(cls.module), css(cls.module)
        super().__init_subclass__(**kwargs)

    def __init__(self, facts: dict[str, Any] | None = None, **state: Any) -> None:
        super().__init__(
            facts={
                "module": self.module,
                "label": self.label,
                "defaults": self.defaults,
            }
            | (facts or {}),
            state=copy.deepcopy(self.defaults),
        )
        self._stand_in: DisplayHandle | None = None
        self.on_msg(self._heard)
        self.state = self._checked(state)

    def check(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return a state made sound; a widget says here what it refuses (BadValue)."""
        return state

    def picture(self) -> Picture:
        """Draw the stand-in for the present state."""
        raise NotImplementedError

    def blobs(self) -> dict[str, bytes]:
        """What the page may ask for by name, and a page without a kernel brings along."""
        return {}

    def answer(
        self, question: str, content: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Answer a question of the page.

        Raises:
            LabkitError: with words for the person in front of it.
        """
        raise LabkitError(f"{type(self).__name__} does not know {question!r}")

    def tell(
        self, event: str, content: dict[str, Any], buffers: list[bytes] = ()
    ) -> None:
        """Tell the page something it has not asked for."""
        self.send({"event": event} | content, list(buffers))

    def share(self) -> str:
        """The state as a line of text that `shared` and the page understand."""
        return sharing.written(self.module, self.state)

    @classmethod
    def shared(cls, text: str, *arguments: Any, **keywords: Any) -> Self:
        """Make the widget that somebody shared.

        Args:
            text: what `share`, or the page's field "Share", gave.
            *arguments, **keywords: what the widget is made with, apart from its state.
        """
        return cls(*arguments, **keywords, **cls.read(text))

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        """Read a shared line of text back into the choices that it holds.

        Raises:
            BadValue: it is not such a line, or of another widget.
        """
        return sharing.read(text, cls.module, cls.defaults)

    def to_html(self, path: str | Path) -> None:
        """Write one file that works by a double click: no kernel, no network."""
        page.write(self, path)

    def redraw(self) -> None:
        """Draw the stand-in anew where it was shown, for the notebook to keep."""
        if self._stand_in is not None:
            self._stand_in.update(self._html())

    def _html(self) -> HTML:
        return HTML(STAND_IN.format(picture=self.picture()._repr_html_()))

    def _checked(self, state: dict[str, Any]) -> dict[str, Any]:
        unknown = [key for key in state if key not in self.defaults]
        if unknown:
            known = ", ".join(self.defaults)
            raise BadValue(
                f"{type(self).__name__} has no choice {unknown[0]!r}; it has {known}"
            )
        return self.check(self.state | state)

    def _heard(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """A question came: answer it, or say why not."""
        number, question = content.get("number"), content.get("question")
        if question is None:
            return
        try:
            if question == "blob":
                told, sent = {}, [self.blobs()[content["name"]]]
            else:
                told, sent = self.answer(question, content, buffers)
        except LabkitError as error:
            told, sent = {"error": str(error)}, []
        except Exception as error:  # noqa: BLE001 (the page has to hear of it)
            told, sent = {"error": f"{type(error).__name__}: {error}"}, []
        self.send({"number": number} | told, list(sent))

    def _ipython_display_(self, **_: Any) -> None:
        text = f"{type(self).__name__}: {self.label}"
        self._stand_in = display(self._html(), display_id=True)
        bundle = anywidget.AnyWidget._repr_mimebundle_(self)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data:
            display({**data, "text/plain": text}, raw=True, metadata=metadata)
