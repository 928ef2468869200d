"""Pictures of lab 07: lengths of z, ways between two of them, and maps."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE, panels, say
from labkit.show.picture import CRITIC, FAKE, GRADIENT, Picture, figure

INCHES, LEFT = 0.68, 1.25  # side of one image, and room for the name of a row


def manifold(images: Tensor) -> Picture:
    """Draw the map of a 2-D z, as `latent.manifold` lays it out, with z at its sides.

    Args:
        images: (size², C, H, W), row by row from the top.
    """
    size = math.isqrt(len(images))
    canvas = tile(images, columns=size)
    side = canvas.shape[0] / size  # pixels of an image
    plot = Figure(figsize=(6.4, 6.4), layout="constrained")
    axes = plot.subplots()
    axes.imshow(canvas)
    shares = (torch.arange(size, dtype=torch.float64) + 0.5) / size
    z = torch.special.ndtri(shares).tolist()
    shown = sorted({0, size // 4, size // 2, size - 1 - size // 4, size - 1})
    middles = [(k + 0.5) * side - 0.5 for k in shown]
    names = [f"{z[k]:.2f}" for k in shown]
    axes.set_xticks(middles, names)
    axes.set_yticks([canvas.shape[0] - 1 - middle for middle in middles], names)
    axes.tick_params(labelsize=SIZE - 1, colors=GREY, length=0)
    axes.set_xlabel("first number of z", fontsize=SIZE)
    axes.set_ylabel("second number of z", fontsize=SIZE)
    axes.spines[:].set_visible(False)
    alt = (
        f"A map of {size} by {size} generated images. From left to right the first "
        f"number of z grows from {names[0]} to {names[-1]}, from bottom to top the "
        "second. Neighbours look alike, and one kind of image turns into the next."
    )
    return figure(plot, alt)


def lengths(norms: Mapping[int, Tensor]) -> Picture:
    """Draw how long z are, for some latent_dims.

    Args:
        norms: latent_dim -> lengths of many z, (N,).
    """
    plot, axes = panels(height=3)
    told = []
    colours = (GREY, FAKE, CRITIC, GRADIENT)
    for (size, values), colour in zip(norms.items(), colours, strict=False):
        counts, edges = np.histogram(values.numpy(), bins=40, density=True)
        axes.stairs(counts, edges, color=colour, fill=True, alpha=0.35)
        axes.stairs(counts, edges, color=colour, linewidth=1.5)
        mean, spread = float(values.mean()), float(values.std())
        text = f"d = {size}\n{mean:.1f} ± {spread:.2f}"
        say(axes, mean, float(counts.max()) * 1.05, text, colour, ha="center")
        told.append(f"d = {size}: {mean:.2f} ± {spread:.2f}")
    axes.set_xlim(0, None)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.35)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("length of z")
    return figure(plot, "How long z are. " + "; ".join(told) + ".")


def norm_curves(t: Tensor, paths: Mapping[str, Tensor], typical: float) -> Picture:
    """Draw the length of z on the way between two, for many pairs.

    Args:
        t: (T,), from 0 to 1.
        paths: name -> lengths of z, (pairs, T).
        typical: length of a typical z, where a band of ± 1.4 (two standard deviations)
            is drawn.
    """
    plot, axes = panels(height=3.6)
    axes.axhspan(typical - 1.4, typical + 1.4, color=FAKE, alpha=0.12, linewidth=0)
    say(axes, 0.01, typical + 1.3, "19 of 20 z are that long", FAKE, va="top")
    told = []
    styles = ((GREY, "--"), (CRITIC, "-"), (GRADIENT, "-."))
    for (name, norms), (colour, style) in zip(paths.items(), styles, strict=False):
        axes.plot(t, norms.T, color=colour, alpha=0.15, linewidth=0.8)
        mean = norms.mean(0)
        axes.plot(t, mean, color=colour, linestyle=style, linewidth=2.5)
        middle = float(mean[len(t) // 2])
        say(axes, 0.5, middle - 0.15, f"{name}: {middle:.1f} half way", colour,
            ha="center", va="top")  # fmt: skip
        told.append(f"{middle:.2f} for {name}")
    axes.set_ylim(0, typical + 2.2)
    axes.set_xlabel("t")
    axes.set_ylabel("length of z")
    alt = (
        f"Length of z on the way between two, for {len(norms)} pairs and their mean. "
        f"At the ends about {typical:g}; half way " + ", ".join(told) + "."
    )
    return figure(plot, alt)


def strips(
    named: Mapping[str, Tensor],
    labels: Sequence[str] = (),
    below: str = "",
    alt: str | None = None,
) -> Picture:
    """Draw rows of images with names on the left, and numbers below the columns.

    Args:
        named: name -> images (N, C, H, W), all of one size and number.
        labels: what stands below each column.
        below: what these are, in words.
        alt: alternative text; by default the names, and the first and last label.
    """
    columns = max(map(len, named.values()))
    height = INCHES * len(named) + (0.3 if labels else 0) + (0.25 if below else 0)
    plot = Figure(figsize=(LEFT + INCHES * columns, height))
    wide, high = plot.get_size_inches()
    for row, (name, images) in enumerate(named.items()):
        place = (LEFT / wide, 1 - INCHES * (row + 1) / high)
        axes = plot.add_axes(
            (*place, INCHES * len(images) / wide, (INCHES - 0.04) / high)
        )
        canvas = tile(images, len(images), gap=1)
        axes.imshow(canvas, aspect="auto")
        axes.spines[:].set_visible(False)
        step = canvas.shape[1] / len(images)
        last = row == len(named) - 1
        axes.set_xticks(
            [(k + 0.5) * step for k in range(len(labels))] if last else [],
            labels if last else [],
        )
        axes.set_yticks([canvas.shape[0] / 2], [name])
        axes.tick_params(labelsize=SIZE - 1, colors=GREY, length=0)
        if last and below:
            axes.set_xlabel(below, fontsize=SIZE, color=GREY)
    alt = alt or f"Rows of images, from top to bottom: {', '.join(named)}" + (
        f"; from left to right, {below} from {labels[0]} to {labels[-1]}."
        if labels
        else "."
    )
    return figure(plot, alt)


def equation(terms: Sequence[Tensor | str], names: Sequence[str]) -> Picture:
    """Draw a sum of images: images with signs between them, and a name below each.

    Args:
        terms: images (C, H, W), and signs such as "+", in the order of reading.
        names: of the images.
    """
    plot = Figure(figsize=(0.95 * len(terms), 1.5))
    left = iter(names)
    for place, term in enumerate(terms):
        x = (place + 0.02) / len(terms)
        axes = plot.add_axes((x, 0.2, 0.96 / len(terms), 0.8))
        axes.set_axis_off()
        if isinstance(term, str):
            axes.text(0.5, 0.5, term, fontsize=22, color=GREY, ha="center", va="center")
        else:
            axes.imshow(tile(term[None], 1))
            axes.text(0.5, -0.05, next(left), transform=axes.transAxes,
                      fontsize=SIZE - 1, color=GREY, ha="center", va="top")  # fmt: skip
    left = iter(names)
    spoken = [term if isinstance(term, str) else next(left) for term in terms]
    return figure(plot, "Generated images, as a sum: " + " ".join(spoken))
