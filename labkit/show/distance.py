"""Pictures of lab 08: earth that is moved, and critics whose scores are distances."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from labkit.show.axes import GREY, SIZE, level, panels, say, title
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure

SMOOTHING = 20  # steps averaged into a line


def moves(real: Tensor, fake: Tensor) -> Picture:
    """Draw the cheapest way to move heaps of earth on a line.

    Args:
        real, fake: places of as many shovels each, (N,).
    """
    plot, axes = panels(width=7.5, height=3.2)
    pairs = list(zip(fake.sort().values.tolist(), real.sort().values.tolist(),
                     strict=True))  # fmt: skip
    stacks: dict[tuple[str, float], int] = {}
    tops = {}
    for kind, values, colour, marker in (
        ("fake", [pair[0] for pair in pairs], FAKE, "X"),
        ("real", [pair[1] for pair in pairs], REAL, "s"),
    ):
        base = 2.0 if kind == "fake" else 0.0
        for number, x in enumerate(values):
            storey = stacks.get((kind, x), 0)
            stacks[kind, x] = storey + 1
            y = base + 0.32 * storey
            tops[kind, number] = y
            axes.plot(x, y, marker, color=colour, markersize=11, zorder=3)
    for number, (start, end) in enumerate(pairs):
        axes.annotate(
            "", (end, tops["real", number] + 0.12),
            xytext=(start, tops["fake", number] - 0.12),
            arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.3},
        )  # fmt: skip
    left = min(min(pair) for pair in pairs) - 0.6
    say(axes, left, 2, "fakes", FAKE, ha="right", va="center")
    say(axes, left, 0, "real", REAL, ha="right", va="center")
    axes.set_xlim(left - 1.2, max(max(pair) for pair in pairs) + 0.6)
    axes.set_ylim(-0.4, 3)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("place")
    steps = [abs(start - end) for start, end in pairs]
    listed = ", ".join(f"{start:g} to {end:g}" for start, end in pairs)
    return figure(
        plot,
        f"{len(pairs)} shovels of earth move from fakes to real places: {listed}. "
        f"The mean way is {sum(steps) / len(steps):.2f}.",
    )


def two_distances(shift: Tensor, named: Mapping[str, Tensor]) -> Picture:
    """Draw measures of how far apart two crowds are, as one of them moves away.

    Args:
        shift: how far, increasing, (N,).
        named: name -> the measure at each shift, (N,).
    """
    plot, axes = panels(len(named), width=4.4 * len(named), height=3.4)
    told = []
    for one, (name, values), colour in zip(
        np.atleast_1d(axes), named.items(), (CRITIC, GRADIENT), strict=False
    ):
        one.plot(shift, values, color=colour, linewidth=2.5)
        one.set_xlabel("the fakes lie this far off")
        one.set_ylim(0, 1.12 * float(values.max()))
        title(one, name)
        flat = float(values[-1] - values[len(values) // 2])
        told.append(
            f"{name}: from {float(values[0]):.2f} to {float(values[-1]):.2f}, by "
            f"{flat:.2f} over the second half"
        )
    return figure(plot, "Two measures of distance. " + "; ".join(told) + ".")


def weight_piles(layers: Mapping[str, Tensor], limit: float) -> Picture:
    """Draw histograms of a critic's weights, and how many lie at the limit.

    Args:
        layers: name -> weights, any shape.
        limit: that of clipping.
    """
    plot, axes = panels(len(layers), width=2.9 * len(layers), height=2.9)
    told = []
    for one, (name, weights) in zip(np.atleast_1d(axes), layers.items(), strict=True):
        values = weights.detach().flatten().numpy()
        one.hist(values, bins=np.linspace(-1.1 * limit, 1.1 * limit, 34), color=CRITIC)
        for side in (-limit, limit):
            one.axvline(side, color=GREY, linewidth=1, linestyle=":")
        share = float((np.abs(values) > 0.999 * limit).mean())
        title(one, f"{name}: {share:.0%} at ±{limit:g}")
        one.set_xlabel("weight")
        one.set_yticks([])
        one.spines["left"].set_visible(False)
        told.append(f"{name} {share:.0%}")
    return figure(plot, f"Share of weights at the limit ±{limit:g}: {', '.join(told)}.")


def score_lines(
    x: Tensor,
    panels_of: Mapping[str, Mapping[str, Tensor]],
    crowds: tuple[float, float],
) -> Picture:
    """Draw critics' scores along a line through two crowds.

    Args:
        x: places on the line, increasing, (N,).
        panels_of: panel -> name of a critic -> its scores at x, (N,).
        crowds: where the middle of the fakes is, and that of the real points.
    """
    plot, axes = panels(len(panels_of), width=4.8 * len(panels_of), height=3.8)
    told = []
    for one, (heading, critics) in zip(
        np.atleast_1d(axes), panels_of.items(), strict=True
    ):
        for (name, scores), style in zip(
            critics.items(), ("--", "-", "-.", ":"), strict=False
        ):
            scores = scores.detach() - scores.detach().mean()
            one.plot(
                x, scores, color=CRITIC, linestyle=style, linewidth=2.2, label=name
            )
            ends = [float(scores[(x - place).abs().argmin()]) for place in crowds]
            told.append(f"{heading}, {name}: {ends[1] - ends[0]:.1f}")
        for place, colour, name, hatch in (
            (crowds[0], FAKE, "fakes", ".."),
            (crowds[1], REAL, "real", "//"),
        ):
            one.axvspan(place - 0.3, place + 0.3, color=colour, alpha=0.15, hatch=hatch,
                        linewidth=0)  # fmt: skip
            one.text(place, 0.02, name, color=colour, fontsize=SIZE, ha="center",
                     transform=one.get_xaxis_transform())  # fmt: skip
        one.legend(frameon=False, labelcolor=GREY, loc="upper left", handlelength=3)
        one.set_xlabel("place on the line")
        one.set_ylabel("score")
        title(one, heading)
    alt = "Scores along a line. Real minus fakes: " + "; ".join(told) + "."
    return figure(plot, alt)


def meters(named: Mapping[str, Sequence[float]]) -> Picture:
    """Draw, for each run, what its critic reads off during training.

    Args:
        named: name -> one number a step; the name stands above its panel.
    """
    plot, axes = panels(len(named), width=4.6 * len(named), height=3.3)
    told = []
    for one, (name, values) in zip(np.atleast_1d(axes), named.items(), strict=True):
        values = np.asarray(values)
        smooth = np.convolve(values, np.ones(SMOOTHING) / SMOOTHING, mode="valid")
        one.plot(values, color=CRITIC, alpha=0.25, linewidth=0.7)
        one.plot(
            np.arange(SMOOTHING - 1, len(values)), smooth, color=CRITIC, linewidth=2
        )
        level(one, 0, "")
        one.set_xlabel("generator step")
        title(one, name)
        peak = int(smooth.argmax())
        told.append(
            f"{name}: at most {smooth[peak]:.2f} (step {peak + SMOOTHING - 1}), "
            f"{smooth[-1]:.2f} at the end"
        )
    return figure(plot, "What the critics read. " + "; ".join(told) + ".")
