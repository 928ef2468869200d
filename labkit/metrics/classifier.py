"""The small networks whose features the lab's numbers are taken from."""

import functools
from pathlib import Path

import torch
from safetensors.torch import load_model
from torch import Tensor, nn

from labkit.data import normalise, zoo_folder
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
        images: (N, C, 28, 28), uint8, or float in [-1, 1]. Each channel is looked at
            by itself, and their features lie side by side.
        classifier: see `load_classifier`.

    Returns:
        float64 (N, 64·C).
    """
    planes = _planes(images, classifier.features)
    return planes.double().view(len(images), -1)


def classify(images: Tensor, classifier: FeatureClassifier) -> Tensor:
    """Name the class of images; of several channels, the classes read as one number.

    Stacked digits have three channels with a digit each: 2 in the first, 0 in the
    second and 7 in the third are class 207 of 1000 (Srivastava et al. 2017, VEEGAN).

    Args:
        images: (N, C, 28, 28), uint8, or float in [-1, 1].
        classifier: see `load_classifier`.

    Returns:
        int64 (N,), 0 … 10^C - 1.
    """
    with torch.no_grad():
        digits = _planes(images, classifier).argmax(1).view(len(images), -1)
    place = 10 ** torch.arange(digits.shape[1] - 1, -1, -1)
    return (digits * place).sum(1)


def _planes(images: Tensor, network: nn.Module) -> Tensor:
    """Show a network every channel of every image as a grey one; (N·C, …)."""
    if images.dim() != 4 or images.shape[2:] != (28, 28):
        raise LabkitError(
            f"the classifier takes images (N, C, 28, 28); got {tuple(images.shape)}."
        )
    chunks = (
        normalise(chunk) if chunk.dtype == torch.uint8 else chunk.float()
        for chunk in images.reshape(-1, 1, 28, 28).split(CHUNK)
    )
    return torch.cat([network(chunk) for chunk in chunks])
