"""Exercises of lab 09_evaluation, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/09_evaluation/09_evaluation.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import torch


def frechet_distance(mean_a, cov_a, mean_b, cov_b):
    """Squared Fréchet distance between two normal distributions.

    Args:
        mean_a, mean_b: means, (D,), float64.
        cov_a, cov_b: covariances, (D, D), symmetric; eigenvalues may be 0.

    Returns:
        One number, a float or a tensor of shape (): 0 for equal distributions.
    """
    # about 6 lines
    raise NotImplementedError("your turn: replace this line")


def nearest_neighbours(fake_features, real_features):
    """For each fake, the real image whose features are nearest (Euclidean distance).

    Args:
        fake_features: (N, D), float.
        real_features: (M, D), float; M need not be N.

    Returns:
        Indices into the real images: int64 tensor (N,), each in 0 … M - 1.
    """
    # about 2 lines
    raise NotImplementedError("your turn: replace this line")


def mode_coverage(labels, num_classes):
    """The share of the classes that occur at least once.

    Args:
        labels: the class of each image, int64 (N,), each in 0 … num_classes - 1.
        num_classes: how many classes there are.

    Returns:
        A number in [0, 1]: 1 when no class is missing.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")
