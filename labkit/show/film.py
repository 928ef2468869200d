"""The same z over time, as an animation."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from labkit.show.picture import Picture
from labkit.show.tiles import WIDTH, tile

FRAME_MS, LAST_FRAME_MS = 250, 2000


def film(
    frames: Sequence[Tensor],
    alt: str | None = None,
    frame_ms: int = FRAME_MS,
    last_ms: int = LAST_FRAME_MS,
) -> Picture:
    """Animate pictures of the same z, (N, C, H, W) each, in the order of training.

    Args:
        frames: in their order, all of one shape.
        alt: alternative text; by default that of a training run.
        frame_ms, last_ms: how long each of them, and the last one, is seen.
    """
    alt = alt or f"Animation of {len(frames)} frames: the same {len(frames[0])} z, " + (
        "drawn at the start and after every epoch"
    )
    data = _encoded(frames, "GIF", frame_ms, last_ms)
    return Picture(data, alt, WIDTH, kind="gif")


def save_film(
    frames: Sequence[Tensor],
    path: Path,
    frame_ms: int = FRAME_MS,
    last_ms: int = LAST_FRAME_MS,
) -> None:
    """Write frames (N, C, H, W) as an animated GIF or WebP, as the suffix says.

    Args:
        frames: in their order, all of one shape.
        path: of the file, .gif or .webp.
        frame_ms, last_ms: how long each of them, and the last one, is seen.
    """
    kind = path.suffix[1:].upper()
    path.write_bytes(_encoded(frames, kind, frame_ms, last_ms))


def _encoded(
    frames: Sequence[Tensor],
    kind: str,
    frame_ms: int = FRAME_MS,
    last_ms: int = LAST_FRAME_MS,
) -> bytes:
    pictures = [_enlarged(tile(frame, gap=1)) for frame in frames]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        kind,
        save_all=True,
        append_images=pictures[1:],
        duration=[frame_ms] * (len(pictures) - 1) + [last_ms],
        loop=0,
    )
    return buffer.getvalue()


def _enlarged(canvas: np.ndarray) -> Image.Image:
    """Repeat pixels until the picture has about the width it is shown at."""
    times = max(1, round(WIDTH / canvas.shape[1]))
    picture = Image.fromarray(canvas)
    size = times * picture.width, times * picture.height
    return picture.resize(size, Image.Resampling.NEAREST)
