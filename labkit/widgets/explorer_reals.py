"""The real images that the explorer compares a generated one with."""

import functools
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from labkit import data, metrics, zoo
from labkit.data import ImageSet, normalise
from labkit.errors import LabkitError
from labkit.image_files import png, tile
from labkit.inversion import pixel_errors

CARRIED = 256  # real images that a page without a kernel brings along, at most,
CARRIED_NUMBERS = 600_000  # and this many numbers: it stays a small file
COLUMNS = 16  # of their sheet
CHUNK = 1000  # images compared at once
TESTED = 100  # images of the test split that say what is near
PIXELS = 1024  # an image of more is not compared with the test split: it takes seconds
GARMENTS = (
    "T-shirt", "pair of trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def dataset_of(generator: str) -> str | None:
    """The name of the set that a generator was trained on, where that is known.

    Args:
        generator: a name of the zoo, or the path of a run's folder or of a file in it.
    """
    if generator in zoo.names():
        return zoo.entries()[generator]["dataset"]
    path = Path(generator)
    config = (path if path.is_dir() else path.parent) / "config.json"
    try:
        return json.loads(config.read_text(encoding="utf-8"))["dataset"]
    except (OSError, ValueError, KeyError):
        return None


class Reals:
    """Training images, read when they are first needed.

    Args:
        name: of the set, as `labkit.data.load` takes it, or the set itself.
        shape: (C, H, W) of the generated images.
    """

    def __init__(self, name: str | ImageSet, shape: tuple[int, int, int]) -> None:
        self._given, self._shape = name, shape
        self.name = name if isinstance(name, str) else name.name

    @functools.cached_property
    def images(self) -> ImageSet:
        """The training images, of the shape of the generated ones."""
        found = self._load("train") if isinstance(self._given, str) else self._given
        if found.image_shape != self._shape:
            raise LabkitError(
                f"the real images are {found.image_shape}, (channels, height, width), "
                f"the generated ones {self._shape}. Choose others with "
                "Explorer(generator, real=…)."
            )
        return found

    def _load(self, split: str) -> ImageSet:
        return data.load(self._given, image_size=self._shape[1], split=split)

    def nearest(self, image: Tensor) -> tuple[Tensor, dict[str, Any]]:
        """Find the training image with the least mean square difference of pixels.

        Args:
            image: float (C, H, W) in [-1, 1].

        Returns:
            That image, uint8 (C, H, W), and "index", "difference" and the "words" for both.
        """
        parts = self.images.images.split(CHUNK)
        errors = torch.cat(
            [pixel_errors(normalise(part), image[None]) for part in parts]
        )
        index = int(errors.argmin())
        error = float(errors[index])
        words = (
            f"training image {index} of {len(errors)}{self._kind(index)}, "
            f"difference {error:.3f}"
        )
        if self.usual is not None:
            words += f" (a test image's nearest: {self.usual:.3f})"
        found = {"index": index, "difference": error, "words": words}
        return self.images.images[index], found

    @functools.cached_property
    def usual(self) -> float | None:
        """The difference of a new image, one of the test split, to its nearest."""
        train = self.images.images
        if train[0].numel() > PIXELS or not isinstance(self._given, str):
            return None
        test = self._load("test").images
        pixels = [normalise(side).flatten(1) for side in (test[:TESTED], train)]
        distances = metrics.nearest_distances(*pixels)
        return float((distances.square() / pixels[0].shape[1]).median())

    def _kind(self, index: int) -> str:
        """What the picture shows, where people gave it a name."""
        return (
            f", {self._named(int(self.images.labels[index]))}" if self._judged else ""
        )

    def seen(self, image: Tensor) -> str:
        """What the lab's classifier sees in an image (C, H, W), or nothing."""
        if not self._judged:
            return ""
        with torch.no_grad():
            shares = self._judge(image[None]).softmax(1)[0]
        best = int(shares.argmax())
        sure = round(100 * float(shares[best]))
        return f"the classifier sees {self._named(best)}, {sure} % sure"

    @property
    def _judged(self) -> bool:
        return self.name in metrics.CLASSIFIERS and self._shape == (1, 28, 28)

    @functools.cached_property
    def _judge(self) -> metrics.FeatureClassifier:
        return metrics.load_classifier(self.name)

    def _named(self, label: int) -> str:
        if self.name == "digits":
            return f"{'an' if label == 8 else 'a'} {label}"
        name = GARMENTS[label]
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

    def carried(self) -> bytes:
        """A sheet of the first training images, as PNG, without gaps."""
        pictures = self.images.images
        rows = CARRIED_NUMBERS // (pictures[0].numel() * COLUMNS)
        count = min(CARRIED, COLUMNS * max(1, rows))
        return png(tile(pictures[:count], COLUMNS))


@functools.lru_cache(maxsize=4)
def reals(name: str, shape: tuple[int, int, int]) -> Reals:
    """The training images of a set, shared by all explorers that ask for them."""
    return Reals(name, shape)
