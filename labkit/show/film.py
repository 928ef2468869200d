"""The same z over time, as an animation."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from labkit.show.picture import Picture
from labkit.show.tiles import WIDTH, tile

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
