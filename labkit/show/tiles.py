"""Many images side by side, pixel for pixel."""

import numpy as np
from torch import Tensor

from labkit.image_files import WIDTH, png, tile
from labkit.show.picture import Picture


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
    return Picture(png(_enlarged(canvas)), alt, int(WIDTH * full))


def row(images: Tensor, alt: str | None = None) -> Picture:
    """Draw images in one row, a walk between two z say."""
    return grid(images, columns=len(images), alt=alt)


def _enlarged(canvas: np.ndarray) -> np.ndarray:
    """Repeat pixels so that viewers which smooth have little to smooth."""
    times = max(1, round(2 * WIDTH / max(canvas.shape[1], 1) / 2))
    return canvas.repeat(times, axis=0).repeat(times, axis=1)
