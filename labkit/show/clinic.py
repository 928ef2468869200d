"""The chart of a patient: how its pictures changed, and its curves below them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE
from labkit.show.curves import draw_losses, draw_scores
from labkit.show.picture import FAKE, Picture, figure

COLUMNS = 6  # pictures in a row of a frame
SHOWN = COLUMNS**2  # of a frame with more
SMOOTH = 20  # steps, as the other curves


def chart(
    history: Mapping[str, Sequence[float]],
    film: Sequence[Tensor],
    frame_steps: Sequence[int] | None = None,
    name: str = "",
) -> Picture:
    """Draw the film of a run and its curves together.

    Args:
        history: of a run: critic_loss, generator_loss, d_real, d_fake, d_fake_after.
        film: the fixed z over time, (N, C, H, W) each.
        frame_steps: the step of each frame; when None the film is a training's own,
            with the start, every epoch and the end.
        name: stands above, "run A" say.
    """
    if frame_steps is None:  # a run that ends inside an epoch has a last frame more
        frame_steps = [0, *history["epoch_step"], len(history["critic_loss"])]
    plot = Figure(figsize=(10.4, 5.2), layout="constrained")
    frames, curves = plot.subfigures(2, 1, height_ratios=(1, 1.25))
    shown = list(zip(film, frame_steps, strict=False))
    for axes, (frame, step) in zip(
        np.atleast_1d(frames.subplots(1, len(shown))), shown, strict=True
    ):
        axes.imshow(tile(frame[:SHOWN], COLUMNS, gap=1), interpolation="nearest")
        axes.set_axis_off()
        title = f"{name} · step {step}" if name and step == 0 else f"step {step}"
        axes.set_title(title, fontsize=SIZE, color=GREY)
    left, right = curves.subplots(1, 2)
    told = draw_losses(left, history), draw_scores(right, history)
    _after(right, history["d_fake_after"])
    right.set_ylabel("D", fontsize=SIZE)
    who = f"Chart of {name}. " if name else ""
    words = _film_in_words(shown), *told, _opinions_in_words(history)
    return figure(plot, who + " ".join(words))


def _after(axes: Axes, values: Sequence[float]) -> None:
    """Add D(G(z)) after the critic's step: thinner, dotted."""
    if len(values) <= SMOOTH:
        return
    smooth = np.convolve(values, np.ones(SMOOTH) / SMOOTH, mode="valid")
    steps = np.arange(SMOOTH, len(values) + 1)
    label = "D(G(z)) after the critic's step"
    axes.plot(steps, smooth, color=FAKE, linestyle=":", linewidth=1.4, label=label)
    axes.set_ylim(0, 1.4)
    axes.legend(frameon=False, labelcolor=GREY, fontsize=SIZE - 1.5, handlelength=2.5,
                loc="upper right", ncols=2, columnspacing=1)  # fmt: skip


def _film_in_words(shown: Sequence[tuple[Tensor, int]]) -> str:
    """Say how bright, how different and how changed the pictures are in each frame."""
    said, before = [], None
    for frame, step in shown:
        pixels = frame[:SHOWN].float().flatten(1)
        changed = 0 if before is None else (pixels - before).abs().mean()
        said.append(
            f"step {step}: median pixel {pixels.median():.0f} of 255, pictures differ "
            f"by {pixels.std(0).mean():.0f}, changed by {changed:.0f}"
        )
        before = pixels
    return f"{len(shown)} frames of the same z ({'; '.join(said)})."


def _opinions_in_words(history: Mapping[str, Sequence[float]]) -> str:
    """Say D(x) and D(G(z)) at a few moments: means of ten steps."""
    length = len(history["d_real"])
    ends = sorted({min(end, length) for end in (10, 20, 100, length)})
    said = [
        f"step {end}: {np.mean(history['d_real'][max(0, end - 10) : end]):.2f} and "
        f"{np.mean(history['d_fake'][max(0, end - 10) : end]):.2f}"
        for end in ends
    ]
    return f"D(x) and D(G(z)) on the way: {'; '.join(said)}."
