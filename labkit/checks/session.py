"""A module in which cells run one after the other, as in a kernel, but without one."""

import ast
import asyncio
import inspect
import linecache
import os
import sys
import types
from typing import Any

from labkit.checks.cells import Cell
from labkit.checks.shell import Shell
from labkit.checks.spec import describe

_MISSING = object()


class Session:
    """Runs the cells of one slice and keeps the answer.

    A cell that fails does not stop the others.

    Args:
        name: the module's name; `__main__` is what a kernel calls it.
        exercise: name of the answer.
        home: number of the answer's cell.

    Attributes:
        answer: the object, taken right after its cell has run; None without one.
        failure: the error of its cell, as `describe` gives it, if it never came to
            the definition.
        shell: what stood in for IPython, with its notes.
    """

    def __init__(self, name: str, exercise: str, home: int | None) -> None:
        self._home = home
        self._exercise = exercise
        module = types.ModuleType(name)
        sys.modules[name] = module  # dataclasses, pickle and inspect look there
        self._names = module.__dict__
        self.shell = Shell(self._names)
        self._names.update(self.shell.given())
        self._before: Any = _MISSING
        self._error: dict[str, Any] | None = None
        self.answer: Any = None
        self.failure: dict[str, Any] | None = None

    def run(self, cell: Cell) -> None:
        """Run one cell, or what is left of it, and take the answer if it is there."""
        self.execute(cell)
        self.take(cell)

    def execute(self, cell: Cell) -> None:
        """Run one cell."""
        self._before = self._names.get(self._exercise, _MISSING)
        self._error = None
        self._error = self._run(cell)

    def take(self, cell: Cell) -> None:
        """Take the answer, if it was for the cell that has just run to bring it."""
        if cell.number == self._home:
            answer = self._names.get(self._exercise, _MISSING)
            if self._error and answer is self._before:
                self.failure = self._error
            elif answer is not _MISSING:
                self.answer = answer

    def _run(self, cell: Cell) -> dict[str, Any] | None:
        lines = cell.source.splitlines(keepends=True)
        if not os.path.exists(cell.filename):  # a notebook's: where tracebacks look
            linecache.cache[cell.filename] = (
                len(cell.source),
                None,
                lines,
                cell.filename,
            )
        try:
            if cell.error:
                raise cell.error.with_traceback(None)
            flags = cell.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(cell.tree, cell.filename, "exec", flags, True)
            coroutine = eval(code, self._names)  # the user's own code
            if inspect.iscoroutine(coroutine):
                asyncio.run(coroutine)
        except BaseException as error:  # noqa: BLE001 (students', Ctrl-C and exit too)
            told = describe(error)
            if isinstance(error, SyntaxError) and error.text:
                told["line"] = error.text.strip()[:120]
            return told
        return None
