"""What a student's cells see of labkit.checks: a `check` that does nothing.

The checks know every answer, and what they look at. So the process that has loaded
them puts a stand-in in their place before any cell runs; the functions that observe
go on working, for those who hold them.
"""

import gc
import sys
import types
from typing import Any

import labkit

CHECKS, GRADING = "labkit.checks", "labkit.grading"


class CheckFailed(Exception):
    """Never raised here; a notebook may wait for it."""


def check(name: str, obj: Any, seed: int | None = None) -> None:
    """Say nothing: whatever a cell asks, its answer is looked at afterwards."""


def hide_checks() -> None:
    """Put a stand-in in the place of labkit.checks, for the rest of this process.

    There is no labkit.grading any more, and `gc.get_objects` does not show what is
    loaded by now. That hides it from a look around, not from somebody who is after it:
    for those there is `labkit.grading.reading.signs`.
    """
    for name in list(sys.modules):
        if f"{name}.".startswith((f"{CHECKS}.", f"{GRADING}.")):
            del sys.modules[name]
    stand_in = types.ModuleType(CHECKS, "Checks are made after the cells have run.")
    stand_in.__path__ = []  # a package: what it has not is a ModuleNotFoundError
    for each in (check, CheckFailed):
        each.__module__ = CHECKS
        setattr(stand_in, each.__name__, each)
    stand_in.Exercise = stand_in.Finding = type("Hidden", (), {})
    stand_in.REGISTRY = {}
    sys.modules[CHECKS] = stand_in
    labkit.checks = stand_in
    sys.modules[GRADING] = None  # what is None cannot be imported
    vars(labkit).pop("grading", None)
    gc.freeze()
