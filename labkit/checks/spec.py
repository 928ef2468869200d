"""What an exercise is: observe what an implementation does, then judge that.

`observe` runs the student's object on inputs drawn from `rng` and returns plain data:
numbers, strings, lists, dicts and numpy arrays. `judge` sees only that data and turns
it into findings. So the code that decides marks never touches a student's object, and
the notebook cell, pytest, the command line and the grader share one specification.
"""

import contextlib
import difflib
import importlib
import linecache
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any

import numpy as np
import torch

from labkit.errors import LabkitError


class StillStub(Exception):
    """The student's code raised NotImplementedError: nothing to judge yet."""


@dataclass(frozen=True)
class Finding:
    """One property of an implementation, and whether it holds.

    Attributes:
        name: the property in a few words, "batch of one" say; the same for pass and
            fail.
        passed: whether it holds.
        message: what to tell the student when it does not: a headline, then at most
            five lines (numbers, why it matters for a GAN, one question to try).
        weight: its share of the exercise's points; 0 makes it advice, which is shown
            and costs nothing.
    """

    name: str
    passed: bool
    message: str = ""
    weight: float = 1.0

    @property
    def advice(self) -> bool:
        return self.weight == 0


class Observation(dict):
    """Plain data gathered from an implementation, part by part.

    Each `with obs.part(name):` block is one probe. If the student's code raises inside
    it, the error is kept as data under `obs["errors"][name]` and the other parts go on.
    """

    def __init__(self) -> None:
        super().__init__(errors={})

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:  # noqa: BLE001 (students')
            if is_stub(error):
                raise StillStub(str(error)) from None
            self["errors"][name] = describe(error)


def describe(error: BaseException) -> dict[str, Any]:
    """Turn an exception into data: its type, its text and the student's line."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "/labkit/checks/" not in frame.filename.replace("\\", "/")
        and "site-packages" not in frame.filename
    ]
    last = frames[-1] if frames else None
    line = ""
    if last is not None:
        line = last.line or linecache.getline(last.filename, last.lineno or 0)
    return {
        "type": type(error).__name__,
        "text": str(error)[:400],
        "line": (line or "").strip()[:120],
    }


def is_stub(error: BaseException) -> bool:
    """Tell a stub's NotImplementedError from torch's, which means something else."""
    if not isinstance(error, NotImplementedError):
        return False
    text = str(error)
    raised = describe(error)["line"].startswith("raise NotImplementedError")
    return not text or "your turn" in text or raised


def plain(value: Any) -> Any:
    """Reduce an observation to data: no tensor, no class of the student survives.

    What comes from a subclass is taken by the methods of the type itself, for those of
    the subclass may say anything.
    """
    if type(value) in _AS_IS:  # most of it: calls of isinstance cost time when watched
        return value
    if isinstance(value, torch.Tensor):
        return _array(value)
    if isinstance(value, dict):
        return {_text(key): plain(item) for key, item in dict.items(value)}
    for kind in (list, tuple):
        if isinstance(value, kind):
            return [plain(item) for item in kind.__iter__(value)]
    if isinstance(value, np.generic):
        value = np.generic.item(value)
    if isinstance(value, np.ndarray):
        array = np.array(value, copy=True, subok=False)
        if not array.dtype.hasobject:
            return array
    for kind, convert in _CONVERT.items():
        if isinstance(value, kind):
            return convert(value)
    if value is None:
        return None
    raise TypeError(f"an observation holds plain data, not {type(value).__name__}")


_AS_IS = frozenset((bool, float, int, str, NoneType))
_CONVERT = {
    bool: bool,
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
}


def _array(value: torch.Tensor) -> np.ndarray:
    """The numbers of a tensor, whatever its class says about itself."""
    with torch._C.DisableTorchFunctionSubclass():
        value = torch.Tensor.detach(value).as_subclass(torch.Tensor).cpu()
        if value.dtype == torch.bfloat16:
            value = value.float()
        return np.array(value.tolist()) if value.dim() == 0 else value.numpy().copy()


def _text(key: Any) -> str:
    if type(key) is str:
        return key
    return str.__str__(key if isinstance(key, str) else str(key))


@dataclass(frozen=True)
class Exercise:
    """One exercise: its place, its worth, and how it is observed and judged.

    Attributes:
        name: as in the registry and as the object is called, "critic_loss".
        lab: the lab's folder name, "04_losses".
        points: full marks.
        observe: (implementation, rng) -> data. `rng` is a seeded CPU generator.
        judge: data -> findings, in the order in which they are told.
        promise: what the ✓ line says was seen, "values, signs, ±200 logits".
        own: where labkit's own version lives, "labkit.losses:critic_loss".
        also: what else in labkit is as good as an answer, or most of one; same form.
        shortcuts: what in labkit does the same without being the text of an answer;
            people keep it, but no answer may call it. Same form.
        takes_data: whether plain data, a dict of answers say, is as good as a function.
    """

    name: str
    lab: str
    points: float
    observe: Callable[[Any, torch.Generator], dict[str, Any]]
    judge: Callable[[dict[str, Any]], list[Finding]]
    promise: str
    own: str
    also: tuple[str, ...] = ()
    shortcuts: tuple[str, ...] = ()
    takes_data: bool = False


REGISTRY: dict[str, Exercise] = {}


def register(exercise: Exercise) -> Exercise:
    """Add an exercise to the registry; each name once."""
    if exercise.name in REGISTRY:
        raise ValueError(f"exercise {exercise.name} is registered twice")
    REGISTRY[exercise.name] = exercise
    return exercise


def own_version(exercise: Exercise) -> Any:
    """Labkit's own implementation of an exercise."""
    module, _, attribute = exercise.own.partition(":")
    return getattr(importlib.import_module(module), attribute)


def answers(lab: str) -> dict[str, str]:
    """All that labkit has of answers to a lab and to the labs after it.

    Args:
        lab: a lab's folder name, "04_losses".

    Returns:
        Place ("labkit.losses:critic_loss") -> what students know it as. What answers an
        exercise of an earlier lab is theirs to use, whatever else it may be good for.
    """
    earlier = {each.own for each in REGISTRY.values() if each.lab < lab}
    return {
        place: known_as
        for exercise in REGISTRY.values()
        if exercise.lab >= lab
        for place, known_as in places(exercise).items()
        if place not in earlier
    }


def shortcuts(lab: str) -> dict[str, str]:
    """The shortcuts to answers of a lab and of the labs after it, in the same form."""
    return {
        place: exercise.name
        for exercise in REGISTRY.values()
        if exercise.lab >= lab
        for place in exercise.shortcuts
    }


def places(exercise: Exercise) -> dict[str, str]:
    """The answers to one exercise, as `answers` gives them."""
    found = {exercise.own: exercise.name}
    for place in exercise.also:
        name = place.partition(":")[2]
        found[place] = exercise.name if name.startswith("_") else name
    return found


def find(name: str) -> Exercise:
    """Look an exercise up by name.

    Raises:
        LabkitError: there is none; the text names the closest and all of them.
    """
    if not isinstance(name, str):
        raise LabkitError(
            'the name comes first, in quotes, then the object: check("rescale", rescale)'
        )
    if name in REGISTRY:
        return REGISTRY[name]
    close = difflib.get_close_matches(name, REGISTRY, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise LabkitError(
        f"there is no exercise called {name!r}.{hint} "
        f"The exercises are: {', '.join(REGISTRY)}."
    )
