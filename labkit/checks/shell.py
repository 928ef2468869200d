"""A stand-in for IPython, for notebooks that are run without a kernel."""

from collections.abc import Callable
from typing import Any

TIMERS = ("time", "timeit", "capture", "prun")


class Shell:
    """Takes the magics of a notebook and does nothing, except run a timed cell.

    Nothing is handed to the system: `!pip install` in somebody's notebook is not for
    whoever checks it.

    Args:
        namespace: where the cells run.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def run_cell_magic(self, name: str, _: str, body: str) -> None:
        if name in TIMERS:
            code = compile(body, f"<%%{name}>", "exec", dont_inherit=True)
            exec(code, self._namespace)  # noqa: S102 (the user's own code)

    def getoutput(self, _: str) -> list[str]:
        """The output of `!command`: none."""
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None
