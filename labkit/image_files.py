"""Images as picture files, pixel for pixel: PNG, and animations. No matplotlib here."""

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

WIDTH = 480  # CSS pixels of a full grid
FRAME_MS, LAST_FRAME_MS = 250, 2000


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


def save_png(images: Tensor, path: Path, columns: int = 8, gap: int = 0) -> None:
    """Write images (N, C, H, W) as one PNG, so many in a row."""
    path.write_bytes(png(tile(images, columns, gap)))


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
    path.write_bytes(animation(frames, kind, frame_ms, last_ms))


def png(canvas: np.ndarray) -> bytes:
    """Encode pixels, uint8 (height, width, 3), as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(canvas).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def jpeg(canvas: np.ndarray, quality: int) -> bytes:
    """Encode pixels, uint8 (height, width, 3), as JPEG of a quality from 1 to 95."""
    buffer = io.BytesIO()
    Image.fromarray(canvas).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def animation(
    frames: Sequence[Tensor], kind: str, frame_ms: int, last_ms: int
) -> bytes:
    """Encode frames (N, C, H, W) as "GIF" or "WEBP"; the rest is as in `save_film`."""
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
