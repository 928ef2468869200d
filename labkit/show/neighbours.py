"""Pictures of lab 09: balls around points, and distances to the nearest."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Circle
from torch import Tensor

from labkit.show.axes import GREY, SIZE, level, panels, say, title
from labkit.show.picture import FAKE, REAL, Picture, figure


def balls(
    scenes: Mapping[str, tuple[Tensor, Tensor]], radii: Sequence[Tensor]
) -> Picture:
    """Draw the balls around real points, and which fakes lie inside.

    Args:
        scenes: title -> (real points (N, 2), fake points (M, 2)), one panel each.
        radii: of each scene, the radius around each real point, (N,).
    """
    plot, axes = panels(len(scenes), width=4.2 * len(scenes), height=4.2)
    told = []
    for one, (name, pair), around in zip(
        np.atleast_1d(axes), scenes.items(), radii, strict=True
    ):
        real, fake = (points.double().numpy() for points in pair)
        inside = torch.cdist(pair[1].double(), pair[0].double()) <= around
        inside = inside.any(1).numpy()
        _circles(one, real, around.numpy())
        one.plot(*real.T, ".", color=REAL, markersize=5, label="real")
        one.plot(*fake[inside].T, "+", color=FAKE, markersize=7, mew=1.4,
                 label="fake, inside")  # fmt: skip
        one.plot(*fake[~inside].T, "x", color=GREY, markersize=5, alpha=0.7,
                 label="fake, outside")  # fmt: skip
        one.set_aspect("equal")
        one.set_xticks([])
        one.set_yticks([])
        one.spines[:].set_visible(False)
        title(one, name)
        told.append(f"{name}: {int(inside.sum())} of {len(fake)} fakes inside")
    np.atleast_1d(axes)[0].legend(
        frameon=False, labelcolor=GREY, fontsize=SIZE - 1, loc="upper left",
        bbox_to_anchor=(0, 0.02), ncols=3, columnspacing=1, handletextpad=0.2,
    )  # fmt: skip
    alt = "Real points with a ball around each, and fakes. " + "; ".join(told)
    return figure(plot, alt.replace("\n", ", ") + ".")


def _circles(axes: Axes, points: np.ndarray, radii: np.ndarray) -> None:
    patches = [Circle(at, r) for at, r in zip(points, radii, strict=True)]
    axes.add_collection(
        PatchCollection(patches, facecolor=REAL, edgecolor=REAL, alpha=0.08)
    )


def how_near(scenes: Mapping[str, tuple[Tensor, Tensor]]) -> Picture:
    """Draw how far images lie from their nearest training image.

    Args:
        scenes: title -> (distances of test images (N,), of fakes (M,)), one panel each;
            drawn in units of the test images' median.
    """
    plot, axes = panels(len(scenes), width=2.6 * len(scenes), height=2.8)
    edges, told = np.linspace(0, 2.5, 36), []
    for one, (name, (test, fake)) in zip(
        np.atleast_1d(axes), scenes.items(), strict=True
    ):
        unit = test.median()
        ratio = float(fake.median() / unit)
        one.hist((test / unit).numpy(), edges, density=True, color=REAL, alpha=0.4,
                 label="test")  # fmt: skip
        one.hist((fake / unit).numpy(), edges, density=True, histtype="step",
                 color=FAKE, linestyle="--", linewidth=2, label="fake")  # fmt: skip
        one.axvline(1, color=REAL, linewidth=1.4)
        one.axvline(ratio, color=FAKE, linestyle="--", linewidth=1.4)
        one.set_yticks([])
        one.spines["left"].set_visible(False)
        one.set_xlabel("distance to nearest")
        title(one, f"{name}: ratio {ratio:.2f}")
        told.append(f"{name} {ratio:.2f}")
    np.atleast_1d(axes)[0].legend(frameon=False, labelcolor=GREY, fontsize=SIZE - 1)
    alt = (
        "Histograms of distances to the nearest training image, of test images and of "
        f"fakes. Median of the fakes, divided by that of test images: {', '.join(told)}."
    )
    return figure(plot, alt)


def sample_sizes(
    counts: Sequence[int],
    panels_of: Mapping[str, Mapping[str, Sequence[float]]],
    blurred: Sequence[float],
) -> Picture:
    """Draw what a measure says of more and more images from one source.

    Args:
        counts: how many images, increasing.
        panels_of: measure -> name of a source -> its value for each count.
        blurred: of each measure, its value for blurred images, for scale.
    """
    plot, axes = panels(len(panels_of), width=4.3 * len(panels_of), height=3.2)
    told = []
    for one, (measure, lines), top in zip(
        np.atleast_1d(axes), panels_of.items(), blurred, strict=True
    ):
        for (name, values), colour, style in zip(
            lines.items(), (FAKE, REAL), ("--", "-"), strict=False
        ):
            one.plot(counts, values, color=colour, linestyle=style, linewidth=2.2,
                     marker="o", markersize=5, label=name)  # fmt: skip
            told.append(f"{measure} of {name} {values[0]:.2f} to {values[-1]:.2f}")
        level(one, 0, "")
        level(one, top, "blurred")
        one.set_ylim(-0.2 * top, 1.15 * top)
        one.set_xscale("log")
        one.set_xticks(counts, [str(count) for count in counts])
        one.minorticks_off()
        one.set_xlabel("images")
        title(one, measure)
    np.atleast_1d(axes)[0].legend(frameon=False, labelcolor=GREY, loc="center right")
    return figure(plot, f"From {counts[0]} to {counts[-1]} images: {'; '.join(told)}.")


def covered(
    counts: Sequence[int], lines: Mapping[str, Sequence[float]], modes: int
) -> Picture:
    """Draw the share of classes that have occurred among the first so many images.

    Args:
        counts: how many images, increasing.
        lines: name of a source -> the share for each count.
        modes: how many classes there are.
    """
    plot, axes = panels(height=3.6)
    grid = np.linspace(0, counts[-1], 200)
    axes.plot(grid, 1 - np.exp(-grid / modes), color=GREY, linewidth=1, linestyle=":")
    told = []
    for (name, values), colour, style in zip(
        lines.items(), (REAL, FAKE, GREY), ("-", "--", "-."), strict=False
    ):
        axes.plot(counts, values, color=colour, linestyle=style, linewidth=2.4)
        say(axes, counts[-1] * 1.02, max(values[-1], 0.06),
            f"{name}\n{values[-1] * modes:.0f}", colour, va="center")  # fmt: skip
        told.append(f"{name} {values[-1] * modes:.0f}")
    axes.set_ylim(0, 1.04)
    axes.set_xlim(0, counts[-1] * 1.01)
    axes.set_xlabel("images")
    axes.set_ylabel(f"share of the {modes} modes")
    alt = f"Of {modes} modes, {counts[-1]} images cover: {', '.join(told)}."
    return figure(plot, alt)
