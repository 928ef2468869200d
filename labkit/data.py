"""Pictures in memory: a set is one uint8 tensor, a batch is float32 in [-1, 1].

A set of small pictures fits in memory as bytes, so nothing has to be read, decoded or
copied between processes while a network trains: a batch is one `index_select` and one
rescaling, on whatever device the set lies.

    faces = load("folder:~/faces", image_size=64)
    for real in faces.batches(64, seed=0):       # (64, 3, 64, 64), in [-1, 1]
        ...
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from labkit import kit
from labkit.errors import LabkitError

SMALLEST, LARGEST = 8, 1024  # sides in pixels that `load` accepts
RESIZED_AT_ONCE = 4096  # pictures


class DataError(LabkitError):
    """Data that are missing, damaged or not what was asked for."""


def normalise(images: torch.Tensor) -> torch.Tensor:
    """Map bytes 0..255 to float32 in [-1, 1], the range of a tanh generator.

    Args:
        images: uint8, any shape.

    Returns:
        float32, same shape and device; linear, 0 gives -1 and 255 gives 1, exactly.

    Raises:
        DataError: if `images` are not uint8.
    """
    if images.dtype != torch.uint8:
        raise DataError(
            f"normalise expects uint8 images in 0..255, not {images.dtype}."
            " Are these already in [-1, 1]?"
        )
    return images.to(torch.float32).div_(127.5).sub_(1)


def to_uint8(images: torch.Tensor) -> torch.Tensor:
    """Map images in [-1, 1] back to bytes 0..255: the inverse of `normalise`.

    Args:
        images: floating point, any shape; values outside [-1, 1] are clipped.

    Returns:
        uint8, same shape and device, rounded to the nearest.

    Raises:
        DataError: if `images` are not floating point.
    """
    if not images.is_floating_point():
        raise DataError(
            f"to_uint8 expects floating point images in [-1, 1], not {images.dtype}."
        )
    return images.float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


@dataclass(frozen=True, repr=False, eq=False)
class ImageSet:
    """A set of pictures of one size, as bytes in one tensor.

    Attributes:
        name: the set really held: "digits" also where offline "mnist" fell back to it.
        images: (N, C, H, W) uint8; memory-mapped from a file for the large sets.
        labels: (N,) int64, or None where the pictures have no class.
        split: "train" or "test" ("valid" too for celeba).
    """

    name: str
    images: torch.Tensor
    labels: torch.Tensor | None = None
    split: str = "train"

    def __post_init__(self) -> None:
        if self.images.dtype != torch.uint8 or self.images.ndim != 4:
            raise DataError(
                f"{self.name}: a set holds uint8 images (N, C, H, W),"
                f" not {self.images.dtype} {tuple(self.images.shape)}."
            )
        if self.labels is not None and len(self.labels) != len(self.images):
            raise DataError(
                f"{self.name}: {len(self.images)} images but {len(self.labels)} labels."
                " Do the two files belong to one split?"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shape = "×".join(str(side) for side in self.image_shape)
        return f"ImageSet({self.name}, {self.split}: {len(self)} images {shape})"

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of one image."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    def to(self, device: torch.device | str) -> "ImageSet":
        """Return the same set with its tensors on `device`."""
        labels = None if self.labels is None else self.labels.to(device)
        return replace(self, images=self.images.to(device), labels=labels)

    def batches(
        self,
        batch_size: int,
        seed: int = 0,
        device: torch.device | str | None = None,
        epoch: int = 0,
        start: int = 0,
    ) -> Iterator[torch.Tensor]:
        """Iterate once over the set, shuffled, in whole batches.

        The order depends on `seed` and `epoch` alone: not on the device, not on torch's
        global random state, not on what was drawn before. That is what makes a resumed
        training equal to an uninterrupted one.

        Args:
            batch_size: images in a batch; an incomplete last batch is left out.
            seed: chooses the shuffling, ≥ 0.
            device: where the batches go; by default where the set lies.
            epoch: each epoch has its own order, ≥ 0.
            start: number of the first batch, to go on in the middle of an epoch.

        Returns:
            Iterator over float32 (batch_size, C, H, W) in [-1, 1].

        Raises:
            DataError: at once, if the set is smaller than one batch or a number makes
                no sense.
        """
        count = self._count_batches(batch_size)
        if min(seed, epoch, start) < 0 or start > count:
            raise DataError(
                f"seed, epoch and start count from 0, start up to the epoch's {count}"
                f" batches; got seed={seed}, epoch={epoch}, start={start}."
            )
        target = self.images.device if device is None else torch.device(device)
        order = shuffled(len(self), seed, epoch).to(self.images.device)
        scaled = kit.looked_up if kit.lacks(kit.WARM_UP) else normalise
        return (
            scaled(self.images.index_select(0, chosen).to(target))
            for chosen in order[: count * batch_size].view(-1, batch_size)[start:]
        )

    def _count_batches(self, batch_size: int) -> int:
        if batch_size < 1:
            raise DataError(f"batch_size is a whole number ≥ 1, not {batch_size}.")
        if batch_size > len(self):
            raise DataError(
                f"{self.name} has {len(self)} images in its {self.split} split: too few"
                f" for one batch of {batch_size}. Choose a smaller batch_size."
            )
        return len(self) // batch_size


def shuffled(count: int, seed: int, epoch: int) -> torch.Tensor:
    """Return a permutation of 0..count-1 that is a pure function of its arguments.

    SeedSequence mixes the two numbers, so that (seed, epoch) = (0, 1) and (1, 0) have
    nothing in common.
    """
    mixed = np.random.SeedSequence((seed, epoch)).generate_state(1, np.uint64)
    generator = torch.Generator().manual_seed(int(mixed[0]))
    return torch.randperm(count, generator=generator)


def resized(images: torch.Tensor, size: int) -> torch.Tensor:
    """Resize to size × size, antialiased, a few thousand pictures at a time.

    Args:
        images: (N, C, H, W) uint8.
        size: side in pixels.

    Returns:
        (N, C, size, size) uint8; `images` itself where nothing is to be done.
    """
    if images.shape[-2:] == (size, size):
        return images
    result = images.new_empty(*images.shape[:2], size, size)
    for begin in range(0, len(images), RESIZED_AT_ONCE):
        part = slice(begin, begin + RESIZED_AT_ONCE)
        result[part] = F.interpolate(
            images[part], size=(size, size), mode="bilinear", antialias=True
        )
    return result


def names() -> list[str]:
    """List what `load` knows by name; folder:PATH stands for any folder of pictures."""
    from labkit import sources

    return [*sources.SPLITS, "folder:PATH"]


def present(root: str | Path | None = None) -> list[str]:
    """List the names that `load` can open without a download.

    Args:
        root: as of `load`.
    """
    from labkit import sources

    return sources.present(root)


def load(
    name: str = "digits",
    image_size: int | None = None,
    split: str = "train",
    root: str | Path | None = None,
) -> ImageSet:
    """Load a set of pictures; what is missing is downloaded if there is a network.

    Args:
        name: one of `names()`; folder:PATH takes the pictures below PATH.
        image_size: side in pixels. By default the set's own; 64 for celeba and folders,
            whose pictures are cropped to their central square.
        split: "train" or "test"; celeba has "valid" too. Splits share no picture:
            they are the set's official ones; of a folder, a tenth is "test", chosen by
            a hash of each file's relative path.
        root: where downloads and decoded pictures are kept; by default $LABKIT_DATA,
            else the user's cache folder.

    Returns:
        The set, resident in memory (memory-mapped for celeba and folders).

    Raises:
        DataError: if the set cannot be had; the text says which file was expected,
            what was found, and how to place it by hand.
    """
    from labkit import sources

    whole = isinstance(image_size, int) and not isinstance(image_size, bool)
    if image_size is not None and not (whole and SMALLEST <= image_size <= LARGEST):
        raise DataError(
            f"image_size is the side of the pictures in pixels, a whole number from"
            f" {SMALLEST} to {LARGEST}, not {image_size!r}. The labs use 28, 32 and 64."
        )
    found = sources.open_set(name, split, root, image_size)
    if image_size is None:
        return found
    return replace(found, images=resized(found.images, image_size))


def data_folder() -> Path:
    """Find the embedded data: labkit/_data of an installed wheel, data/ of a checkout.

    Raises:
        DataError: if neither is there.
    """
    package = Path(__file__).resolve().parent
    candidates = package / "_data", package.parent / "data"
    for folder in candidates:
        if (folder / "digits.npz").is_file():
            return folder
    raise DataError(
        "labkit's embedded data are missing: digits.npz was expected in"
        f" {candidates[0]} or {candidates[1]}. Install labkit again."
    )


def zoo_folder() -> Path:
    """Return the folder of the trained networks that come with labkit."""
    return data_folder() / "zoo"
