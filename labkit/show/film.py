"""The same z over time: an animation, and the live view of a run."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from torch import Tensor

from labkit.show.picture import Picture
from labkit.show.tiles import WIDTH, grid, tile

if TYPE_CHECKING:
    from labkit.runs import Run

FRAME_MS, LAST_FRAME_MS = 250, 2000


def film(frames: Sequence[Tensor], alt: str | None = None) -> Picture:
    """Animate pictures of the same z, (N, C, H, W) each, in the order of training."""
    alt = alt or f"Animation of {len(frames)} frames: the same {len(frames[0])} z, " + (
        "drawn at the start and after every epoch"
    )
    return Picture(_gif(frames), alt, WIDTH, kind="gif")


def save_gif(frames: Sequence[Tensor], path: Path) -> None:
    """Write frames (N, C, H, W) as an animated GIF that stays on the last one."""
    path.write_bytes(_gif(frames))


def live() -> "Callable[[Run], None]":
    """Make an `on_epoch` for `train` that shows the latest samples in place."""
    handle = None

    def update(run: "Run") -> None:
        nonlocal handle
        from IPython.display import display  # only a notebook has it

        epoch = len(run.film) - 1
        picture = grid(run.samples, alt=f"Samples of the fixed z after epoch {epoch}")
        if handle is None:
            handle = display(picture, display_id=True)
        else:
            handle.update(picture)

    return update


def _gif(frames: Sequence[Tensor]) -> bytes:
    pictures = [Image.fromarray(tile(frame, gap=1)) for frame in frames]
    pictures = [
        picture.resize(
            (2 * picture.width, 2 * picture.height), Image.Resampling.NEAREST
        )
        for picture in pictures
    ]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[FRAME_MS] * (len(pictures) - 1) + [LAST_FRAME_MS],
        loop=0,
    )
    return buffer.getvalue()
