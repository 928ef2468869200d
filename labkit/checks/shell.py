"""A stand-in for IPython, for notebooks that are run without a kernel."""

from collections.abc import Callable
from typing import Any

# Magics that change nothing in what a cell computes.
KNOWN = frozenset(
    ("autoreload", "bash", "capture", "cd", "conda", "config", "debug", "env", "html")
    + ("javascript", "latex", "load_ext", "matplotlib", "pip", "precision", "prun")
    + ("pwd", "reload_ext", "sh", "svg", "system", "time", "timeit", "who", "whos")
)


class Shell:
    """Takes the magics of a notebook and does nothing.

    Nothing is handed to the system: `!pip install` in somebody's notebook is not for
    whoever checks it. What is timed or captured has been unwrapped when the cell was
    read, and runs.

    Args:
        namespace: where the cells run.

    Attributes:
        user_ns: the same, under IPython's name for it.
        notes: a sentence for each magic that is not known here.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace
        self.notes: list[str] = []

    def given(self) -> dict[str, Any]:
        """What a kernel gives to every notebook."""
        return {"get_ipython": lambda: self, "display": _nothing, "input": _no_input}

    def run_line_magic(self, name: str, *_: Any, **__: Any) -> None:
        self._note(name, "%")

    def run_cell_magic(self, name: str, *_: Any, **__: Any) -> None:
        self._note(name, "%%")

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """The output of `!command`: none."""
        return []

    def _note(self, name: str, sign: str) -> None:
        if name not in KNOWN and len(self.notes) < 20:
            self.notes.append(f"The magic {sign}{str(name)[:40]} was left out.")

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """Take anything, do nothing."""


def _no_input(*_: Any) -> str:
    raise EOFError("nobody is there to answer input(); give the value in the code")
