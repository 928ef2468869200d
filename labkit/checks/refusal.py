"""What cannot be checked at all: the wrong kind of object, or labkit's own work."""

import contextlib
import functools
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import nn

from labkit.checks.spec import Exercise, answers, own_version, places, shortcuts
from labkit.checks.words import a

WATCHED_EVENTS = 50_000  # calls and returns, of C functions too: about 15 ms
LIBRARIES = sys.stdlib_module_names | {
    "torch",
    "numpy",
}  # they call what they are given


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
    if exercise.takes_data and not callable(obj):
        return None  # whatever it is made of
    if exercise.takes_data and isinstance(obj, type) and _by_labkit(obj):
        return (
            f"this is the class {obj.__name__}, in which nothing has been chosen yet\n"
            "  Make one, choose, and hand in the text of its field Share."
        )
    if _by_labkit(obj):
        return own_work(exercise.name)
    return None


def own_work(name: str, how: str = "this is") -> str:
    """The friendly sentence about labkit's own version."""
    return (
        f"{how} labkit's own {name}; write yours\n"
        "  Labkit's version is there for the lectures and the later labs. Here the\n"
        "  marks, and the fun, are in writing one yourself."
    )


LEFT_OUT = "labkit's own {name} is left out here: your turn"


def borrowed(text: str) -> str | None:
    """The message for an error of an answer that labkit has been stripped of.

    Args:
        text: of the error; any other gives None.
    """
    found = re.search(LEFT_OUT.format(name=r"(\w+)"), text)
    return own_work(found[1], how="this calls") if found else None


@contextlib.contextmanager
def watched(exercise: Exercise) -> Iterator[list[str]]:
    """Notice, inside the block, whether foreign code runs an answer of labkit's.

    That is what a thin wrapper does, be it a lambda, a subclass or a module that holds
    labkit's. The names of what was called are put into the list that is yielded. Later
    labs' answers and those of the same lab count too: the grader's labkit has none of
    them. Only calls in this thread count, and only those that come from outside labkit:
    a network of labkit's may use any other part of it. It looks at the first calls
    only, for a wrapper shows at once and looking on would cost half of the observing
    time again.
    """
    known = answers(exercise.lab) | shortcuts(exercise.lab) | places(exercise)
    modules = {place.partition(":")[0] for place in known}
    seen: list[str] = []
    left = WATCHED_EVENTS

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        left -= 1
        if event == "call":
            module = frame.f_globals.get("__name__", "")
            name = None
            if module in modules:
                name = known.get(f"{module}:{_outermost(frame)}")
            elif _formula(module, frame):
                name = exercise.name
            if name and _foreign(frame.f_back):
                seen.append(name)
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


def _outermost(frame: FrameType) -> str:
    """The function or class of a module that a frame belongs to."""
    return frame.f_code.co_qualname.partition(".")[0]


def _formula(module: str, frame: FrameType) -> bool:
    """Tell whether somebody calls a function of the checks, which know every answer.

    Methods and hooks of their probes are called by everybody, through torch or not, and
    their context managers by the standard library.
    """
    if not module.startswith("labkit.checks.") or module == "labkit.checks.run":
        return False
    caller = frame.f_back.f_globals.get("__name__", "") if frame.f_back else ""
    is_method = "." in frame.f_code.co_qualname
    return not is_method and caller.partition(".")[0] not in LIBRARIES


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
