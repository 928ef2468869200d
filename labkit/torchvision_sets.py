"""torchvision's sets as tensors: what each needs on the disk and how it is turned.

What a class would download, and where it looks for it, is read from the class itself.
"""

import os
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import torch
from torchvision import datasets

from labkit.data import DataError, ImageSet
from labkit.download import Archive, Source, opened

CELEBA_HOME = "http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
GOOGLE_DRIVE = "https://drive.google.com/"  # where torchvision downloads CelebA from


def _mnist(cls: type[datasets.MNIST], split: str) -> Source:
    return Source(
        make=partial(cls, train=split == "train"),
        archives=[
            Archive(f"{cls.__name__}/raw/{file}", md5, cls.mirrors[0] + file)
            for file, md5 in cls.resources
        ],
        hosts=cls.mirrors,
        unpacked=f"{cls.__name__}/raw",
    )


def _emnist(split: str) -> Source:
    cls = datasets.EMNIST
    return Source(
        # balanced: 47 classes of digits and letters, the same number of each
        make=partial(cls, split="balanced", train=split == "train"),
        archives=[Archive("EMNIST/raw/gzip.zip", cls.md5, cls.url)],
        hosts=[cls.url],
        unpacked="EMNIST/raw",
    )


def _svhn(split: str) -> Source:
    url, file, md5 = datasets.SVHN.split_list[split]
    make = partial(datasets.SVHN, split=split)
    return Source(make=make, archives=[Archive(file, md5, url)], hosts=[url])


def _cifar(cls: type[datasets.CIFAR10], split: str) -> Source:
    return Source(
        # torchvision unpickles the batches only after comparing each one's md5
        make=partial(cls, train=split == "train"),
        archives=[Archive(cls.filename, cls.tgz_md5, cls.url)],
        hosts=[cls.url],
        unpacked=cls.base_folder,
        parts=cls.train_list + cls.test_list,
    )


TENSORS = {
    "mnist": partial(_mnist, datasets.MNIST),
    "fashion-mnist": partial(_mnist, datasets.FashionMNIST),
    "emnist": _emnist,
    "svhn": _svhn,
    "cifar-10": partial(_cifar, datasets.CIFAR10),
    "cifar-100": partial(_cifar, datasets.CIFAR100),
}


def open_tensors(name: str, split: str, root: Path) -> ImageSet:
    """Open one of TENSORS, whose pictures torchvision holds in memory anyway.

    Raises:
        Unavailable: if nothing of it is on the disk and it cannot be downloaded.
        DataError: if a file is missing or damaged.
    """
    dataset = opened(name, TENSORS[name](split), root)
    images = torch.as_tensor(dataset.data)
    if name == "emnist":
        images = images.transpose(1, 2)  # in its files the letters lie on their side
    if images.ndim == 3:
        images = images.unsqueeze(1)  # (N, 1, 28, 28)
    if name.startswith("cifar"):
        images = images.permute(0, 3, 1, 2)  # (N, 32, 32, 3) -> (N, 3, 32, 32)
    labels = dataset.labels if name == "svhn" else dataset.targets
    return ImageSet(name, images.contiguous(), torch.as_tensor(labels).long(), split)


def celeba_files(split: str, root: Path) -> tuple[Path, list[str]]:
    """List the pictures of one of CelebA's official splits.

    Returns:
        The folder of the pictures and their names in it.

    Raises:
        DataError: if a file is missing or damaged.
    """
    source = Source(
        make=partial(datasets.CelebA, split=split, target_type=[]),
        archives=[
            Archive(f"celeba/{file}", md5, CELEBA_HOME)
            for _, md5, file in datasets.CelebA.file_list
        ],
        hosts=[GOOGLE_DRIVE],
        unpacked="celeba/img_align_celeba",
        unpack=_unpack_celeba,
        needs="gdown",
    )
    files = opened("celeba", source, root).filename
    base = root / source.unpacked
    present = set(os.listdir(base))
    missing = [file for file in files if file not in present]
    if missing:
        raise DataError(
            f"celeba: {base} holds {len(files) - len(missing)} of the {len(files)}"
            f" pictures of the {split} split; {missing[0]} is missing. If unpacking was"
            " interrupted, delete that folder and load again with the zip beside it."
        )
    return base, files


def _unpack_celeba(root: Path) -> None:
    """Unpack the pictures beside their final place, then move them there at once."""
    archive = root / "celeba" / "img_align_celeba.zip"
    print(f"celeba: unpacking {archive}")
    with tempfile.TemporaryDirectory(dir=archive.parent) as temporary:
        with zipfile.ZipFile(archive) as file:
            file.extractall(temporary)
        final = archive.with_suffix("")
        (Path(temporary) / final.name).rename(final)
