"""Things to play with in a notebook: each a thin skin over plain functions.

A widget is the last line of a cell. Where nothing can run, on paper, on a web page, in
a notebook opened again, its picture stands in for it.

- `Monitor`: train while you watch; pause, step, change the pace.
- `Explorer`: walk through the space that a generator draws from.
- `Playground`: a whole GAN on the plane, with every part of it visible.
- `Checkerboard`: how stamps overlap in a transposed convolution.
- `SpotTheFake`: real or generated? A test of the generator, and of you.
"""

import importlib
from typing import Any

_PLACES = {
    "Checkerboard": "checkerboard",
    "Explorer": "explorer",
    "Monitor": "monitor",
    "Playground": "playground",
    "SpotTheFake": "spot",
    "class_tally": "spot",
}
__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    """Import a widget when it is asked for: one does not load the others."""
    if name not in _PLACES:
        raise AttributeError(
            f"labkit.widgets has no {name}; it has {', '.join(_PLACES)}"
        )
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
