"""Telling what may have changed without touching what is looked at.

Whoever compares two Python values counts references to them, and that writes to both. In
a fork, each page of memory that is written to for the first time has to be copied:
three thousand of them for all that `labkit.grading.reading.tamper` looks at. So this
reads the memory of dictionaries and functions as numbers. CPython numbers each change
of a dictionary, and keeps the number in it (until 3.13); a function holds the addresses
of its code and its defaults. Where a trial shows no such numbers, all may have changed.
"""

import gc
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np

WORD = 8  # bytes
HEAD = object.__basicsize__ // WORD  # words that count references and name the type


class Glance:
    """Remembers how dictionaries and functions are now.

    Args:
        contents: dictionaries, or the read-only views that classes give of theirs.
        functions: Python's own.
    """

    def __init__(
        self, contents: Sequence[Mapping[str, Any]], functions: Sequence[FunctionType]
    ) -> None:
        inner = [each if type(each) is dict else _inside(each) for each in contents]
        words = range(HEAD, dict.__basicsize__ // WORD)
        self._all = range(len(inner))
        self._dicts = _Words(inner, words) if _numbers_changes() else None
        parts = _parts_of_functions()
        self._functions = _Words(functions, parts) if parts else None

    def contents(self) -> Iterable[int]:
        """Numbers of the dictionaries that may not be as they were."""
        return self._all if self._dicts is None else self._dicts.changed()

    def functions(self) -> bool:
        """Whether a function may have another code, or other defaults, than it had."""
        return self._functions is None or bool(self._functions.changed())


class _Words:
    """Some words of the memory of some objects, which have to be kept alive."""

    def __init__(self, objects: Sequence[Any], words: Iterable[int]) -> None:
        places = [id(each) // WORD + word for each in objects for word in words]
        self._count, self._first = len(objects), min(places, default=1)
        span = max(places, default=1) - self._first + 1
        self._memory = np.asarray(_Memory(self._first * WORD, span))
        self._places = np.array(places, np.int64) - self._first
        self._before = self._read()

    def _read(self) -> bytes:
        return self._memory.take(self._places).tobytes()

    def changed(self) -> list[int]:
        """Numbers of the objects of which a word is not as it was."""
        now, before = self._read(), self._before
        if now == before:
            return []
        size = len(now) // self._count
        return [
            number
            for number in range(self._count)
            if now[number * size : (number + 1) * size]
            != before[number * size : (number + 1) * size]
        ]


class _Memory:
    """A part of this process's memory, for numpy; only what exists may be read."""

    def __init__(self, start: int, words: int) -> None:
        self.__array_interface__ = {
            "data": (start, True),
            "shape": (words,),
            "typestr": np.dtype(np.uint64).str,
            "version": 3,
        }


def _inside(view: Mapping[str, Any]) -> dict[str, Any]:
    """The dictionary behind a read-only view."""
    (content,) = gc.get_referents(view)
    if type(content) is not dict:
        raise TypeError(f"a view of {type(content).__name__}, not of a dict")
    return content


def _numbers_changes() -> bool:
    """Try whether a dictionary's memory tells that a value was replaced."""
    if sys.implementation.name != "cpython":
        return False
    trial: dict[str, Any] = {"a": 1, "b": 2}
    words = _Words([trial], range(HEAD, dict.__basicsize__ // WORD))
    quiet = not words.changed() and trial["a"] == 1 and not words.changed()
    trial["a"] = 3
    replaced = words.changed()
    trial["a"] = 1  # as it was, and yet it tells
    return quiet and bool(replaced) and bool(words.changed())


def _parts_of_functions() -> list[int]:
    """In which words a function keeps code and defaults; [] if that cannot be seen."""
    if sys.implementation.name != "cpython":
        return []

    def trial(_: int = 1, *, __: int = 2) -> None: ...

    size = range(HEAD, FunctionType.__basicsize__ // WORD)
    words = np.asarray(_Memory(id(trial), size.stop)).tolist()
    parts = (trial.__code__, trial.__defaults__, trial.__kwdefaults__)
    found = [[n for n in size if words[n] == id(part)] for part in parts]
    return [n for (n,) in found] if all(len(each) == 1 for each in found) else []
