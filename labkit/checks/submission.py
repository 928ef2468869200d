"""Reading what somebody handed in: a notebook, or a Python file.

Its cells are run in order in this process, in a namespace of their own; one that fails
does not stop the others. The answers are picked by nbgrader's grade_id, or else by the
name of the definition. This is for checking one's own work: marks for the work of
others are given by the grader, in a sandbox.
"""

import contextlib
import io
import itertools
import linecache
import os
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.checks.cells import Cell, SubmissionError, read_cells
from labkit.checks.shell import Shell
from labkit.checks.spec import REGISTRY, describe
from labkit.runtime import isolated

__all__ = ["Submission", "SubmissionError", "load", "scan"]

_count = itertools.count(1)


@dataclass(frozen=True)
class Submission:
    """What a file holds.

    Attributes:
        path: the file.
        expected: the exercises of the labs of which the file has at least one.
        answers: the objects found, by exercise.
        failures: for exercises whose cell stopped, the error as `describe` gives it.
    """

    path: Path
    expected: list[str]
    answers: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, dict[str, Any]] = field(default_factory=dict)


def scan(path: Path) -> list[str]:
    """List the exercises to be expected in a file, without running it.

    Raises:
        SubmissionError: the file cannot be read as a notebook or as Python.
    """
    return _expected(read_cells(path))


def load(path: Path) -> Submission:
    """Read a file, run its cells and pick the answers.

    What the cells print is dropped; random states and thread counts are the caller's
    again afterwards.

    Raises:
        SubmissionError: the file cannot be read as a notebook or as Python.
    """
    path = path.resolve()
    cells = read_cells(path)
    submission = Submission(path, _expected(cells))
    homes = {name: _home(name, cells) for name in submission.expected}
    if path.suffix == ".ipynb" or any(cell.grade_id for cell in cells):
        # What comes after the last answer is training and pictures.
        last = max(homes.values(), default=0)
        cells = [cell for cell in cells if cell.number <= last]
    module = types.ModuleType(f"submission_{next(_count)}")
    module.__file__ = str(path)
    shell = Shell(module.__dict__)
    module.__dict__.update(get_ipython=lambda: shell, display=lambda *_, **__: None)
    sys.modules[module.__name__] = module  # dataclasses and inspect look there
    with _at_home(path):
        for cell in cells:
            before = dict(module.__dict__)
            error = _run(cell, module.__dict__)
            for name in [name for name in homes if homes[name] == cell.number]:
                answer = module.__dict__.get(name)
                if error and answer is before.get(name):  # it never came to the def
                    submission.failures[name] = error
                elif answer is not None:
                    submission.answers[name] = answer
    return submission


def _expected(cells: list[Cell]) -> list[str]:
    """The exercises of every lab of which the cells have one, in the registry's order."""
    by_id = {cell.grade_id for cell in cells} & REGISTRY.keys()
    found = by_id or {name for cell in cells for name in cell.defines}
    labs = {REGISTRY[name].lab for name in found if name in REGISTRY}
    return [name for name, exercise in REGISTRY.items() if exercise.lab in labs]


def _home(name: str, cells: list[Cell]) -> int:
    """The number of the cell after which the answer is there; 0 if there is none."""
    numbers = [cell.number for cell in cells if name in cell.defines]
    marked = [cell.number for cell in cells if cell.grade_id == name]
    return next(
        (number for number in marked if number in numbers), max(numbers + marked or [0])
    )


def _run(cell: Cell, namespace: dict[str, Any]) -> dict[str, Any] | None:
    """Run one cell; returns its error as data, or None."""
    lines = cell.source.splitlines(keepends=True)
    if not os.path.exists(cell.filename):  # a notebook's: where tracebacks find lines
        linecache.cache[cell.filename] = len(cell.source), None, lines, cell.filename
    try:
        if cell.error:
            raise cell.error
        code = compile(cell.tree, cell.filename, "exec", cell.flags, True)
        exec(code, namespace)  # noqa: S102 (the user's own code)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (students')
        if isinstance(error, SyntaxError):
            return {**describe(error), "line": (error.text or "").strip()}
        return describe(error)
    return None


@contextlib.contextmanager
def _at_home(path: Path) -> Iterator[None]:
    """Run as a kernel would: in the file's folder, which is on the path; but quiet."""
    folder = str(path.resolve().parent)
    before = list(sys.path), sys.stdin, dict(os.environ)
    os.environ["MPLBACKEND"] = "Agg"  # no windows
    sys.path.insert(0, folder)
    sys.stdin = io.StringIO()
    try:
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            isolated(threads=None),
        ):
            yield
    finally:
        sys.path[:], sys.stdin = before[:2]
        os.environ.clear()
        os.environ.update(before[2])
