"""Many images side by side, pixel for pixel."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from labkit.data import to_uint8
from labkit.errors import BadValue
from labkit.show.picture import Picture

WIDTH = 480  # CSS pixels of a full grid


def tile(images: Tensor, columns: int = 8, gap: int = 0) -> np.ndarray:
    """Lay images out in rows.

    Args:
        images: (N, C, H, W), uint8, or float in [-1, 1]; C is 1 or 3.
        columns: images in a row.
        gap: white pixels between them.

    Returns:
        uint8 (height, width, 3); places without an image are white.
    """
    if images.dim() != 4 or images.shape[1] not in (1, 3) or len(images) == 0:
        raise BadValue(
            "expected images (N, C, H, W) with 1 or 3 channels and N of at least 1; "
            f"got shape {tuple(images.shape)}"
        )
    if images.dtype != torch.uint8:
        images = to_uint8(images.detach())
    images = images.cpu().expand(-1, 3, -1, -1).permute(0, 2, 3, 1)  # (N, H, W, 3)
    count, height, width, _ = images.shape
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    shape = rows * (height + gap) - gap, columns * (width + gap) - gap, 3
    canvas = np.full(shape, 255, np.uint8)
    for index, image in enumerate(images.numpy()):
        top = index // columns * (height + gap)
        left = index % columns * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return canvas


def grid(images: Tensor, columns: int = 8, alt: str | None = None) -> Picture:
    """Draw images in rows, with thin gaps.

    Args:
        images: (N, C, H, W), uint8, or float in [-1, 1]: always drawn from -1 (black)
            to 1 (white), never stretched to its own range.
        columns: images in a row.
        alt: alternative text; a plain one is made when None.
    """
    canvas = tile(images, columns, gap=2)
    alt = alt or f"{len(images)} images of {images.shape[-2]} by {images.shape[-1]}"
    full = min(columns, len(images)) / columns
    return Picture(_png(_enlarged(canvas)), alt, int(WIDTH * full))


def row(images: Tensor, alt: str | None = None) -> Picture:
    """Draw images in one row, a walk between two z say."""
    return grid(images, columns=len(images), alt=alt)


def save_png(images: Tensor, path: Path, columns: int = 8, gap: int = 0) -> None:
    """Write images (N, C, H, W) as one PNG, so many in a row."""
    path.write_bytes(_png(tile(images, columns, gap)))


def save_strip(rows: Sequence[Tensor], path: Path) -> None:
    """Write rows of images, (N, C, H, W) each, as one PNG with thin gaps."""
    save_png(torch.cat(list(rows)), path, columns=len(rows[0]), gap=2)


def read_png(path: Path, image_shape: tuple[int, int, int]) -> Tensor:
    """Read back what `save_png` wrote without gap; uint8 (N, C, H, W)."""
    channels, height, width = image_shape
    with Image.open(path) as picture:
        pixels = torch.from_numpy(np.array(picture.convert("RGB")))
    rows, columns = pixels.shape[0] // height, pixels.shape[1] // width
    images = pixels.view(rows, height, columns, width, 3).permute(0, 2, 4, 1, 3)
    return images.reshape(rows * columns, 3, height, width)[:, :channels].contiguous()


def _enlarged(canvas: np.ndarray) -> np.ndarray:
    """Repeat pixels so that viewers which smooth have little to smooth."""
    times = max(1, round(2 * WIDTH / max(canvas.shape[1], 1) / 2))
    return canvas.repeat(times, axis=0).repeat(times, axis=1)


def _png(canvas: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(canvas).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
