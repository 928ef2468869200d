"""Measure images/s of `ImageSet.batches` against a plain PIL DataLoader.

    python benchmarks/loader.py

Both on one thread and without workers, in turns, as batches in [-1, 1]. The seconds are
those of the process (its CPU time), so that other programs disturb little; each number
is the median over the rounds. The 64×64 pictures are JPEG files of CelebA's size made
here; for `batches` they lie decoded in the cache, as they do from the second epoch on.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from labkit.data import ImageSet, load

BATCH = 128
ROUNDS = 7


class Plain(Dataset):
    """Pictures one by one through PIL and torchvision's transforms, as usually done."""

    def __init__(self, pictures: list[Image.Image | Path], size: int) -> None:
        self.pictures = pictures
        self.transform = transforms.Compose(
            [
                transforms.Resize(size),
                transforms.CenterCrop(size),
                transforms.ToTensor(),
                transforms.Lambda(lambda image: 2 * image - 1),
            ]
        )

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> torch.Tensor:
        picture = self.pictures[index]
        if isinstance(picture, Path):
            picture = Image.open(picture).convert("RGB")
        return self.transform(picture)


def rate(batches: Iterable[torch.Tensor]) -> float:
    """Images per second of CPU time."""
    began = time.process_time()
    count = sum(len(batch) for batch in batches)
    return count / (time.process_time() - began)


def compare(label: str, ours: ImageSet, plain: Plain) -> str:
    """One row of the table."""
    loader = DataLoader(plain, BATCH, shuffle=True, drop_last=True)
    ways: list[Callable[[int], float]] = [
        lambda epoch: rate(ours.batches(BATCH, epoch=epoch)),
        lambda epoch: rate(loader),
    ]
    rounds = [[way(epoch) for way in ways] for epoch in range(ROUNDS + 1)][1:]
    fast, slow = (statistics.median(column) for column in zip(*rounds, strict=True))
    return f"| {label} | {fast:,.0f} | {slow:,.0f} | {fast / slow:.0f}× |"


def jpegs(folder: Path, count: int) -> None:
    """Write pictures as large as CelebA's (178×218), smooth but for some noise."""
    rng = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(rng.integers(0, 256, (8, 7, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize((178, 218), Image.Resampling.BICUBIC), int)
        noisy = smooth + rng.integers(-8, 9, smooth.shape)
        picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        picture.save(folder / f"{number:05}.jpg", quality=90)


def main() -> None:
    torch.set_num_threads(1)
    digits = load("digits")
    as_pil = [Image.fromarray(image.numpy()) for image in digits.images[:, 0]]
    rows = [compare("digits, 1×28×28", digits, Plain(as_pil, 28))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "faces"
        folder.mkdir()
        jpegs(folder, 1500)
        faces = load(f"folder:{folder}", image_size=64, root=temporary)
        plain = Plain(sorted(folder.glob("*.jpg"))[: len(faces)], 64)
        rows.append(compare("JPEG files 178×218 → 3×64×64", faces, plain))
    print(f"| pictures, batch {BATCH} | `batches` images/s | PIL DataLoader | ratio |")
    print("|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
