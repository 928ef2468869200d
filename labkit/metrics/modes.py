"""Which classes turn up among generated images, and how evenly."""

import math

import torch
from torch import Tensor


def mode_coverage(labels: Tensor, num_classes: int) -> float:
    """The share of the classes that occur at least once.

    Papers often print the count instead, "modes covered": 1000 times this number for
    stacked digits.

    Args:
        labels: the class of each image, int64 (N,), 0 … num_classes - 1.
        num_classes: how many classes there are.

    Returns:
        In [0, 1]; 1 when no class is missing.
    """
    return labels.unique().numel() / num_classes


def mode_divergence(labels: Tensor, num_classes: int) -> float:
    """How unevenly the classes occur: KL(shares ‖ uniform), in nats.

    Args:
        labels: int64 (N,), 0 … num_classes - 1. num_classes: how many there are.

    Returns:
        0 when all classes are equally frequent, ln(num_classes) when only one occurs.
        Few labels are uneven by chance: compare with real ones of the same number.
    """
    counts = torch.bincount(labels, minlength=num_classes)
    shares = counts.double() / len(labels)
    return math.log(num_classes) - torch.special.entr(shares).sum().item()
