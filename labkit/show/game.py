"""Pictures of points: crowds, the critic's opinion of every place, and its advice."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from torch import Tensor

from labkit.points import EXTENT, modes_covered
from labkit.show.axes import GREY, SIZE, panels, say, title
from labkit.show.picture import FAKE, GRADIENT, REAL, Picture, figure

if TYPE_CHECKING:
    from labkit.toy import Frame

PURPLE_TO_GREEN = LinearSegmentedColormap.from_list(
    "critic", ["#D9B8E6", "#F7F4F8", "#B5DEC6"]
)
SQUARE = (-EXTENT, EXTENT, -EXTENT, EXTENT)
SHOWN = 300  # points of a crowd that are drawn


def point_sets(named: Mapping[str, Tensor]) -> Picture:
    """Draw sets of real points side by side.

    Args:
        named: name -> points (N, 2).
    """
    plot, axes = panels(len(named), width=2.4 * len(named), height=2.7)
    for one, (name, points) in zip(np.atleast_1d(axes), named.items(), strict=True):
        _square(one)
        _dots(one, points, REAL, ".", 9)
        title(one, name)
    return figure(plot, f"Sets of real points in the plane: {', '.join(named)}.")


def crowds(
    real: Tensor,
    fakes: Tensor,
    scores: Tensor | None = None,
    probabilities: bool = True,
) -> Picture:
    """Draw real points and fakes, and below them what the critic says everywhere.

    Args:
        real, fakes: points (N, 2).
        scores: the critic's at `labkit.toy.places()`, (side, side).
        probabilities: the scores are logits and are drawn as D.
    """
    plot, axes = panels(width=4.6, height=4.4)
    told = _scene(axes, real, fakes, scores, probabilities)
    _name_crowds(axes)
    return figure(plot, f"Real points and fakes in the plane. {told}".strip())


def toy_film(
    frames: Sequence["Frame"],
    real: Tensor,
    modes: Tensor | None = None,
    probabilities: bool = True,
) -> Picture:
    """Draw moments of a run side by side: fakes over the critic's opinion.

    Args:
        frames: of `labkit.toy.train_points`.
        real: the points that are learnt, (N, 2).
        modes: if given, the covered ones are counted below each moment.
        probabilities: the scores are logits and are drawn as D.
    """
    plot, axes = panels(len(frames), width=2.6 * len(frames), height=2.9)
    told = []
    for one, frame in zip(np.atleast_1d(axes), frames, strict=True):
        _scene(one, real, frame.fakes, frame.scores, probabilities, lines=False)
        told.append(f"step {frame.step}")
        if modes is not None:
            told[-1] += f", {_covered(frame.fakes, modes)} of {len(modes)} modes"
        title(one, told[-1])
    _name_crowds(np.atleast_1d(axes)[0])
    return figure(plot, "Fakes among real points, moment by moment: " + "; ".join(told))


def toy_rows(
    rows: Mapping[str, tuple[Sequence["Frame"], bool]], real: Tensor, modes: Tensor
) -> Picture:
    """Draw several runs below each other, and the modes that each has covered.

    Args:
        rows: name -> (frames, whether its scores are logits to be drawn as D).
        real: the points that are learnt, (N, 2).
        modes: (M, 2).
    """
    count = max(len(frames) for frames, _ in rows.values())
    plot = Figure(figsize=(2.5 * count, 2.8 * len(rows)), layout="constrained")
    grid = plot.subplots(len(rows), count, squeeze=False)
    told = []
    for line, (name, (frames, probabilities)) in zip(grid, rows.items(), strict=True):
        counts = []
        for one, frame in zip(line, frames, strict=True):
            _scene(one, real, frame.fakes, frame.scores, probabilities, lines=False)
            counts.append(str(_covered(frame.fakes, modes)))
            title(one, f"step {frame.step}: {counts[-1]} of {len(modes)}")
        line[0].set_ylabel(name, fontsize=SIZE, color=GREY)
        told.append(f"{name}: {', '.join(counts)} of {len(modes)}")
    return figure(plot, "Modes covered, moment by moment. " + "; ".join(told) + ".")


def opinion_maps(maps: Mapping[str, Tensor], real: Tensor, fakes: Tensor) -> Picture:
    """Draw several critics' D over the plane, with the same two crowds.

    Args:
        maps: name -> D at `labkit.toy.places()`, (side, side), in [0, 1].
        real, fakes: points (N, 2).
    """
    plot, axes = panels(len(maps), width=4.2 * len(maps), height=4.2)
    told = []
    for one, (name, D) in zip(np.atleast_1d(axes), maps.items(), strict=True):
        D = D.detach()
        _scene(one, real, fakes, D.logit(), True)
        title(one, name)
        told.append(f"{name} runs from {float(D.min()):.2f} to {float(D.max()):.2f}")
    _name_crowds(np.atleast_1d(axes)[0])
    return figure(plot, "D at every place of the plane. " + "; ".join(told) + ".")


def arrows(real: Tensor, fakes: Tensor, advice: Tensor, scores: Tensor) -> Picture:
    """Draw, at each fake, the direction in which the critic's score rises.

    Args:
        real: (N, 2). fakes: (M, 2), a few dozen.
        advice: gradients of the score at the fakes, (M, 2).
        scores: the critic's logits at `labkit.toy.places()`, (side, side).
    """
    plot, axes = panels(width=5.4, height=5.2)
    _scene(axes, real, fakes, scores, True)
    start, way = fakes.detach().numpy(), advice.detach().numpy()
    length = np.linalg.norm(way, axis=1)
    axes.quiver(*start.T, *way.T, angles="xy", scale_units="xy", color=GRADIENT,
                scale=max(float(np.quantile(length, 0.9)), 1e-9) / 0.6, width=0.006,
                zorder=4)  # fmt: skip
    _name_crowds(axes)
    say(
        axes, EXTENT - 0.1, -EXTENT + 0.1, "→ the critic's advice", GRADIENT, ha="right"
    )
    towards = real.mean(0).numpy() - start
    share = float(((way * towards).sum(1) > 0).mean())
    return figure(
        plot,
        f"{len(fakes)} fakes with an arrow each, along which the critic's score rises. "
        f"{share:.0%} of the arrows point to the side of the real points. The longest "
        f"gradient is {length.max():.2g}, the shortest {length.min():.2g}.",
    )


def _scene(
    axes: Axes,
    real: Tensor,
    fakes: Tensor,
    scores: Tensor | None,
    probabilities: bool,
    lines: bool = True,
) -> str:
    """Draw the critic's opinion, the real points and the fakes; say what D spans."""
    _square(axes)
    told = ""
    if scores is not None:
        told = _opinion(axes, scores.detach(), probabilities, lines)
    _dots(axes, real, REAL, "o", 9)
    _dots(axes, fakes, FAKE, "x", 13)
    return told


def _opinion(axes: Axes, scores: Tensor, probabilities: bool, lines: bool) -> str:
    values = (scores.sigmoid() if probabilities else scores).double().numpy()
    low, high = float(values.min()), float(values.max())
    norm = Normalize(0, 1) if probabilities else Normalize(low, high + 1e-9)
    axes.imshow(values, origin="lower", extent=SQUARE, cmap=PURPLE_TO_GREEN, norm=norm,
                interpolation="bilinear", aspect="auto", zorder=0)  # fmt: skip
    levels = [0.1, 0.5, 0.9] if probabilities else np.linspace(low, high, 9)[1:-1]
    levels = [level for level in levels if low < level < high]
    if levels:
        side = np.linspace(-EXTENT, EXTENT, len(values))
        drawn = axes.contour(side, side, values, levels=levels, colors=GREY,
                             linewidths=0.7, zorder=1)  # fmt: skip
        if lines:
            axes.clabel(drawn, fontsize=SIZE - 2, fmt="%.1f")
    what = "D" if probabilities else "the score"
    return f"Over the plane {what} runs from {low:.2f} to {high:.2f}."


def _covered(fakes: Tensor, modes: Tensor) -> int:
    return modes_covered(fakes, modes).count


def _square(axes: Axes) -> None:
    axes.set_xlim(-EXTENT, EXTENT)
    axes.set_ylim(-EXTENT, EXTENT)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _dots(axes: Axes, points: Tensor, colour: str, marker: str, size: float) -> None:
    x, y = points.detach()[:SHOWN].numpy().T
    axes.scatter(x, y, s=size, c=colour, marker=marker, linewidths=0.9, alpha=0.75,
                 zorder=3)  # fmt: skip


def _name_crowds(axes: Axes) -> None:
    say(axes, -EXTENT + 0.1, EXTENT - 0.1, "● real", REAL, va="top")
    say(axes, -EXTENT + 0.1, EXTENT - 0.5, "× fake", FAKE, va="top")
