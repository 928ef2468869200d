"""What the commands on generators share: reading one, and where their files go."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument

from labkit.errors import LabkitError

if TYPE_CHECKING:
    from torch import nn

Source = Annotated[
    str,
    Argument(
        metavar="RUN",
        help="A run's folder, a .safetensors or .onnx file, or zoo:NAME, zoo:digits say"
        " (`labkit zoo` lists them).",
    ),
]


def open_generator(source: str) -> "nn.Module":
    """Load a generator; what is odd about it is said on stderr."""
    from labkit.export import load_generator

    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        generator = load_generator(source)
    for note in notes:
        typer.echo(f"labkit: note: {note.message}", err=True)
    return generator


def suffix(out: Path, *allowed: str) -> str:
    """The suffix of a file to be written, in lower case, if it is one of those.

    Raises:
        LabkitError: it is another one, or the place is taken by a folder.
    """
    found = out.suffix.lower()
    if found not in allowed:
        *most, last = allowed
        expected = f"{', '.join(most)} or {last}" if most else last
        raise LabkitError(f"--out ends in {expected}; got {str(out)!r}.")
    if out.is_dir():
        raise LabkitError(f"--out names a file; {out} is a folder.")
    return found


def write(out: Path, fill: Callable[[Path], None]) -> None:
    """Write a file in one step, and its folder if that is missing."""
    from labkit.runtime import atomic_write

    with writing(out):
        atomic_write(out, fill)


@contextlib.contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn what the system says against writing a file into one message."""
    try:
        yield
    except OSError as error:
        raise LabkitError(f"{out} cannot be written: {error.strerror}.") from error
