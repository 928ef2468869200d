"""Make the weights of the trained start: `python -m labkit.playground.trained`.

For each set of points the best of three seeds, trained with falling rates; the file is
labkit/playground/trained.npy, float32 (4, weights of critic and generator).
"""

import numpy as np

from labkit.playground.replay import SETS, TRAINED, Game
from labkit.playground.state import DEFAULTS
from labkit.points import NEAR

STAGES = ((1500, 1.0, 0.1), (1500, 0.5, 0.1), (1500, 0.2, 0.0), (500, 0.1, 0.0))


def best(data: str, seeds: range = range(3)) -> tuple[float, np.ndarray]:
    """Train from several seeds; return the highest mark and the weights that have it."""
    return max((trained(data, seed) for seed in seeds), key=lambda each: each[0])


def trained(data: str, seed: int) -> tuple[float, np.ndarray]:
    """Train from one seed; its mark is the share of fakes and of real points met."""
    game = Game(DEFAULTS | {"data": data, "seed": seed, "k": 2})
    for iterations, pace, noise in STAGES:
        for player in ("critic", "generator"):
            rate = pace * DEFAULTS[f"lr_{player}"]
            game.change(f"lr_{player}", rate)
        game.change("noise", noise)
        for _ in range(iterations):
            game.iteration()
    gaps = np.linalg.norm(game.fakes()[:, None] - game.real, axis=2)
    mark = (gaps.min(1) < NEAR / 2).mean() + (gaps.min(0) < NEAR / 2).mean()
    return float(mark), np.concatenate([game.critic.weights, game.generator.weights])


if __name__ == "__main__":
    marks, weights = zip(*(best(data) for data in SETS), strict=True)
    np.save(TRAINED, np.stack(weights).astype(np.float32))
    print(dict(zip(SETS, marks, strict=True)))
