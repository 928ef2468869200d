"""Whether this labkit is that of a student's kit, without the answers to come.

`labkit kit` writes `data/kit.json`, {"lab": "04_losses", …}: answers to that lab and to
those after it are stubs. The whole course has no such file.
"""

import functools
import json
from typing import Any

import torch
from torch import Tensor

FILE = "kit.json"  # of the data folder
WARM_UP = "00_warmup"


@functools.cache
def about() -> dict[str, Any]:
    """What the kit's file says; nothing in the whole course."""
    from labkit.data import data_folder

    path = data_folder() / FILE
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def lab() -> str | None:
    """The kit's lab, "04_losses"; None in the whole course."""
    return about().get("lab")


def lacks(exercises_of: str) -> bool:
    """Tell whether labkit's answers to a lab, "05_training" say, are left out here."""
    own = lab()
    return own is not None and exercises_of >= own


def looked_up(images: Tensor) -> Tensor:
    """What training takes for `labkit.data.normalise` in the kit that asks for it.

    Args:
        images: uint8, any shape.

    Returns:
        float32 of the same shape: for each byte the number that the kit's file has.
    """
    return torch.tensor(about()["greys"]).take(images.long())
