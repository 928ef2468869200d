"""What leaves the explorer: bytes for the page, and files for people."""

import numpy as np
import torch
from torch import Tensor, nn

from labkit import image_files
from labkit.errors import BadValue, LabkitError
from labkit.latent import images
from labkit.show.tiles import grid
from labkit.widgets import sheets
from labkit.widgets.explorer_reals import Reals

BANK = 64  # seeds whose z the page has by itself
TRUNCATED = 16  # of them also truncated
LEVELS = (0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.3, 1.6, 2.0, 2.5)  # limits on numbers of z
FRAME_MS = 90  # of a film
JPEG_QUALITY = 85


def floats(z: Tensor) -> bytes:
    """Numbers as the page reads them: float32, little-endian."""
    return z.numpy().astype("<f4").tobytes()


def read_floats(data: bytes, latent_dim: int) -> Tensor:
    """Read z (N, latent_dim) that the page sent."""
    return torch.from_numpy(np.frombuffer(data, "<f4").copy()).view(-1, latent_dim)


def jpeg(pictures: Tensor, columns: int) -> bytes:
    """A sheet without gaps, small enough for a slow line."""
    return image_files.jpeg(image_files.tile(pictures, columns), JPEG_QUALITY)


def bank(latent_dim: int, real: Reals | None) -> dict[str, bytes]:
    """What a page without a kernel brings along: z of seeds, and some real images.

    "bank" is (BANK, D); "truncated" (len(LEVELS), TRUNCATED, D); "reals" a PNG.
    """
    limited = [sheets.of_seeds(latent_dim, range(TRUNCATED), end) for end in LEVELS]
    blobs = {
        "bank": floats(sheets.of_seeds(latent_dim, range(BANK))),
        "truncated": floats(torch.cat(limited)),
    }
    if real is not None:
        try:
            blobs["reals"] = real.carried()
        except LabkitError:  # a set that is not on this machine: the page says so
            pass
    return blobs


def exported(generator: nn.Module, view: sheets.View, state: dict, kind: str) -> bytes:
    """Write a view as a file.

    Args:
        generator: draws the images.
        view: of the state.
        state: what is shown.
        kind: "png": the sheet, of arithmetic the terms and the sum; "gif" or "webp": a
            film of path, walk or plane.

    Raises:
        BadValue: no such kind, or a film of a view that does not move.
    """
    if kind == "png":
        if state["view"] == "arithmetic":
            terms = images(generator, torch.stack(list(view.details.values())))
            return grid(terms, columns=len(terms)).data
        return grid(images(generator, view.sheet), view.columns).data
    if kind not in ("gif", "webp"):
        raise BadValue(f"a file is .png, .gif, .webp or .html; got {kind!r}")
    frames = images(generator, sheets.film(generator.latent_dim, state))
    return image_files.animation(
        [frame[None] for frame in frames], kind.upper(), FRAME_MS, FRAME_MS
    )
