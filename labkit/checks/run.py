"""Running a check: from a student's object to one ✓ line or a message."""

import contextlib
import io
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from labkit.checks.refusal import borrowed, own_work, refusal, watched
from labkit.checks.spec import (
    REGISTRY,
    Exercise,
    Finding,
    StillStub,
    find,
    is_stub,
    plain,
)
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
    printed = io.StringIO()
    result = examine(exercise, obj, seed, printed)
    reprint(printed.getvalue())
    if not result.passed:
        raise CheckFailed(str(result), result)
    print(result)


def examine(
    exercise: Exercise,
    obj: Any,
    seed: int | None = None,
    printed: Any = None,
    own_allowed: bool = False,
) -> Result:
    """Observe and judge in this process, leaving RNGs and threads as they were.

    A stub and an object that cannot be checked are results too, without points.

    Args:
        exercise: one of the registry's.
        obj: the implementation.
        seed: seed of the inputs; drawn afresh when None.
        printed: a text file that takes what the implementation prints.
        own_allowed: labkit's own version is as welcome as any other.
    """
    return judge(exercise, observe(exercise, obj, seed, printed, own_allowed))


def observe(
    exercise: Exercise,
    obj: Any,
    seed: int | None = None,
    printed: Any = None,
    own_allowed: bool = False,
) -> dict[str, Any]:
    """Run the observing half alone and return its plain data, ready for `judge`.

    The arguments are those of `examine`. An object that cannot be observed gives
    {"refused": message}.
    """
    reason = None if own_allowed else refusal(exercise, obj)
    if reason is not None:
        return {"refused": reason}
    seed = secrets.randbelow(2**31) if seed is None else seed
    reason = None
    with (
        isolated(seed),
        _usual_defaults(),
        _quiet(io.StringIO() if printed is None else printed),
        contextlib.nullcontext([]) if own_allowed else watched(exercise) as called,
    ):
        rng = torch.Generator().manual_seed(seed)
        try:
            observation = plain(exercise.observe(obj, rng))
        except (Exception, SystemExit) as error:  # noqa: BLE001 (students')
            reason = _not_observed(exercise, error)
    if called:
        return {"refused": own_work(called[0], how="this calls")}
    return observation if reason is None else {"refused": reason}


def judge(exercise: Exercise, observation: dict[str, Any]) -> Result:
    """Turn what `observe` returned into a result; runs no code of a student."""
    reason = observation.get("refused")
    if reason is None:
        try:
            with _quiet(io.StringIO()), np.errstate(all="ignore"):
                return Result(exercise, exercise.judge(observation))
        except Exception as error:  # noqa: BLE001 (data no rule foresees)
            reason = _unreadable(error)
    return Result(exercise, [Finding("can be checked", False, str(reason))])


def _not_observed(exercise: Exercise, error: BaseException) -> str:
    """Say why there is nothing to judge: labkit's work, a stub, or an odd result."""
    own = borrowed(str(error))
    if own is not None:
        return own
    if isinstance(error, StillStub) or is_stub(error):
        return _stub_message(exercise, str(error))
    return _unreadable(error)


def _stub_message(exercise: Exercise, text: str) -> str:
    """Say which hole is still open: this exercise's own, or one that it uses."""
    other = text.partition(":")[0]
    if other in REGISTRY and other != exercise.name:
        return (
            f"it uses {other}, and that is still a stub\n"
            f"  Fill {other} first and run its cell, then come back to this one."
        )
    return (
        "still the stub\n"
        "  Nothing is wrong: the hole marked “your turn” has not been filled yet.\n"
        "  Fill it, run its cell, then run this cell again."
    )


def _unreadable(error: BaseException) -> str:
    """Quote an error that no part of the check has foreseen."""
    text = " ".join(str(error).split())[:60]
    return (
        "it gave something that this check cannot read\n"
        f"  {type(error).__name__}: {text}\n"
        "  Call it yourself on a small tensor. Is the result what the docstring says?"
    )


@contextlib.contextmanager
def _usual_defaults() -> Iterator[None]:
    """New tensors are float32 on the CPU and have gradients, whatever is set outside."""
    before = torch.get_default_dtype()
    elsewhere = torch.get_default_device().type != "cpu"
    try:
        with (
            torch.inference_mode(False),
            torch.device("cpu") if elsewhere else contextlib.nullcontext(),
        ):
            torch.set_default_dtype(torch.float32)
            yield
    finally:
        torch.set_default_dtype(before)


@contextlib.contextmanager
def _quiet(printed: Any) -> Iterator[None]:
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def reprint(text: str) -> None:
    """Show the first lines that the student's code printed, marked as such."""
    lines = text.splitlines()
    for line in lines[:MAX_PRINTED_LINES]:
        print(f"│ {line[:200]}")
    if len(lines) > MAX_PRINTED_LINES:
        print(f"│ … {len(lines) - MAX_PRINTED_LINES} more lines printed by your code")
