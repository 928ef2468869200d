"""What lies nearest: copies, and what k nearest neighbours say of quality and variety."""

from collections.abc import Callable

import torch
from torch import Tensor

from labkit.errors import BadValue

CHUNK = 1000  # rows of a table of distances


def nearest_neighbours(fake_features: Tensor, real_features: Tensor) -> Tensor:
    """Find, for each fake, the real image whose features are nearest to its own.

    Args:
        fake_features: (N, D), float. real_features: (M, D), of the same dtype.

    Returns:
        Indices into the real images: int64 (N,), 0 … M - 1.
    """
    return _by_rows(
        fake_features, real_features, lambda table: table.argmin(1)
    )  # (chunk, M) -> (chunk,)


def nearest_distances(features: Tensor, others: Tensor) -> Tensor:
    """The distance of each of (N, D) to the nearest of (M, D); (N,)."""
    return _by_rows(features, others, lambda table: table.amin(1))


def memorisation(fake: Tensor, train: Tensor, test: Tensor) -> float:
    """How near to training images fakes lie, compared with images nobody trained on.

    Args:
        fake, train, test: features (N, D) of generated, training and test images.

    Returns:
        The median distance of a fake to its nearest training image, divided by that
        of a test image: 0 for copies, about 1 for images as new as the test images,
        more than 1 for what is unlike all of them.
    """
    new, unseen = (nearest_distances(side, train).median() for side in (fake, test))
    return (new / unseen).item()


def precision_recall(fake: Tensor, real: Tensor, k: int = 5) -> dict[str, float]:
    """Quality and variety, each by itself, from balls around features.

    A ball around each feature reaches to its k-th nearest neighbour among its own kind.
    Precision is the share of fakes inside some real ball, recall the share of real
    images inside some ball of a fake (Kynkäänniemi et al. 2019). Density counts how
    many real balls a fake lies in, divided by k; coverage is the share of real balls
    with a fake inside (Naeem et al. 2020): an outlier's large ball does less harm.

    Args:
        fake: features (N, D). real: (M, D). Use as many of each.
        k: neighbours, 1 or more.

    Returns:
        "precision", "recall", "density" and "coverage"; all in [0, 1], but density,
        which is about 1 for real images and may exceed it.
    """
    if not 1 <= k < min(len(fake), len(real)):
        raise BadValue(
            f"k is at least 1 and below the number of features; got k={k} with "
            f"{len(fake)} and {len(real)} features."
        )
    around_fake, around_real = radii(fake, k), radii(real, k)
    in_real = _by_rows(fake, real, lambda table: (table <= around_real).sum(1))
    in_fake = _by_rows(real, fake, lambda table: (table <= around_fake).any(1))
    return {
        "precision": (in_real > 0).double().mean().item(),
        "recall": in_fake.double().mean().item(),
        "density": in_real.double().mean().item() / k,
        "coverage": (nearest_distances(real, fake) <= around_real)
        .double()
        .mean()
        .item(),
    }


def radii(features: Tensor, k: int) -> Tensor:
    """The distance of each feature (N, D) to its k-th nearest other one; (N,)."""
    return _by_rows(
        features, features, lambda table: table.kthvalue(k + 1).values
    )  # the nearest is itself


def _by_rows(rows: Tensor, columns: Tensor, reduce: Callable) -> Tensor:
    """Reduce the table of Euclidean distances (N, M), a chunk of rows at a time."""
    return torch.cat([reduce(torch.cdist(part, columns)) for part in rows.split(CHUNK)])
