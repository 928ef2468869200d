"""The same z over time, as an animation."""

from collections.abc import Sequence

from torch import Tensor

from labkit.image_files import FRAME_MS, LAST_FRAME_MS, WIDTH, animation
from labkit.show.picture import Picture


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
    data = animation(frames, "GIF", frame_ms, last_ms)
    return Picture(data, alt, WIDTH, kind="gif")
