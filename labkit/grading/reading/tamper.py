"""What a submission changed that is not its own: a report for a human.

Functions, classes and modules of the central libraries are compared with what they were
before any submission ran. Values (counters, settings, caches) are not: libraries change
those themselves. See `labkit.grading.reading.signs` for what is seen in the source alone.
"""

import operator
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

import torch

from labkit.grading.reading.glance import Glance
from labkit.grading.reading.signs import signs

__all__ = ["Snapshot", "changes", "left_on", "signs", "snapshot"]

MODULES = (
    "builtins",
    "collections",
    "copy",
    "functools",
    "gc",
    "importlib",
    "importlib.machinery",
    "inspect",
    "io",
    "json",
    "json.decoder",
    "json.encoder",
    "random",
    "sys",
    "threading",
    "types",
    "warnings",
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "safetensors",
    "safetensors.numpy",
    "torch",
    "torch._C._nn",
    "torch._C._linalg",
    "torch._tensor",
    "torch.autograd",
    "torch.functional",
    "torch.linalg",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.modules.module",
    "torch.nn.parameter",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.optimizer",
    "torch.utils.data",
    "IPython",
    "IPython.core.interactiveshell",
    "IPython.core.inputtransformer2",
)
HIDDEN = ("labkit.checks", "labkit.grading", "labkit.course")
# Modules whose classes are looked into, those of labkit beside them. More would cost
# more: every value that is looked at is a page that the process has to copy.
OPENED = frozenset(
    ("IPython.core.interactiveshell", "json.decoder", "json.encoder", "numpy")
    + ("torch._tensor", "torch.nn", "torch.nn.modules.module", "torch.optim")
)
HOOKS = ("excepthook", "displayhook", "unraisablehook", "breakpointhook")
# What honest people replace, and what hides the checks from a submission.
ALLOWED = {
    "labkit.checks",
    "sys.breakpointhook",  # these four are looked at with the import system
    "sys.displayhook",
    "sys.excepthook",
    "sys.unraisablehook",
    "warnings._showwarnmsg_impl",
    "warnings.formatwarning",
    "warnings.showwarning",
    "warnings.warn",
}
TORCH = os.path.dirname(torch.__file__) + os.sep
HEAP, IMMUTABLE = 1 << 9, 1 << 8  # flags of types, see CPython's Include/object.h
MOST = 10  # lines of a report

BODY = tuple(
    operator.attrgetter(name) for name in ("__code__", "__defaults__", "__kwdefaults__")
)

# Kept here, for a cell may put something else in the place of these.
_all, _any, _callable, _is, _isinstance = all, any, callable, operator.is_, isinstance
_id, _len, _map, _str, _type, _vars, _zip = id, len, map, str, type, vars, zip
_gettrace, _getprofile, _modules = sys.gettrace, sys.getprofile, sys.modules
_missing = object()


@dataclass(frozen=True)
class Snapshot:
    """How central modules and classes were before any submission ran.

    Attributes:
        modules: the central modules themselves, by name.
        places: (name, the living dictionary, a copy of it), for each module and class.
        functions: each Python function among their values, by name.
        bodies: their codes, their defaults, their keyword-only defaults.
        known: identities of the functions.
        finders: the import system's finders and hooks.
        glance: tells at once which of the places and functions to look at.
    """

    modules: dict[str, ModuleType]
    places: list[tuple[str, Any, dict[str, Any]]]
    functions: dict[str, FunctionType]
    bodies: tuple[list[Any], ...]
    known: frozenset[int]
    finders: list[Any]
    glance: Glance


def snapshot() -> Snapshot:
    """Look at the central modules, once, before any submission runs."""
    names = [name for name in MODULES if name in sys.modules]
    names += [
        name
        for name in sys.modules
        if name.startswith("labkit.") and not name.startswith(HIDDEN)
    ]
    modules = {name: sys.modules[name] for name in names}
    owners: dict[int, tuple[str, Any]] = {}
    for name, module in modules.items():
        for place, owner in _owners(name, module):
            owners.setdefault(id(owner), (place, owner))
    places = [
        (place, vars(owner), dict(vars(owner))) for place, owner in owners.values()
    ]
    values = {
        f"{place}.{key}": getattr(value, "__func__", value)
        for place, _, kept in places
        for key, value in kept.items()
    }
    functions = {
        name: value for name, value in values.items() if isinstance(value, FunctionType)
    }
    bodies = tuple(list(map(part, functions.values())) for part in BODY)
    known = frozenset(map(id, functions.values()))
    glance = Glance([content for _, content, _ in places], list(functions.values()))
    return Snapshot(modules, places, functions, bodies, known, _finders(), glance)


def changes(before: Snapshot) -> list[str]:
    """Say what is not as it was, a sentence each, ten at most."""
    found = [
        f"{name} was replaced."
        for name, module in before.modules.items()
        if _modules.get(name) is not module
    ]
    for place, content, kept in [before.places[n] for n in before.glance.contents()]:
        if _len(content) != _len(kept) or not _all(
            _map(_is, content.values(), kept.values())
        ):
            found += _differences(place, content, kept, before)
    for part, bodies in _zip(BODY, before.bodies) if before.glance.functions() else ():
        if not _all(_map(_is, _map(part, before.functions.values()), bodies)):
            found += [
                f"The code of {name} was changed."
                for (name, function), body in _zip(before.functions.items(), bodies)
                if part(function) is not body
            ]
    for finder in _finders():
        new = not _any(finder is known for known in before.finders)
        if new and not _of_a_library(finder):
            found.append("The import system or a hook of sys was changed.")
    return found[:MOST]


def left_on() -> list[str]:
    """Say whether a cell has left on what watches all other code."""
    on = _gettrace() is not None or _getprofile() is not None
    return ["A trace or profile function was left on."] if on else []


def _owners(name: str, module: ModuleType) -> Iterator[tuple[str, Any]]:
    """A module, and the classes in it that are its library's own."""
    yield name, module
    package = name.partition(".")[0]
    if name not in OPENED and package != "labkit":
        return
    for key, value in vars(module).items():
        home = str(getattr(value, "__module__", "")).partition(".")[0]
        if isinstance(value, type) and home == package and _may_change(value):
            yield f"{name}.{key}", value


def _may_change(kind: type) -> bool:
    """Tell classes of Python from those of C, which let nobody replace anything."""
    return bool(kind.__flags__ & HEAP) and not kind.__flags__ & IMMUTABLE


def _differences(
    place: str, content: Any, kept: dict[str, Any], before: Snapshot
) -> list[str]:
    """What was replaced or deleted in a module or class, or added to a class."""
    found = []
    for key, value in kept.items():
        new = content.get(key, _missing)
        if new is value or not _matters(value) or f"{place}.{key}" in ALLOWED:
            continue
        if not _by_torch(new, before):
            found.append(f"{place}.{key} was replaced.")
    if not _isinstance(content, dict):  # a class; modules get new names all the time
        for key, new in content.items():
            if key not in kept and _callable(new) and not _by_torch(new, before):
                found.append(f"{place}.{key} was added.")
    return found


def _matters(value: Any) -> bool:
    """Tell functions, classes and modules from values, which may change."""
    return _callable(value) or _isinstance(
        value, (ModuleType, property, classmethod, staticmethod)
    )


def _by_torch(new: Any, before: Snapshot) -> bool:
    """Tell a function that torch made to put it into its own classes.

    It does so when `torch.compile` or a class of optimiser is used for the first time.
    """
    return (
        _isinstance(new, FunctionType)
        and new.__code__.co_filename.startswith(TORCH)
        and _id(new) not in before.known
    )


def _finders() -> list[Any]:
    """The import system's finders and hooks, and the hooks of sys."""
    return [*sys.meta_path, *sys.path_hooks, *(_vars(sys)[name] for name in HOOKS)]


def _of_a_library(finder: Any) -> bool:
    """Tell what an installed library has put there from what a cell has."""
    kind = finder if _isinstance(finder, (_type, FunctionType)) else _type(finder)
    module = _modules.get(_str(kind.__module__))
    return _vars(module).get("__file__") is not None if module else False
