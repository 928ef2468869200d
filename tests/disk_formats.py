"""Write small sets in the formats in which the real ones lie on the disk.

torchvision compares every file with a known md5. Each writer returns what the tests put
in and sets the class's md5 constants to those of its own files; nothing else of
torchvision is touched.
"""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from PIL import Image
from torchvision import datasets

CIFAR = {"cifar-10": datasets.CIFAR10, "cifar-100": datasets.CIFAR100}
MNIST = {"mnist": datasets.MNIST, "fashion-mnist": datasets.FashionMNIST}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def save(path: Path, content: bytes) -> str:
    """Write a file and return its md5."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return md5(content)


def idx(array: np.ndarray) -> bytes:
    """The format of MNIST: 0, 0, type 8 (bytes), number of sides, the sides, the bytes."""
    head = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


def some_images(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *shape), dtype=np.uint8)


def mnist_files() -> dict[str, bytes]:
    """The four archives of MNIST and Fashion-MNIST: 7 train and 4 test pictures."""
    train, test = some_images(7, 28, 28), some_images(4, 28, 28, seed=1)
    content = {
        "train-images-idx3-ubyte": idx(train),
        "train-labels-idx1-ubyte": idx(np.arange(7)),
        "t10k-images-idx3-ubyte": idx(test),
        "t10k-labels-idx1-ubyte": idx(np.arange(4)),
    }
    return {f"{name}.gz": gzip.compress(data) for name, data in content.items()}


def write_mnist(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Place the four archives; return their folder."""
    cls, files = MNIST[name], mnist_files()
    folder = root / cls.__name__ / "raw"
    sums = [(file, save(folder / file, data)) for file, data in files.items()]
    monkeypatch.setattr(cls, "resources", sums)
    return folder


def write_emnist(root: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Place gzip.zip; return the 5 upright training pictures (the files hold Aᵀ)."""
    upright = some_images(5, 28, 28)
    parts = {
        "train-images-idx3": upright.transpose(0, 2, 1),
        "train-labels-idx1": np.array([0, 9, 10, 45, 46]),
        "test-images-idx3": some_images(3, 28, 28, seed=1),
        "test-labels-idx1": np.arange(3),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, array in parts.items():
            file = f"gzip/emnist-balanced-{part}-ubyte.gz"
            archive.writestr(file, gzip.compress(idx(array)))
    path = root / "EMNIST" / "raw" / "gzip.zip"
    monkeypatch.setattr(datasets.EMNIST, "md5", save(path, buffer.getvalue()))
    return upright


def write_svhn(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """Place both .mat files, pictures along the last axis and 10 standing for 0."""
    images = {"train": some_images(6, 3, 32, 32), "test": some_images(4, 3, 32, 32)}
    split_list = dict(datasets.SVHN.split_list)
    for split, array in images.items():
        url, file, _ = split_list[split]
        labels = np.arange(10, 10 - len(array), -1, dtype=np.uint8)[:, None]
        buffer = io.BytesIO()
        content = {"X": array.transpose(2, 3, 1, 0), "y": labels}
        scipy.io.savemat(buffer, content, do_compression=True)
        split_list[split] = [url, file, save(root / file, buffer.getvalue())]
    monkeypatch.setattr(datasets.SVHN, "split_list", split_list)
    return images


def write_cifar(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Place the tar.gz of pickles; return the training pictures (N, 3, 32, 32)."""
    cls = CIFAR[name]
    label_key = "labels" if name == "cifar-10" else "fine_labels"
    train, sums, content = [], {}, {}
    for number, (file, _) in enumerate(cls.train_list + cls.test_list):
        array = some_images(3, 3, 32, 32, seed=number)
        batch = {"data": array.reshape(3, -1), label_key: [0, 1, 2]}
        content[file] = pickle.dumps(batch)
        if [file, _] in cls.train_list:
            train.append(array)
    content[cls.meta["filename"]] = pickle.dumps({cls.meta["key"]: ["a", "b", "c"]})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for file, data in content.items():
            member = tarfile.TarInfo(f"{cls.base_folder}/{file}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
            sums[file] = md5(data)
    tgz_md5 = save(root / cls.filename, buffer.getvalue())
    monkeypatch.setattr(cls, "tgz_md5", tgz_md5)
    for part in ("train_list", "test_list"):
        new = [[file, sums[file]] for file, _ in getattr(cls, part)]
        monkeypatch.setattr(cls, part, new)
    meta = {**cls.meta, "md5": sums[cls.meta["filename"]]}
    monkeypatch.setattr(cls, "meta", meta)
    return np.concatenate(train)


def write_celeba(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Place the zip and the five lists of 9 faces; return each split's file names.

    Face k has the brightness 20 k everywhere, so that it can be told from the others.
    """
    names = [f"{number:06}.jpg" for number in range(1, 10)]
    splits = dict(zip(names, [0, 0, 0, 0, 0, 1, 1, 2, 2], strict=True))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, name in enumerate(names, start=1):
            archive.writestr(f"img_align_celeba/{name}", jpeg(178, 218, 20 * number))

    def rows(values: str, head: str = "") -> bytes:
        return (head + "".join(f"{name} {values}\n" for name in names)).encode()

    count, attributes = f"{len(names)}\n", " ".join(f"a{i}" for i in range(40))
    partition = "".join(f"{name} {split}\n" for name, split in splits.items())
    content = {
        "img_align_celeba.zip": buffer.getvalue(),
        "list_attr_celeba.txt": rows(" 1 -1" * 20, f"{count}{attributes}\n"),
        "identity_CelebA.txt": rows("7"),
        "list_bbox_celeba.txt": rows("1 2 3 4", f"{count}image_id x y w h\n"),
        "list_landmarks_align_celeba.txt": rows(" 5" * 10, f"{count}x y\n"),
        "list_eval_partition.txt": partition.encode(),
    }
    sums = {file: save(root / "celeba" / file, data) for file, data in content.items()}
    file_list = [(key, sums[name], name) for key, _, name in datasets.CelebA.file_list]
    monkeypatch.setattr(datasets.CelebA, "file_list", file_list)
    kinds = enumerate(("train", "valid", "test"))
    return {kind: [n for n in names if splits[n] == k] for k, kind in kinds}


def jpeg(width: int, height: int, brightness: int) -> bytes:
    buffer = io.BytesIO()
    picture = Image.new("RGB", (width, height), (brightness,) * 3)
    picture.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()
