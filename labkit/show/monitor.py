"""What a training run looks like while it goes on: samples, losses, opinions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE
from labkit.show.curves import draw_losses, draw_scores
from labkit.show.picture import Picture, figure

if TYPE_CHECKING:
    from labkit.runs import Run


def monitor(run: "Run") -> Picture:
    """Draw a run as it stands: the fixed z, both losses, and what the critic says."""
    plot = Figure(figsize=(9.5, 4.5), layout="constrained")
    samples, curves = plot.subfigures(1, 2, width_ratios=(1, 1.1))
    axes = samples.subplots()
    axes.imshow(tile(run.samples, gap=1), interpolation="nearest")
    axes.set_axis_off()
    steps = len(run.history["critic_loss"])
    when = f"step {steps}, epoch {len(run.history['epoch_step'])}"
    axes.set_title(when, fontsize=SIZE, color=GREY)
    above, below = curves.subplots(2, 1, sharex=True)
    told = [draw(each, run.history) for draw, each in
            ((draw_losses, above), (draw_scores, below))]  # fmt: skip
    above.set_xlabel("")
    below.set_ylabel("D", fontsize=SIZE)
    alt = f"{len(run.samples)} fakes at {when}. "
    return figure(plot, alt + (" ".join(told) if steps else "No curves yet."))


def live() -> "Callable[[Run], None]":
    """Make an `on_epoch` for `train` that shows the run in place, as it goes on."""
    handle = None

    def update(run: "Run") -> None:
        nonlocal handle
        from IPython.display import display  # only a notebook has it

        picture = monitor(run)
        if handle is None:
            handle = display(picture, display_id=True)
        else:
            handle.update(picture)

    return update
