"""What cannot be checked at all: the wrong kind of object, or labkit's own work."""

import contextlib
import functools
import inspect
import sys
import typing
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import nn

from labkit.checks.spec import Exercise, own_version
from labkit.checks.words import a

WATCHED_EVENTS = 50_000  # calls and returns, of C functions too: about 15 ms


def refusal(exercise: Exercise, obj: Any) -> str | None:
    """Say why `obj` cannot be checked, or None; looks at it without calling it."""
    name = exercise.name
    if not callable(obj) and not exercise.takes_data:
        return (
            f"this is {a(type(obj).__name__)}, not a function or a class\n"
            f'  Pass the object itself, without calling it: check("{name}", {name})'
        )
    if isinstance(obj, nn.Module) and _builds(own_version(exercise)):
        return (
            "this is a network already built\n"
            f'  Pass {name} itself, without calling it: check("{name}", {name})'
        )
    if _by_labkit(obj):
        return own_work(exercise)
    return None


def own_work(exercise: Exercise, how: str = "this is") -> str:
    """The friendly sentence about labkit's own version."""
    return (
        f"{how} labkit's own {exercise.name}; write yours\n"
        "  Labkit's version is there for the lectures and the later labs. Here the\n"
        "  marks, and the fun, are in writing one yourself."
    )


@contextlib.contextmanager
def watched(exercise: Exercise) -> Iterator[list[str]]:
    """Notice, inside the block, whether foreign code runs labkit's own version.

    That is what a thin wrapper does, be it a lambda, a subclass or a module that holds
    labkit's. The list that is yielded stays empty otherwise. Only calls in this thread
    count, and only those that come from outside labkit: a network of labkit's may use
    any other part of it. It looks at the first calls only, for a wrapper shows at once
    and looking on would cost half of the observing time again.
    """
    own = own_version(exercise)
    functions = vars(own).values() if isinstance(own, type) else [own]
    codes = {
        id(inspect.unwrap(function).__code__)
        for function in functions
        if inspect.isfunction(function)
    }
    seen: list[str] = []
    left = WATCHED_EVENTS

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        left -= 1
        if event == "call" and id(frame.f_code) in codes and _foreign(frame.f_back):
            seen.append(frame.f_code.co_name)
            left = 0
        if left <= 0:
            sys.setprofile(None)

    if sys.getprofile() is not None:  # somebody is profiling: do not disturb
        yield seen
        return
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def _foreign(frame: FrameType | None) -> bool:
    """Tell whether a call comes from code that is neither labkit's nor torch's."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("labkit.checks."):
            return False
        if not (_is_labkits(module) or module.partition(".")[0] == "torch"):
            return True
        frame = frame.f_back
    return False


def _builds(own: Any) -> bool:
    """Tell whether calling an exercise's object makes a network."""
    kind = own if isinstance(own, type) else typing.get_type_hints(own).get("return")
    return isinstance(kind, type) and issubclass(kind, nn.Module)


def _by_labkit(obj: Any) -> bool:
    """Tell whether labkit defines `obj`, what it wraps, or a class it inherits from."""
    while isinstance(obj, functools.partial):
        obj = obj.func
    if not isinstance(obj, type) and hasattr(obj, "__wrapped__"):
        obj = inspect.unwrap(obj)
    parts = obj.__mro__ if isinstance(obj, type) else [obj]
    return any(_is_labkits(getattr(part, "__module__", None)) for part in parts)


def _is_labkits(module: str | None) -> bool:
    """Tell labkit's modules from all others; labkit.exercises are the student's."""
    package, _, rest = (module or "").partition(".")
    return package == "labkit" and not f"{rest}.".startswith("exercises.")
