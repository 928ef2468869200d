"""Random numbers that a page and Python draw alike, and what the playground draws.

The page's half is labkit/widgets/toynet.js and playground_data.js. Numbers are rounded
to multiples of 2^-24, because logarithms and cosines may differ in their last digit.
"""

from collections.abc import Callable

import numpy as np

from labkit.points import NOISE, centres

POINTS = 512  # real points of a run
_STEP = np.uint32(0x6D2B79F5)
_FINE = 2.0**24


class Dice:
    """mulberry32, a mixer of 32 bits by Tommy Ettinger.

    Args:
        seed: a whole number from 0.
        stream: 0 to 15, independent uses of one seed: 0 weights, 1 real points,
            2 the game, 3 the z of the picture.
    """

    def __init__(self, seed: int, stream: int = 0) -> None:
        self._state = _mix(np.array([seed * 16 + stream], np.uint64).astype(np.uint32))

    def uniforms(self, count: int) -> np.ndarray:
        """The next `count` numbers of [0, 1), float64."""
        states = self._state + _STEP * np.arange(1, count + 1, dtype=np.uint32)
        self._state = states[-1:]
        return _mix(states) / 2.0**32

    def normals(self, count: int) -> np.ndarray:
        """The next `count` numbers of N(0, 1), float64 (Box and Muller 1958)."""
        drawn = self.uniforms(2 * (-(-count // 2)))
        first, second = drawn.reshape(2, -1)
        length = np.sqrt(-2 * np.log(first + 2.0**-33))
        angle = 2 * np.pi * second
        pairs = np.stack([length * np.cos(angle), length * np.sin(angle)], 1)
        return fine(pairs.ravel()[:count])


def _mix(numbers: np.ndarray) -> np.ndarray:
    one = np.uint32(1)
    mixed = (numbers ^ (numbers >> np.uint32(15))) * (numbers | one)
    mixed ^= mixed + (mixed ^ (mixed >> np.uint32(7))) * (mixed | np.uint32(61))
    return mixed ^ (mixed >> np.uint32(14))


def fine(numbers: np.ndarray) -> np.ndarray:
    """Round to multiples of 2^-24."""
    return np.floor(numbers * _FINE + 0.5) / _FINE


# How z is drawn: how many numbers, and `count` of such z, (count, numbers).
LATENT: dict[str, tuple[int, Callable[[Dice, int], np.ndarray]]] = {
    "normal": (2, lambda dice, count: dice.normals(2 * count).reshape(-1, 2)),
    "square": (
        2,
        lambda dice, count: (
            np.sqrt(3) * (2 * dice.uniforms(2 * count).reshape(-1, 2) - 1)
        ),
    ),
    "line": (1, lambda dice, count: dice.normals(count).reshape(-1, 1)),
}


def modes_of(data: str, own: list) -> np.ndarray | None:
    """The modes of a set, (M, 2); none of moons and line. Drawn points are their own."""
    if data == "own":
        return np.array(own, float)
    if data == "ring":  # centres("ring") in float64
        angle = 2 * np.pi * np.arange(8) / 8
        return 1.5 * np.stack([np.cos(angle), np.sin(angle)], 1)
    return centres(data).double().numpy() if data == "grid" else None


def real_points(data: str, own: list, seed: int) -> np.ndarray:
    """Real points of a run, float64 (512, 2): the sets of `labkit.points`, or drawn."""
    dice = Dice(seed, 1)
    modes = modes_of(data, own)
    if data == "own":
        clean = modes[np.arange(POINTS) % len(modes)]
    elif modes is not None:
        clean = modes[(dice.uniforms(POINTS) * len(modes)).astype(int)]
    elif data == "moons":
        angle = np.pi * dice.uniforms(POINTS)
        side = np.where(dice.uniforms(POINTS) < 0.5, 1, -1)
        clean = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], 1)
        clean *= side[:, None]
    else:
        along = 2 * dice.uniforms(POINTS) - 1
        clean = np.stack([1.5 * along, along], 1)
    return fine(clean + NOISE * dice.normals(2 * POINTS).reshape(-1, 2))
