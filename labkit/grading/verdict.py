"""From what was seen of an exercise to its findings, points and message."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from labkit.checks import run
from labkit.checks.report import absent, stopped, without_points
from labkit.checks.run import Result
from labkit.checks.spec import Exercise
from labkit.checks.words import shortened, told
from labkit.grading.keys import spec_key
from labkit.grading.sandbox.outcome import Death, Observed

Judge = Callable[[Exercise, dict[str, Any]], Result]
Flag = dict[str, str]

QUESTIONS = {
    "time": "Try: does it end on a small tensor? Which loop might have no end?",
    "memory": "Try: which of your tensors is the largest, and need it be that large?",
    "exit": "Try: what remains of the cell without exit(), quit() or sys.exit()?",
    "signal": "Try: restart your kernel and run this cell. Does the kernel survive?",
    "forged": "Try: which of its lines write to files or sockets that it did not open?",
    "processes": "Try: what starts processes or threads here, and does it have to?",
}
MEMORY_SIGNS = ("MemoryError", "allocate memory")
KINDS = {"time": "time limit", "memory": "memory limit"}


def verdict(
    exercise: Exercise,
    observed: Observed,
    document: dict[str, Any],
    judge: Judge = run.judge,
) -> Result:
    """Judge what was observed, or say why there was nothing to observe.

    Args:
        exercise: one of the registry's.
        observed: what the worker saw of it.
        document: what was read of the notebook.
        judge: turns the observation into a result.
    """
    if observed.observation is not None:
        return judge(exercise, observed.observation)
    own = document.get("answers", {}).get(exercise.name)
    death = _telling(observed.deaths, own)
    if death is not None:
        return without_points(exercise, _end(death, own))
    if observed.failure is not None:
        return without_points(exercise, _stopped(observed.failure))
    return without_points(exercise, absent(exercise.name))


def unread(exercise: Exercise, problem: Flag) -> Result:
    """The result where there is no notebook, or none that can be read."""
    return without_points(exercise, told("there is nothing to check", problem["text"]))


def entry(result: Result, observed: Observed, seed: int | None) -> dict[str, Any]:
    """One exercise as it stands in a record; its points lie between 0 and all."""
    exercise = result.exercise
    if not 0 <= result.points <= exercise.points:  # so NaN is out, too
        raise ValueError(
            f"{exercise.name}: {result.points} of {exercise.points} points"
        )
    return {
        "points": round(result.points, 4),
        "max_points": exercise.points,
        "findings": [asdict(finding) for finding in result.findings],
        "message": str(result),
        "spec": spec_key(exercise),
        "seed": seed,
        "seconds": round(observed.seconds, 3),
        "peak_mb": round(observed.peak_mb, 1),
        "flags": _flags(exercise, observed),
        "notes": observed.notes,
    }


def _flags(exercise: Exercise, observed: Observed) -> list[Flag]:
    """What a teacher should know about how an exercise ran."""
    found = []
    for death in observed.deaths:
        where = (
            f"check of {exercise.name}" if death.cell is None else f"cell {death.cell}"
        )
        kind = KINDS.get(death.how, "died")
        found.append({"kind": kind, "text": f"{where}: {death.text}"})
    if any(map(_out_of_memory, _errors(observed))):
        text = f"{exercise.name} asked for more memory than there is for it"
        found.append({"kind": "memory limit", "text": text})
    if observed.capped:
        text = f"{exercise.name} printed more than is kept; the rest was dropped"
        found.append({"kind": "output capped", "text": text})
    found += ({"kind": "tampering", "text": text} for text in observed.tampering)
    return found


def _stopped(failure: dict[str, Any]) -> str:
    """Say that its cell stops with an error."""
    if not _out_of_memory(failure):
        return stopped(failure)
    line = shortened(f"in your line  {failure['line']}") if failure["line"] else ""
    headline = "it asks for more memory than a submission may use"
    return told(headline, line, QUESTIONS["memory"])


def _out_of_memory(error: Any) -> bool:
    """Tell an allocation that the limit refused; the error is a student's."""
    text = " ".join(map(str, error.values())) if isinstance(error, dict) else ""
    return any(sign in text for sign in MEMORY_SIGNS)


def _errors(observed: Observed) -> Iterator[Any]:
    """The errors of an exercise, of its cell and of the parts of its check."""
    yield observed.failure
    parts = (observed.observation or {}).get("errors")
    yield from parts.values() if isinstance(parts, dict) else ()


def _telling(deaths: list[Death], own: int | None) -> Death | None:
    """The death that matters most: in the answer's own cell, then in the check."""
    order = {own: 0, None: 1} if own else {None: 0}
    return min(deaths, key=lambda death: order.get(death.cell, 2), default=None)


def _end(death: Death, own: int | None) -> str:
    """Say how a process came to its end, and ask about it."""
    headline = death.text[:1].lower() + death.text[1:].rstrip(".")
    if death.cell is None:
        where = "That was when the check called it, after your cells had run."
    elif death.cell == own:
        where = f"That was its own cell, number {death.cell}."
    else:
        where = f"That was cell {death.cell}, which stands above it and which it needs."
    return told(headline, where, QUESTIONS.get(death.how, ""))
