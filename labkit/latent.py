"""The space that a generator draws from: samples, paths, walks and maps.

A z is a row of `latent_dim` numbers from N(0, 1). In many dimensions nearly all of them
have about the same length, √latent_dim: they lie on a shell, and a path between two of
them had better stay there.
"""

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from labkit.errors import BadValue

CHUNK = 500  # images a forward
SHORT_ARC = 1e-4  # sine of an angle below which an arc is computed as a line

Path = Callable[[Tensor, Tensor, float], Tensor]


def draw(
    latent_dim: int, count: int, seed: int = 0, truncation: float | None = None
) -> Tensor:
    """Draw z from N(0, 1). The z of a seed are a prefix of each other.

    Args:
        latent_dim: length of each z.
        count: how many, at least 1.
        seed: of the random numbers.
        truncation: draw every number beyond ±truncation again until it is inside
            (Brock, Donahue and Simonyan 2019): more typical images, fewer kinds. The
            other numbers of a z stay as they are.

    Returns:
        float32 (count, latent_dim), on the CPU.
    """
    if count < 1:
        raise BadValue(f"count is 1 or more; got {count}")
    if truncation is not None and not truncation >= 0.01:
        raise BadValue(
            f"truncation is the largest number allowed in z, 0.5 to 2 say; "
            f"got {truncation}"
        )
    rng = torch.Generator().manual_seed(seed)
    z = torch.stack([torch.randn(latent_dim, generator=rng) for _ in range(count)])
    if truncation is not None:
        again = torch.Generator().manual_seed(seed)
        for row in z.numpy():  # one after the other: more rows leave the first as is
            outside = np.flatnonzero(np.abs(row) > truncation)
            while len(outside):
                row[outside] = new = torch.randn(len(outside), generator=again).numpy()
                outside = outside[np.abs(new) > truncation]
    return z


def sample(
    generator: nn.Module, count: int, seed: int = 0, truncation: float | None = None
) -> Tensor:
    """Draw images from fresh z of N(0, 1), with the generator in eval mode.

    The z of a seed are a prefix of each other: asking for more images keeps the first.

    Args:
        generator: (B, latent_dim) → images; carries `latent_dim`; its mode is kept.
        count: how many images, at least 1.
        seed, truncation: see `draw`.

    Returns:
        float32 (count, C, H, W) in [-1, 1], on the CPU.
    """
    return images(generator, draw(generator.latent_dim, count, seed, truncation))


@torch.no_grad()
def images(generator: nn.Module, z: Tensor) -> Tensor:
    """Draw the image of each z, with the generator in eval mode, which is then undone.

    Args:
        generator: (B, latent_dim) → images (B, C, H, W), on any device.
        z: (N, latent_dim).

    Returns:
        float32 (N, C, H, W), on the CPU.
    """
    weight = next(generator.parameters(), z)
    with evaluating(generator):
        parts = [generator(part.to(weight.device)) for part in z.split(CHUNK)]
    return torch.cat([part.float().cpu() for part in parts])


@contextlib.contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Put a network into eval mode for a block; each of its modules gets its own back."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, was_training in modes:
            module.training = was_training


def lerp(z0: Tensor, z1: Tensor, t: float) -> Tensor:
    """Go along the straight line from z0 (t = 0) to z1 (t = 1).

    Args:
        z0, z1: (D,) or (B, D).
        t: how far, as a share of the way.
    """
    return (1 - t) * z0 + t * z1


def slerp(z0: Tensor, z1: Tensor, t: float) -> Tensor:
    """Go along the arc from z0 (t = 0) to z1 (t = 1), at constant angular speed.

    Between ends of equal length all points have that length. The weights are
    sin((1 − t)Ω) / sin Ω and sin(tΩ) / sin Ω, with Ω the angle between the two
    (Shoemake 1985). Ends in one direction, or in opposite ones, which span no plane, are
    joined by a line.

    Args:
        z0, z1: (D,) or (B, D); each row has its own angle.
        t: how far, as a share of the way.
    """
    u0, u1 = _direction(z0), _direction(z1)
    far, near = (
        (u0 - u1).norm(dim=-1, keepdim=True),
        (u0 + u1).norm(dim=-1, keepdim=True),
    )
    angle = 2 * torch.atan2(far, near)  # exact for small angles too, unlike acos
    sine = angle.sin()
    arc = ((1 - t) * angle).sin() * z0 + (t * angle).sin() * z1
    arc = arc / sine.clamp_min(SHORT_ARC)
    return torch.where(sine < SHORT_ARC, lerp(z0, z1, t), arc)


def _direction(z: Tensor) -> Tensor:
    return z / z.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(z.dtype).tiny)


def average(z: Tensor) -> Tensor:
    """Average several z, and stretch the result to a typical length.

    The mean of many z is short, however much they have in common; a generator has
    learnt what to draw at √D only.

    Args:
        z: (N, D).

    Returns:
        (D,), of length √D.
    """
    return _direction(z.mean(0)) * z.shape[1] ** 0.5


def interpolate(
    generator: nn.Module, z0: Tensor, z1: Tensor, steps: int, path: Path = slerp
) -> Tensor:
    """Draw the images on the way from z0 to z1, both ends included.

    Args:
        generator: (B, D) → images (B, C, H, W); its mode is kept.
        z0, z1: (D,), or (1, D).
        steps: how many images, at least 2.
        path: `slerp`, `lerp`, or another function of (z0, z1, t).

    Returns:
        float32 (steps, C, H, W), on the CPU, without gradient.
    """
    if steps < 2:
        raise BadValue(f"steps counts both ends, so it is 2 or more; got {steps}")
    if z0.numel() != z1.numel():
        raise BadValue(
            f"z0 and z1 are two z of one generator; got shapes {tuple(z0.shape)} and "
            f"{tuple(z1.shape)}"
        )
    z0, z1 = z0.flatten(), z1.flatten()
    on_the_way = [path(z0, z1, k / (steps - 1)) for k in range(steps)]
    return images(generator, torch.stack(on_the_way))


def walk(generator: nn.Module, stops: Tensor, steps: int, path: Path = slerp) -> Tensor:
    """Draw a closed loop: from each z to the next, and from the last to the first.

    Args:
        generator: (B, D) → images (B, C, H, W); its mode is kept.
        stops: (N, D), N of at least 2.
        steps: images from one stop to the next.
        path: see `interpolate`.

    Returns:
        float32 (N · steps, C, H, W): every stop once, so that a film can run for ever.
    """
    if stops.dim() != 2 or len(stops) < 2 or steps < 1:
        raise BadValue(
            "a walk has 2 stops or more, (N, latent_dim), and 1 step or more between "
            f"them; got shape {tuple(stops.shape)} and {steps} steps"
        )
    z = [
        path(here, there, k / steps)
        for here, there in zip(stops, stops.roll(-1, 0), strict=True)
        for k in range(steps)
    ]
    return images(generator, torch.stack(z))


def plane(
    generator: nn.Module, corners: Tensor, size: int = 10, path: Path = slerp
) -> Tensor:
    """Draw the sheet between four z: paths along two sides, and paths between those.

    Args:
        generator: (B, D) → images (B, C, H, W); its mode is kept.
        corners: (4, D): upper left, upper right, lower left, lower right.
        size: images along each side, at least 2.
        path: see `interpolate`.

    Returns:
        float32 (size², C, H, W), row by row.
    """
    if corners.dim() != 2 or len(corners) != 4 or size < 2:
        raise BadValue(
            "a plane has four corners, (4, latent_dim), and 2 images or more on a side; "
            f"got shape {tuple(corners.shape)} and size {size}"
        )
    ways = [k / (size - 1) for k in range(size)]
    left = [path(corners[0], corners[2], down) for down in ways]
    right = [path(corners[1], corners[3], down) for down in ways]
    rows = zip(left, right, strict=True)
    z = [path(start, end, across) for start, end in rows for across in ways]
    return images(generator, torch.stack(z))


def manifold(generator: nn.Module, size: int = 20) -> Tensor:
    """Draw all that a generator of 2-D z can draw, as a map.

    The z stand at the normal's quantiles, so that each has the same share of the
    samples around it: the first number of z grows to the right, the second upwards.

    Args:
        generator: (B, 2) → images (B, C, H, W); carries `latent_dim`; its mode is kept.
        size: images along each side.

    Returns:
        float32 (size², C, H, W), row by row, from the top.
    """
    if generator.latent_dim != 2:
        raise BadValue(
            f"a map has two directions; this generator's z has {generator.latent_dim}. "
            "The zoo has one with two: labkit.zoo.load('digits-2d')."
        )
    return images(generator, map_points(size))


def map_points(size: int) -> Tensor:
    """The z of `manifold`: float32 (size², 2), row by row, from the top."""
    if size < 1:
        raise BadValue(f"size is 1 or more; got {size}")
    places = torch.special.ndtri((torch.arange(size, dtype=torch.float64) + 0.5) / size)
    down, right = torch.meshgrid(places.flip(0), places, indexing="ij")
    return torch.stack([right.flatten(), down.flatten()], 1).float()
