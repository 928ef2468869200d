"""The zoo: generators that were trained here and come with labkit.

`data/zoo/zoo.json` says of each what it draws, the command that trained it, what was
measured, and the sha256 of its two files, NAME.safetensors and NAME.onnx. They are
added by benchmarks/zoo.py.
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit.errors import LabkitError

if TYPE_CHECKING:
    from torch import nn

LIST = "zoo.json"
PREFIX = "zoo:"  # `labkit generate zoo:digits`


def folder() -> Path:
    """Where the zoo's files lie."""
    from labkit.data import zoo_folder

    return zoo_folder()


def entries() -> dict[str, dict[str, Any]]:
    """What is known of each generator, by name.

    Raises:
        LabkitError: the list is missing or damaged.
    """
    path = folder() / LIST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabkitError(
            f"the zoo's list {path} cannot be read ({error}). Restore it with "
            "git checkout, or install labkit again."
        ) from None


def names() -> list[str]:
    """The names that `load` knows."""
    return list(entries())


def find(name: str) -> Path:
    """Path of a generator's .safetensors file.

    Raises:
        LabkitError: the zoo has none of that name.
    """
    if name not in entries():
        raise LabkitError(f"the zoo has {', '.join(names())}; got {name!r}.")
    return folder() / f"{name}.safetensors"


def load(name: str) -> "nn.Module":
    """Load a generator of the zoo, in eval mode.

    Args:
        name: one of `names()`, "digits" say.

    Returns:
        A generator: z (B, latent_dim) → images (B, C, H, W) in [-1, 1].

    Raises:
        LabkitError: the zoo has none of that name, or its file is missing or damaged.
    """
    from labkit.export import load_generator

    return load_generator(find(name))


def verify() -> dict[str, str]:
    """Compare every file of the zoo with its sha256.

    Returns:
        File name → "ok", "missing" or "altered".
    """
    return {
        name: _state(folder() / name, digest)
        for entry in entries().values()
        for name, digest in entry["sha256"].items()
    }


def _state(path: Path, digest: str) -> str:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return "ok" if found == digest else "altered"
