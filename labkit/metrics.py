"""How good are the pictures? Distances between what is real and what is generated.

The distances are taken between features of a small classifier that ships with the lab,
one for digits and one for fashion: a number of this lab, not to be compared with
published FIDs, which use the Inception network. `scale` says what its size means.
"""

import functools
from pathlib import Path

import torch
from safetensors.torch import load_model
from torch import Tensor, nn
from torch.nn import functional as F

from labkit.data import load, normalise, zoo_folder
from labkit.errors import LabkitError

CLASSIFIERS = ("digits", "fashion")
FEATURES = 64
CHUNK = 500  # images a forward


class FeatureClassifier(nn.Module):
    """A small CNN for 28×28 grey images; its last hidden layer is what we compare."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_stage(1, 32), nn.MaxPool2d(2), *_stage(32, 64), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * 7 * 7, FEATURES), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(FEATURES, 10)

    def features(self, images: Tensor) -> Tensor:
        """Map images (B, 1, 28, 28) in [-1, 1] to features (B, 64), not negative."""
        return self.body(images)

    def forward(self, images: Tensor) -> Tensor:
        """Score images (B, 1, 28, 28); returns the logits of ten classes (B, 10)."""
        return self.head(self.features(images))


def _stage(in_channels: int, out_channels: int) -> list[nn.Module]:
    return [
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    ]


@functools.cache
def load_classifier(name: str) -> FeatureClassifier:
    """Load the shipped classifier of "digits" or "fashion", in eval mode.

    Raises:
        LabkitError: there is none of that name, or its file is missing or damaged.
    """
    if name not in CLASSIFIERS:
        raise LabkitError(
            f"there are classifiers for {' and '.join(CLASSIFIERS)}; got {name!r}."
        )
    path = classifier_path(name)
    if not path.is_file():
        raise LabkitError(f"{path} is missing; `labkit doctor` says how to restore it.")
    classifier = FeatureClassifier()
    try:
        load_model(classifier, path)
    except Exception as error:  # safetensors raises several kinds
        raise LabkitError(f"{path} is damaged: {error}") from error
    return classifier.eval().requires_grad_(False)


def classifier_path(name: str) -> Path:
    """Where the classifier of a data set lies."""
    return zoo_folder() / f"classifier-{name}.safetensors"


@torch.no_grad()
def features(images: Tensor, classifier: FeatureClassifier) -> Tensor:
    """Features of images, computed in chunks.

    Args:
        images: (N, 1, 28, 28), uint8, or float in [-1, 1].
        classifier: see `load_classifier`.

    Returns:
        float64 (N, 64).
    """
    if images.dim() != 4 or images.shape[1:] != (1, 28, 28):
        raise LabkitError(
            f"the classifier takes images (N, 1, 28, 28); got {tuple(images.shape)}."
        )
    chunks = (
        normalise(chunk) if chunk.dtype == torch.uint8 else chunk.float()
        for chunk in images.split(CHUNK)
    )
    return torch.cat([classifier.features(chunk) for chunk in chunks]).double()


def moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and covariance (D, D) of features (N, D)."""
    return values.mean(0), values.T.cov()


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


def distance(images: Tensor, real: Tensor, classifier: FeatureClassifier) -> float:
    """FID_c: Fréchet distance between the features of two sets of images.

    Args:
        images, real: (N, 1, 28, 28), uint8, or float in [-1, 1]. Use as many of each as
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
    rng = torch.Generator().manual_seed(0)
    noise = torch.rand(test.shape, generator=rng) * 2 - 1
    return {
        "real training images": distance(train, test, classifier),
        "real, resized to 32 and back": distance(resized, test, classifier),
        "real, blurred by a 3×3 box": distance(blur(small), test, classifier),
        "uniform noise": distance(noise, test, classifier),
    }
