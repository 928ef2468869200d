"""Curves of a run: losses against ln 2, and what the critic says."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from labkit.show.axes import GREY, SIZE, level, panels
from labkit.show.picture import CRITIC, FAKE, REAL, Picture, figure

SMOOTHING = 20  # steps averaged into the line that is drawn on top

History = Mapping[str, Sequence[float]]


def losses(history: History) -> Picture:
    """Draw both losses over the steps, with the line ln 2 of a critic that guesses."""
    plot, axes = panels()
    return figure(plot, draw_losses(axes, history))


def scores(history: History) -> Picture:
    """Draw D(x) and D(G(z)): what the critic says of real images and of fakes."""
    plot, axes = panels()
    return figure(plot, draw_scores(axes, history))


def draw_losses(axes: Axes, history: History) -> str:
    """Draw `losses` into given axes; returns the alternative text."""
    critic, generator = history["critic_loss"], history["generator_loss"]
    _curve(axes, generator, FAKE, "generator", "--")
    _curve(axes, critic, CRITIC, "critic", "-")
    level(axes, math.log(2), "ln 2: guessing")
    axes.set_ylim(0, _top(critic, generator))
    _finish(axes, "loss")
    return (
        f"Losses over {len(critic)} steps. At the end the critic's is "
        f"{_end(critic):.2f}, the generator's {_end(generator):.2f}; "
        "guessing would be 0.69."
    )


def draw_scores(axes: Axes, history: History) -> str:
    """Draw `scores` into given axes; returns the alternative text."""
    real, fake = history["d_real"], history["d_fake"]
    _curve(axes, real, REAL, "D(x), real images", "-")
    _curve(axes, fake, FAKE, "D(G(z)), fakes", "--")
    level(axes, 0.5, "")
    axes.set_ylim(0, 1.25)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    _finish(axes, "probability of being real")
    return (
        f"The critic's opinion over {len(real)} steps. At the end it calls real images "
        f"real with probability {_end(real):.2f} and fakes with {_end(fake):.2f}."
    )


def _finish(axes: Axes, label: str) -> None:
    axes.set_xlabel("step", fontsize=SIZE)
    axes.set_ylabel(label, fontsize=SIZE)
    axes.tick_params(labelsize=SIZE - 1, colors=GREY)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, labelcolor=GREY, fontsize=SIZE - 1, handlelength=3,
                    loc="upper right", ncols=2)  # fmt: skip


def _curve(
    axes: Axes, values: Sequence[float], colour: str, label: str, style: str
) -> None:
    """Draw every step faintly, and the average of the latest steps on top."""
    if not values:
        return
    values = np.asarray(values)
    steps = np.arange(1, len(values) + 1)
    axes.plot(steps, values, color=colour, alpha=0.2, linewidth=0.7)
    if len(values) > SMOOTHING:
        smooth = np.convolve(values, np.ones(SMOOTHING) / SMOOTHING, mode="valid")
        steps = steps[SMOOTHING - 1 :]
    else:
        smooth = values
    axes.plot(steps, smooth, color=colour, label=label, linestyle=style, linewidth=2)


def _top(*curves: Sequence[float]) -> float:
    """Upper end of an axis that a few early or single peaks do not decide."""
    values = np.concatenate([np.asarray(curve, float) for curve in curves])
    values = values[np.isfinite(values)]
    if not len(values):
        return 2.0
    return max(1.2, 1.4 * float(np.percentile(values, 98)))


def _end(values: Sequence[float]) -> float:
    return float(np.mean(values[-SMOOTHING:])) if values else float("nan")
