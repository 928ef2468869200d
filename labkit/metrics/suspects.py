"""Lab 09's five painters: who copies, who repeats, who blurs, who paints?"""

import torch
from torch import Tensor

from labkit import zoo
from labkit.data import load, normalise
from labkit.latent import sample
from labkit.metrics.classifier import classify, load_classifier
from labkit.metrics.distances import blur

KNOWN = 3000  # training images that the copies are taken from
TRADES = {
    "A": "copies, moved by a pixel",
    "B": "ones, sevens and noughts",
    "C": "a generator",
    "D": "copies",
    "E": "real, blurred",
}


def suspects(count: int = 500) -> dict[str, Tensor]:
    """Images of digits from five painters, A to E. Their trades are in `TRADES`.

    Args:
        count: images of each, at most 500.

    Returns:
        "A" … "E" -> float32 (count, 1, 28, 28) in [-1, 1].
    """
    real = normalise(load("digits").images[: KNOWN + count])
    painted = sample(zoo.load("digits"), 4 * count, seed=1)
    labels = classify(painted, load_classifier("digits"))
    few = painted[torch.isin(labels, torch.tensor([0, 1, 7]))]
    return {
        "A": torch.roll(real[count : 2 * count], 1, dims=3),
        "B": few[:count],
        "C": painted[:count],
        "D": real[:count],
        "E": blur(real[KNOWN : KNOWN + count]),
    }
