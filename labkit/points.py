"""Sets of points of the plane, to be learnt by a very small GAN, and their modes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labkit.errors import BadValue

NAMES = ("ring", "grid", "moons", "line")
NOISE = 0.05  # standard deviation around a mode or a line, in both coordinates
EXTENT = 2.25  # pictures show the square from -EXTENT to EXTENT
NEAR = 4 * NOISE  # a fake this near to a mode is good


def points(name: str, count: int = 2000, seed: int = 0) -> Tensor:
    """Draw points of one of the sets: "ring", "grid", "moons" or "line".

    Args:
        name: the ring has 8 modes on a circle of radius 1.5, the grid 5 by 5 from
            -1.5 to 1.5; two moons and a line have no modes.
        count: how many, at least 1.
        seed: of the draw.

    Returns:
        float32 (count, 2), with noise of standard deviation 0.05.

    Raises:
        BadValue: there is no such set.
    """
    if count < 1:
        raise BadValue(f"count is 1 or more; got {count}")
    rng = torch.Generator().manual_seed(seed)
    if name in ("ring", "grid"):
        modes = centres(name)
        clean = modes[torch.randint(len(modes), (count,), generator=rng)]
    elif name == "moons":
        angle = math.pi * torch.rand(count, generator=rng)
        arc = torch.stack([angle.cos(), angle.sin()], 1) - torch.tensor([0.5, 0.25])
        upper = torch.rand(count, 1, generator=rng) < 0.5
        clean = torch.where(upper, arc, -arc)
    elif name == "line":
        along = 2 * torch.rand(count, 1, generator=rng) - 1
        clean = along * torch.tensor([1.5, 1.0])
    else:
        raise BadValue(f"the sets of points are {', '.join(NAMES)}; got {name!r}")
    return clean + NOISE * torch.randn(count, 2, generator=rng)


def centres(name: str) -> Tensor:
    """The modes of "ring" (8) or "grid" (25), float32 (modes, 2)."""
    if name == "ring":
        angle = 2 * math.pi * torch.arange(8) / 8
        return 1.5 * torch.stack([angle.cos(), angle.sin()], 1)
    if name == "grid":
        side = torch.linspace(-1.5, 1.5, 5)
        return torch.cartesian_prod(side, side)
    raise BadValue(f"modes are known of ring and grid; got {name!r}")


def own_points(typed: Sequence[Sequence[float]] | Tensor) -> Tensor:
    """Turn points that somebody typed, [(0, 1), (0.5, -1), …], into a tensor.

    Returns:
        float32 (N, 2).

    Raises:
        BadValue: they are not pairs of numbers, too few, or outside the picture.
    """
    try:
        drawn = torch.as_tensor(typed, dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError):
        raise BadValue(
            "points are pairs of numbers, [(0, 1), (0.5, -1)] say; "
            "one of these is something else, or has not two numbers"
        ) from None
    if drawn.dim() != 2 or drawn.shape[1] != 2 or len(drawn) < 2:
        raise BadValue(
            "points are pairs, [(0, 1), (0.5, -1)] say, and at least two of them: "
            f"shape (N, 2); got shape {tuple(drawn.shape)}"
        )
    if not (drawn.abs() <= EXTENT).all():  # nan is caught too
        worst = drawn[(drawn.abs() <= EXTENT).logical_not().any(1)][0].tolist()
        raise BadValue(
            f"points lie between -{EXTENT} and {EXTENT}, where the pictures end; "
            f"got ({worst[0]:g}, {worst[1]:g}). Divide them all by the same number."
        )
    return drawn


class Modes(NamedTuple):
    """How many modes the fakes cover, and the share of fakes near any mode."""

    count: int
    good: float


def modes_covered(fakes: Tensor, modes: Tensor, near: float = NEAR) -> Modes:
    """Count the modes that fakes have found.

    A fake is good if a mode lies within `near` of it. A mode is covered if it has a
    quarter of the good fakes that it would have if all modes had equally many.

    Args:
        fakes: (N, 2). modes: (M, 2), as `centres` gives them.
        near: distance; 0.2 is four standard deviations of the sets' noise.

    Returns:
        (count of covered modes, share of good fakes).
    """
    distance, nearest = torch.cdist(fakes.detach(), modes).min(1)
    good = distance <= near
    found = torch.bincount(nearest[good], minlength=len(modes))
    fair = len(fakes) / len(modes)
    return Modes(int((found >= fair / 4).sum()), float(good.double().mean()))
