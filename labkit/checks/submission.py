"""Reading what somebody handed in: a notebook, or a Python file.

The answers are picked by nbgrader's grade_id, or else by the name of the definition;
for each of them its slice of the cells runs in this process, in a module of its own.
This is for checking one's own work: marks for the work of others are given by the
grader, which slices in the same way and runs in a sandbox.
"""

import contextlib
import io
import itertools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.checks.cells import Cell, SubmissionError, read_cells
from labkit.checks.session import Session
from labkit.checks.slices import Slicer
from labkit.checks.spec import REGISTRY
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
    """Read a file, run what its answers need and pick them.

    What the cells print is dropped; random states and thread counts are the caller's
    again afterwards.

    Raises:
        SubmissionError: the file cannot be read as a notebook or as Python.
    """
    path = path.resolve()
    cells = read_cells(path)
    submission = Submission(path, _expected(cells))
    slicer, by_number = Slicer(cells), {cell.number: cell for cell in cells}
    for exercise in submission.expected:
        part = slicer.slice(exercise)
        with _at_home(path):
            session = Session(_module_name(path), exercise, part.answer)
            for step in part.steps:
                session.run(step.of(by_number[step.cell]))
        if session.failure is not None:
            submission.failures[exercise] = session.failure
        elif session.answer is not None:
            submission.answers[exercise] = session.answer
    return submission


def _module_name(path: Path) -> str:
    """A kernel calls its module `__main__`; a file that is imported is not that."""
    return "__main__" if path.suffix == ".ipynb" else f"submission_{next(_count)}"


def _expected(cells: list[Cell]) -> list[str]:
    """The exercises of every lab of which the cells have one, in the registry's order."""
    by_id = {cell.grade_id for cell in cells} & REGISTRY.keys()
    found = by_id or {
        name
        for cell in cells
        for names in cell.names
        for name in names.sure - names.imported
    }
    labs = {REGISTRY[name].lab for name in found if name in REGISTRY}
    return [name for name, exercise in REGISTRY.items() if exercise.lab in labs]


@contextlib.contextmanager
def _at_home(path: Path) -> Iterator[None]:
    """Run as a kernel would: in the file's folder, which is on the path; but quiet."""
    folder = str(path.resolve().parent)
    before = list(sys.path), sys.stdin, dict(os.environ)
    main = sys.modules["__main__"]
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
        sys.modules["__main__"] = main
        sys.path[:], sys.stdin = before[:2]
        os.environ.clear()
        os.environ.update(before[2])
