"""All numbers of a generator at once, with the scale that gives them a meaning."""

from dataclasses import dataclass

from torch import Tensor, nn

from labkit.data import load, normalise, resized, shuffled, to_uint8
from labkit.errors import BadValue
from labkit.latent import sample
from labkit.metrics.classifier import (
    FeatureClassifier,
    classify,
    features,
    load_classifier,
)
from labkit.metrics.distances import (
    blur,
    frechet_distance,
    kernel_distance,
    moments,
    noise_like,
)
from labkit.metrics.modes import mode_coverage, mode_divergence
from labkit.metrics.neighbours import memorisation, precision_recall

SIDE = 28  # pixels that the classifiers look at
AT_MOST = 10_000  # channels of real images that are looked at, and generated images


@dataclass(frozen=True)
class Evaluation:
    """What was measured, with the same measures of sets whose quality is known.

    Attributes:
        dataset: the set whose test split is compared with.
        count, seed: how many images were generated, from which seed.
        values: measure -> number, of the generator.
        scale: name of a known set -> its measure -> number: training images (a
            generator that copies), blurred ones, and noise.
    """

    dataset: str
    count: int
    seed: int
    values: dict[str, float]
    scale: dict[str, dict[str, float]]

    def rows(self) -> list[tuple[str, ...]]:
        """The table as text: a heading, then one row a measure."""
        columns = {"generator": self.values, **self.scale}
        heading = ("measure", *columns)
        return [heading] + [
            (name, *(_written(side[name]) for side in columns.values()))
            for name in self.values
        ]


def evaluate(
    generator: nn.Module, dataset: str = "digits", count: int = 2000, seed: int = 0
) -> Evaluation:
    """Measure a generator against the test images of a data set.

    FID_c and KID_c (lower is better) are distances; precision and density tell of
    quality, recall and coverage of variety; memorisation is 0 for copies and about 1
    for images as new as the test images. Of the digits, fashion and stacked digits
    also the share of classes that occur, and how unevenly (0 is evenly).

    Args:
        generator: (B, latent_dim) → images in [-1, 1]; carries `latent_dim`.
        dataset: a name that `labkit.load` knows.
        count: images to generate, 50 to 10 000. FID_c falls with the count: compare
            only numbers of one count.
        seed: of z.
    """
    if not 50 <= count <= AT_MOST:
        raise BadValue(f"count is a whole number from 50 to {AT_MOST}; got {count!r}.")
    fakes = sample(generator, count, seed)
    channels, _, side = fakes.shape[1:]
    train, test = (_some(dataset, split, side) for split in ("train", "test"))
    if train.shape[1] != channels:
        raise BadValue(
            f"the generator's images have {channels} channels, those of {dataset} "
            f"{train.shape[1]}: choose the data set that it was trained on."
        )
    judge = load_classifier("fashion" if "fashion" in dataset else "digits")
    classes = _classes(dataset, channels)
    train, test = _small(train), _small(test)
    known = {
        "training images": train[:count],
        "blurred": to_uint8(blur(normalise(test[:count]))),
        "noise": to_uint8(noise_like(test[:count])),
    }
    reference = features(train, judge), features(test, judge)
    measured = {
        name: _measures(images, *reference, judge, classes)
        for name, images in {"generator": _small(to_uint8(fakes)), **known}.items()
    }
    values = measured.pop("generator")
    return Evaluation(dataset, count, seed, values, measured)


def _measures(
    images: Tensor,
    train: Tensor,
    test: Tensor,
    judge: FeatureClassifier,
    classes: int | None,
) -> dict[str, float]:
    """All measures of images (N, C, 28, 28), given features of real ones."""
    own = features(images, judge)
    both = min(len(own), len(test))
    result = {
        "FID_c": float(frechet_distance(*moments(own), *moments(test))),
        "KID_c": kernel_distance(own, test)[0],
        **precision_recall(own[:both], test[:both]),
        "memorisation": memorisation(own, train, test),
    }
    if classes:
        labels = classify(images, judge)
        result["classes that occur"] = mode_coverage(labels, classes)
        result["unevenness of classes"] = mode_divergence(labels, classes)
    return result


def _some(dataset: str, split: str, side: int) -> Tensor:
    """Shuffled images of a split, at most 10 000 channels, at the generator's size."""
    images = load(dataset, image_size=side, split=split).images
    return images[shuffled(len(images), 0, 0)[: AT_MOST // images.shape[1]]]


def _small(images: Tensor) -> Tensor:
    return resized(images, SIDE)


def _classes(dataset: str, channels: int) -> int | None:
    """How many classes the classifier can tell apart here, if it knows the images."""
    known = ("digits", "mnist", "fashion", "fashion-mnist", "stacked-digits")
    return 10**channels if dataset in known else None


def _written(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
