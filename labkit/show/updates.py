"""Pictures of lab 05: gradients that lie around, momentum, and judged images."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE, panels, say
from labkit.show.picture import CRITIC, FAKE, REAL, Picture, figure


def gradient_sizes(moments: Mapping[str, tuple[float, float]]) -> Picture:
    """Draw how much gradient lies in both networks at some moments.

    Args:
        moments: name of a moment -> (length of the critic's gradient, generator's).
    """
    plot, axes = panels(width=8.5, height=3.4)
    places = np.arange(len(moments))
    players = (("critic", CRITIC, ""), ("generator", FAKE, "//"))
    for index, (name, colour, hatch) in enumerate(players):
        heights = [sizes[index] for sizes in moments.values()]
        bars = axes.bar(
            places + 0.36 * (index - 0.5), heights, 0.34, label=name, hatch=hatch,
            color=colour, edgecolor="white", linewidth=0,
        )  # fmt: skip
        axes.bar_label(bars, fmt="%.1f", padding=2, color=colour, fontsize=SIZE)
    axes.set_xticks(places, list(moments))
    axes.set_ylabel("length of .grad")
    axes.margins(y=0.15)
    axes.legend(frameon=False, labelcolor=GREY, fontsize=SIZE, loc="upper left")
    alt = "Length of the gradients that lie in both networks. " + "; ".join(
        f"{' '.join(name.split())}: critic {critic:.2g}, generator {generator:.2g}"
        for name, (critic, generator) in moments.items()
    )
    return figure(plot, alt)


def turnaround(paths: Mapping[str, Sequence[float]], turn: int) -> Picture:
    """Draw weights whose gradient turns round at one step, and when they follow.

    Args:
        paths: name -> the weight after each step.
        turn: the number of steps before the gradient changes its sign.
    """
    plot, axes = panels(height=3.4)
    axes.axvline(turn, color=GREY, linewidth=1, linestyle=":")
    told = []
    for (name, path), colour, style in zip(
        paths.items(), (CRITIC, FAKE, REAL), ("-", "--", "-."), strict=False
    ):
        values = np.asarray(path)
        late = int(values.argmin()) + 1 - turn
        steps = np.arange(1, len(values) + 1)
        axes.plot(steps, values, color=colour, linestyle=style, linewidth=2.5)
        axes.plot(turn + late, values.min(), "o", color=colour, markersize=8)
        told.append(f"{name} turns {late} steps after the gradient")
        say(
            axes,
            steps[-1] + 0.4,
            values[-1],
            f"{name}: {late} late",
            colour,
            va="center",
        )
    top = max(max(path) for path in paths.values())
    say(axes, turn, top, " the gradient turns round", va="top")
    axes.set_xlabel("step")
    axes.set_ylabel("weight")
    axes.set_xlim(0, 1.25 * len(values))
    return figure(plot, f"A weight over {len(values)} steps: " + "; ".join(told) + ".")


def judged(images: Tensor, logits: Tensor, columns: int = 8) -> Picture:
    """Draw images, each with the critic's opinion D below it.

    Args:
        images: (N, C, H, W), uint8 or float in [-1, 1].
        logits: the critic's scores, (N,) or (N, 1).
        columns: images in a row.
    """
    opinions = logits.detach().float().flatten().sigmoid()
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    plot, axes = panels(width=0.95 * columns, height=1.25 * rows)
    for index, (image, opinion) in enumerate(zip(images, opinions, strict=True)):
        left, top = index % columns, -1.25 * (index // columns)
        axes.imshow(tile(image[None]), extent=(left, left + 0.94, top - 0.94, top))
        say(axes, left + 0.47, top - 0.97, f"{float(opinion):.2f}", CRITIC, ha="center",
            va="top")  # fmt: skip
    axes.set_xlim(0, columns)
    axes.set_ylim(-1.25 * rows, 0.02)
    axes.set_axis_off()
    listed = ", ".join(f"{float(opinion):.2f}" for opinion in opinions)
    return figure(plot, f"{len(images)} images with the critic's opinion D: {listed}")
