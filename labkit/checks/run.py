"""Running a check: from a student's object to one ✓ line or a message."""

import contextlib
import importlib
import io
import secrets
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from labkit.checks.spec import Exercise, Finding, StillStub, find, plain
from labkit.runtime import isolated

MAX_PRINTED_LINES = 5


class CheckFailed(Exception):
    """An exercise is not right yet; `str()` of it is the message for the student."""

    def __init__(self, message: str, result: "Result | None" = None) -> None:
        super().__init__(message)
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: show the message alone, without a traceback."""
        return str(self).splitlines()


@dataclass(frozen=True)
class Result:
    """What a check found out about one implementation."""

    exercise: Exercise
    findings: list[Finding]

    @property
    def passed(self) -> bool:
        return all(finding.passed or finding.advice for finding in self.findings)

    @property
    def points(self) -> float:
        """Marks: the share of the weights that passed, times the exercise's points."""
        total = sum(finding.weight for finding in self.findings)
        won = sum(finding.weight for finding in self.findings if finding.passed)
        return self.exercise.points * won / total if total else 0.0

    @property
    def first_failure(self) -> Finding | None:
        wrong = (f for f in self.findings if not f.passed and not f.advice)
        return next(wrong, None)

    def __str__(self) -> str:
        failure = self.first_failure
        if failure is not None:
            return f"✗ {self.exercise.name} · {failure.message.strip()}"
        lines = [f"✓ {self.exercise.name} · {self.exercise.promise}"]
        lines += [
            f"  advice · {finding.message.strip()}"
            for finding in self.findings
            if finding.advice and not finding.passed
        ]
        return "\n".join(lines)


def check(name: str, obj: Any, seed: int | None = None) -> None:
    """Check one exercise: print a ✓ line, or raise CheckFailed with the message.

    Args:
        name: the exercise, "critic_loss" say.
        obj: the function or class that was written for it.
        seed: seed of the inputs; drawn afresh when None.

    Raises:
        CheckFailed: it is not right yet.
        LabkitError: there is no exercise of that name.
    """
    __tracebackhide__ = True  # pytest: show the message, not this function
    exercise = find(name)
    refusal = _refusal(exercise, obj)
    if refusal:
        raise CheckFailed(f"✗ {name} · {refusal}")
    printed = io.StringIO()
    try:
        result = examine(exercise, obj, seed, printed)
    except StillStub:
        result = None
    _reprint(printed.getvalue())
    if result is None:
        raise CheckFailed(
            f"✗ {name} · still the stub\n"
            "  Nothing is wrong: the hole marked “your turn” has not been filled yet.\n"
            "  Fill it, run its cell, then run this cell again."
        )
    if not result.passed:
        raise CheckFailed(str(result), result)
    print(result)


def examine(
    exercise: Exercise, obj: Any, seed: int | None = None, printed: Any = None
) -> Result:
    """Observe and judge in this process, leaving RNGs and threads as they were.

    Raises:
        StillStub: the implementation raised NotImplementedError.
    """
    return Result(exercise, exercise.judge(observe(exercise, obj, seed, printed)))


def observe(
    exercise: Exercise, obj: Any, seed: int | None = None, printed: Any = None
) -> dict[str, Any]:
    """Run the observing half alone and return its plain data.

    What the implementation prints or warns goes to `printed` (dropped if None).
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    with isolated(seed), _quiet(printed if printed is not None else io.StringIO()):
        rng = torch.Generator().manual_seed(seed)
        return plain(exercise.observe(obj, rng))


def own_version(exercise: Exercise) -> Any:
    """Labkit's own implementation of an exercise."""
    module, _, attribute = exercise.own.partition(":")
    return getattr(importlib.import_module(module), attribute)


@contextlib.contextmanager
def _quiet(printed: Any) -> Iterator[None]:
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _reprint(text: str) -> None:
    lines = text.splitlines()
    for line in lines[:MAX_PRINTED_LINES]:
        print(f"│ {line[:200]}")
    if len(lines) > MAX_PRINTED_LINES:
        print(f"│ … {len(lines) - MAX_PRINTED_LINES} more lines printed by your code")


def _refusal(exercise: Exercise, obj: Any) -> str | None:
    """Say why `obj` cannot be checked at all, or None."""
    if not callable(obj):
        return (
            f"this is {_a(type(obj).__name__)}, not a function or a class\n"
            f"  Pass the object itself: check({exercise.name!r}, {exercise.name})"
        )
    if isinstance(obj, nn.Module):
        return (
            "this is a network already built\n"
            f"  Pass the class, without calling it: "
            f"check({exercise.name!r}, {exercise.name})"
        )
    if _calls_own(exercise, obj):
        return (
            f"this is labkit's own {exercise.name}; write yours\n"
            "  Labkit's version is there for the lectures. The marks, and the fun,\n"
            "  are in writing one yourself."
        )
    return None


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _calls_own(exercise: Exercise, obj: Callable[..., Any]) -> bool:
    """Tell whether `obj` is labkit's own version, or a thin wrapper around it."""
    own = own_version(exercise)
    while hasattr(obj, "func") or hasattr(obj, "__wrapped__"):
        obj = getattr(obj, "func", None) or obj.__wrapped__
    if obj is own:
        return True
    if isinstance(obj, type):
        return isinstance(own, type) and issubclass(obj, own)
    module = sys.modules.get(getattr(obj, "__module__", None) or "")
    if module is not None and module.__name__ == own.__module__:
        return True
    return False
