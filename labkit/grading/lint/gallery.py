"""Galleries: for an exercise, right ways to write it, and mistakes with their reasons.

A gallery is a Python file, named after its exercise. RIGHT maps a label to an
implementation; WRONG to an implementation and a regular expression for its message.
"""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.checks.run import Result, examine
from labkit.checks.spec import Exercise
from labkit.errors import LabkitError

FOLDER = Path("tests", "exercises", "gallery")  # in the course folder


@dataclass(frozen=True)
class Case:
    """One implementation of a gallery, and what its check says.

    Attributes:
        label: what is special about it.
        right: whether it is to pass.
        reason: what the message of a wrong one is to match.
        seed: of the inputs that it was checked on.
        result: the check's.
    """

    label: str
    right: bool
    reason: str
    seed: int
    result: Result

    @property
    def slip(self) -> str:
        """What the check got wrong: "refused", "accepted", "other reason", or ""."""
        if self.right:
            return "" if self.result.passed else "refused"
        if self.result.passed:
            return "accepted"
        return "" if re.search(self.reason, str(self.result)) else "other reason"


def examined(exercise: Exercise, path: Path) -> Iterator[Case]:
    """Check every implementation of an exercise's gallery, in this process.

    Args:
        exercise: of the registry.
        path: of its gallery; each right one is drawn other inputs.

    Raises:
        LabkitError: the file cannot be loaded.
    """
    right, wrong = _load(path)
    for seed, (label, implementation) in enumerate(right.items()):
        yield Case(label, True, "", seed, examine(exercise, implementation, seed))
    for label, (implementation, reason) in wrong.items():
        yield Case(label, False, reason, 0, examine(exercise, implementation, 0))


def _load(path: Path) -> tuple[dict[str, Any], dict[str, tuple[Any, str]]]:
    spec = importlib.util.spec_from_file_location(f"gallery_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        return module.RIGHT, module.WRONG
    except Exception as error:  # whatever the file does
        raise LabkitError(f"the gallery {path} cannot be read: {error!r}") from error
