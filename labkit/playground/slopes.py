"""The losses of `labkit.losses` by hand, each with its slopes, for `replay`.

critic(real, fake) → (d loss / d real, d loss / d fake) and generator(fake, real) →
d loss / d fake, all (B,). A replay needs where the weights go, and not what it costs.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Slopes(NamedTuple):
    """One way to play; penalty "one" or "zero" and clip as in `labkit.objectives`."""

    critic: Callable[[Array, Array], tuple[Array, Array]]
    generator: Callable[[Array, Array | None], Array]
    penalty: str | None = None
    clip: float | None = None
    compares: bool = False


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def _softplus(x: Array) -> Array:
    return np.where(x > 20, 1, _sigmoid(x))  # torch's is a straight line from 20


def _cross_entropy(real: Array, fake: Array) -> tuple[Array, Array]:
    return -_sigmoid(-real) / 2 / len(real), _softplus(fake) / 2 / len(fake)


def _distance(real: Array, fake: Array) -> tuple[Array, Array]:
    return np.full(real.shape, -1 / len(real)), np.full(fake.shape, 1 / len(fake))


def _up(fake: Array, _: Array | None) -> Array:
    return np.full(fake.shape, -1 / len(fake))


def _relativistic(real: Array, fake: Array) -> tuple[Array, Array]:
    slope = _softplus(fake - real) / len(real)
    return -slope, slope


SLOPES = {
    "vanilla": Slopes(_cross_entropy, lambda fake, _: -_softplus(-fake) / len(fake)),
    "minimax": Slopes(_cross_entropy, lambda fake, _: -_softplus(fake) / len(fake)),
    "least-squares": Slopes(
        lambda real, fake: ((real - 1) / len(real), fake / len(fake)),
        lambda fake, _: (fake - 1) / len(fake),
    ),
    "hinge": Slopes(
        lambda real, fake: ((real < 1) / -len(real), (fake > -1) / len(fake)), _up
    ),
    "wgan-clip": Slopes(_distance, _up, clip=0.1),
    "wgan-gp": Slopes(_distance, _up, penalty="one"),
    "relativistic": Slopes(
        _relativistic,
        lambda fake, real: -_softplus(real - fake) / len(fake),
        penalty="zero",
        compares=True,
    ),
}


def pull(kind: str, slopes: Array) -> Array:
    """From the score's slopes at places (B, 2) to the penalty's slopes there.

    Args:
        kind: "one", the mean of (‖slope‖ − 1)², or "zero", half the mean of ‖slope‖².
    """
    if kind == "zero":
        return slopes / len(slopes)
    length = np.sqrt((slopes**2).sum(1, keepdims=True))
    factor = np.divide(2 * (length - 1), length, out=0 * length, where=length != 0)
    return factor * slopes / len(slopes)
