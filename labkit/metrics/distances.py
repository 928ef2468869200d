"""Distances between two sets of images: how far is generated from real?"""

import torch
from torch import Tensor
from torch.nn import functional as F

from labkit.data import load, normalise
from labkit.errors import BadValue
from labkit.metrics.classifier import FeatureClassifier, features, load_classifier


def moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and covariance (D, D) of features (N, D)."""
    return values.mean(0), torch.atleast_2d(values.T.cov())


def frechet_distance(
    mean_a: Tensor, cov_a: Tensor, mean_b: Tensor, cov_b: Tensor
) -> Tensor:
    """Squared Fréchet distance between two normal distributions.

    ‖m_a − m_b‖² + tr(C_a + C_b − 2 (C_a C_b)^½), from Dowson and Landau 1982; on
    features of a network it is the FID of Heusel et al. 2017.

    Args:
        mean_a, mean_b: (D,). cov_a, cov_b: (D, D), symmetric, no negative eigenvalues.

    Returns:
        A 0-d tensor, at least 0.
    """
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.T  # C_a^½
    cross = torch.linalg.eigvalsh(root @ cov_b @ root)  # eigenvalues of C_a C_b
    spread = cov_a.trace() + cov_b.trace() - 2 * cross.clamp_min(0).sqrt().sum()
    return ((mean_a - mean_b).square().sum() + spread).clamp_min(0)


def kernel_distance(
    a: Tensor, b: Tensor, subsets: int = 50, size: int = 500, seed: int = 0
) -> tuple[float, float]:
    """Kernel distance: how differently two sets resemble themselves and each other.

    The unbiased squared MMD with the kernel (x·y/D + 1)³, the KID of Bińkowski et al.
    2018. Unlike the Fréchet distance, its expected value does not depend on how many
    features there are; it may come out a little below 0.

    Args:
        a, b: features (N, D) and (M, D).
        subsets: the distance is taken between so many random subsets …
        size: … of so many features each; of all of them where there are fewer.
        seed: chooses the subsets.

    Returns:
        Mean over the subsets, and their standard deviation.
    """
    size = min(size, len(a), len(b))
    if size < 2 or subsets < 1:
        raise BadValue(
            "the kernel distance takes two features or more of each side, and a "
            f"subset or more; got {len(a)} and {len(b)} features, subsets={subsets}."
        )
    rng = torch.Generator().manual_seed(seed)
    values = torch.stack([
        _squared_mmd(*(side[_some(len(side), size, rng)] for side in (a, b)))
        for _ in range(subsets)
    ])  # fmt: skip
    return values.mean().item(), values.std(correction=0).item()


def _some(count: int, size: int, rng: torch.Generator) -> Tensor:
    return torch.randperm(count, generator=rng)[:size]


def _squared_mmd(a: Tensor, b: Tensor) -> Tensor:
    """The unbiased estimate from two sets of the same size (n, D)."""
    n, width = a.shape

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x @ y.T / width + 1) ** 3

    def among(x: Tensor) -> Tensor:  # the mean over pairs of two different ones
        values = kernel(x, x)
        return (values.sum() - values.trace()) / (n * (n - 1))

    return among(a) + among(b) - 2 * kernel(a, b).mean()


def distance(images: Tensor, real: Tensor, classifier: FeatureClassifier) -> float:
    """FID_c: Fréchet distance between the features of two sets of images.

    Args:
        images, real: (N, C, 28, 28), uint8, or float in [-1, 1]. Use as many of each as
            you can: with few images the distance is too large.
    """
    sides = (moments(features(side, classifier)) for side in (images, real))
    return float(frechet_distance(*next(sides), *next(sides)))


def blur(images: Tensor) -> Tensor:
    """Blur float images (N, C, H, W) by a 3×3 box; the yardstick of FID_c is 14.5."""
    return F.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)


def scale(name: str) -> dict[str, float]:
    """What the size of FID_c means for a data set: distances to its test images.

    Returns:
        The distance of real training images, of slightly blurred test images (resized
        to 32 pixels and back, and by a 3×3 box) and of uniform noise.
    """
    classifier = load_classifier(name)
    test, train = load(name, split="test").images, load(name).images
    small = normalise(test)
    resized = F.interpolate(small, 32, mode="bilinear", align_corners=False)
    resized = F.interpolate(resized, 28, mode="bilinear", align_corners=False)
    return {
        "real training images": distance(train, test, classifier),
        "real, resized to 32 and back": distance(resized, test, classifier),
        "real, blurred by a 3×3 box": distance(blur(small), test, classifier),
        "uniform noise": distance(noise_like(test), test, classifier),
    }


def noise_like(images: Tensor) -> Tensor:
    """Uniform noise in [-1, 1] of the shape of some images, the same every time."""
    rng = torch.Generator().manual_seed(0)
    return torch.rand(images.shape, generator=rng) * 2 - 1
