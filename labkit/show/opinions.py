"""Pictures of lab 02: how an activation bends, and what a critic says of images."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from labkit.show.axes import GREY, panels, title
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure

STYLES = ("--", "-", ":", "-.")


def activations(named: Mapping[str, Callable[[Tensor], Tensor]]) -> Picture:
    """Draw activations and their slopes.

    Args:
        named: name -> an elementwise function of tensors.
    """
    x = torch.linspace(-3, 3, 601, requires_grad=True)
    plot, (values, slopes) = panels(2, width=8.5, height=3.2)
    told = []
    for (name, function), style in zip(named.items(), STYLES, strict=False):
        y = function(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        line = {"linestyle": style, "linewidth": 2.2, "label": name}
        values.plot(x.detach(), y.detach(), color=CRITIC, **line)
        slopes.plot(x.detach(), slope, color=GRADIENT, **line)
        told.append(f"{name}: {float(slope[0]):g} below 0, {float(slope[-1]):g} above")
    title(values, "what goes forward")
    title(slopes, "the slope: what comes back")
    slopes.set_ylim(-0.08, 1.15)
    for axes in (values, slopes):
        axes.set_xlabel("input")
        axes.legend(frameon=False, labelcolor=GREY, handlelength=3)
    return figure(plot, "Activations and their slopes. " + "; ".join(told) + ".")


def opinions(named: Mapping[str, tuple[Tensor, Tensor]]) -> Picture:
    """Draw the scores that critics give to real images and to fakes.

    Args:
        named: title -> (logits of real images, logits of fakes), one panel each.
    """
    plot, axes = panels(len(named), width=3.1 * len(named) + 0.6, height=3)
    sentences = []
    for one, (name, pair) in zip(np.atleast_1d(axes), named.items(), strict=True):
        real, fake = (logits.detach().flatten().float() for logits in pair)
        right = float(((real > 0).sum() + (fake < 0).sum()) / (len(real) + len(fake)))
        both = torch.cat([real, fake])
        edges = np.linspace(float(both.min()), float(both.max()) + 1e-6, 41)
        one.hist(real.numpy(), edges, color=REAL, alpha=0.45, label="real")
        one.hist(fake.numpy(), edges, histtype="step", color=FAKE, linewidth=2,
                 linestyle="--", label="fake")  # fmt: skip
        one.axvline(0, color=GREY, linewidth=1, linestyle=":")
        one.set_ylim(0, one.get_ylim()[1] * 1.2)
        one.set_yticks([])
        one.spines["left"].set_visible(False)
        one.set_xlabel("logit:  ← fake     real →")
        title(one, f"{name}: {right:.0%} right")
        sentences.append(
            f"{name}: {right:.0%} right, mean logit {float(real.mean()):.1f} for real "
            f"images, {float(fake.mean()):.1f} for fakes"
        )
    np.atleast_1d(axes)[0].legend(frameon=False, labelcolor=GREY)
    return figure(plot, "Histograms of logits. " + "; ".join(sentences) + ".")
