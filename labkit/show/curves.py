"""Curves of a run: losses against ln 2, and what the critic says."""

import math

import numpy as np
from matplotlib.figure import Figure

from labkit.show.picture import CRITIC, FAKE, REAL, Picture, figure

SMOOTHING = 20  # steps averaged into the line that is drawn on top


def losses(history: dict[str, list[float]]) -> Picture:
    """Draw both losses over the steps, with the line ln 2 of a critic that guesses."""
    plot, axes = _axes("loss")
    _curve(axes, history["critic_loss"], CRITIC, "critic", "-")
    _curve(axes, history["generator_loss"], FAKE, "generator", "--")
    axes.axhline(math.log(2), color="0.4", linewidth=1, linestyle=":")
    axes.annotate(
        "ln 2: guessing", (1, math.log(2)), xycoords=("axes fraction", "data"),
        xytext=(-4, 3), textcoords="offset points", ha="right", color="0.3",
    )  # fmt: skip
    axes.legend(frameon=False)
    alt = (
        f"Losses over {len(history['critic_loss'])} steps. At the end the critic's is "
        f"{_end(history['critic_loss']):.2f}, the generator's "
        f"{_end(history['generator_loss']):.2f}; guessing would be 0.69."
    )
    return figure(plot, alt)


def scores(history: dict[str, list[float]]) -> Picture:
    """Draw D(x) and D(G(z)): what the critic says of real images and of fakes."""
    plot, axes = _axes("probability of being real")
    _curve(axes, history["d_real"], REAL, "D(x), real images", "-")
    _curve(axes, history["d_fake"], FAKE, "D(G(z)), fakes", "--")
    axes.axhline(0.5, color="0.4", linewidth=1, linestyle=":")
    axes.set_ylim(0, 1)
    axes.legend(frameon=False)
    alt = (
        f"The critic's opinion over {len(history['d_real'])} steps. At the end it calls "
        f"real images real with probability {_end(history['d_real']):.2f} and fakes "
        f"with {_end(history['d_fake']):.2f}."
    )
    return figure(plot, alt)


def _axes(label: str) -> tuple[Figure, "np.ndarray"]:
    plot = Figure(figsize=(7, 3))
    axes = plot.subplots()
    axes.set_xlabel("step")
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    return plot, axes


def _curve(axes, values: list[float], colour: str, label: str, style: str) -> None:  # noqa: ANN001
    values = np.asarray(values)
    steps = np.arange(1, len(values) + 1)
    axes.plot(steps, values, color=colour, alpha=0.2, linewidth=0.7)
    if len(values) > SMOOTHING:
        smooth = np.convolve(values, np.ones(SMOOTHING) / SMOOTHING, mode="valid")
        steps = steps[SMOOTHING - 1 :]
    else:
        smooth = values
    axes.plot(steps, smooth, color=colour, label=label, linestyle=style)


def _end(values: list[float]) -> float:
    return float(np.mean(values[-SMOOTHING:])) if values else float("nan")
