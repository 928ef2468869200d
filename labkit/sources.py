"""Where pictures come from: embedded files, sets made of them, torchvision, folders.

Importing torchvision takes seconds (it loads torch's compiler), so that is done only
where a set needs it: the embedded sets and folders do not.
"""

import difflib
import hashlib
import os
import unicodedata
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import platformdirs
import torch

from labkit.cache import decoded
from labkit.composed import COMPOSED
from labkit.data import DataError, ImageSet, data_folder

EMBEDDED = ("digits", "fashion")
TRAIN_TEST = ("train", "test")
SPLITS = {
    "digits": TRAIN_TEST,
    "fashion": TRAIN_TEST,
    "coloured-digits": TRAIN_TEST,
    "stacked-digits": TRAIN_TEST,
    "mnist": TRAIN_TEST,
    "fashion-mnist": TRAIN_TEST,
    "emnist": TRAIN_TEST,
    "svhn": TRAIN_TEST,
    "cifar-10": TRAIN_TEST,
    "cifar-100": TRAIN_TEST,
    "celeba": ("train", "valid", "test"),
}
PLACES = {  # where a set lies below the root, unpacked or as it was downloaded
    "mnist": ("MNIST/raw",),
    "fashion-mnist": ("FashionMNIST/raw",),
    "emnist": ("EMNIST/raw",),
    "svhn": ("train_32x32.mat",),
    "cifar-10": ("cifar-10-batches-py", "cifar-10-python.tar.gz"),
    "cifar-100": ("cifar-100-python", "cifar-100-python.tar.gz"),
    "celeba": ("celeba/img_align_celeba", "celeba/img_align_celeba.zip"),
}
INSTEAD = {"mnist": "digits", "fashion-mnist": "fashion"}  # where nothing can be had
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")
DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
DECODED_SIZE = 64  # of celeba and folders, unless another is asked for


def open_set(
    name: str, split: str, root: str | Path | None, image_size: int | None
) -> ImageSet:
    """Open a set by name, in its own size (celeba and folders: in `image_size`).

    Args:
        name: a key of SPLITS, or folder:PATH.
        split: one of the set's splits.
        root: where downloads and decoded pictures are kept; None for the default.
        image_size: side of pictures that have to be decoded; None for 64.

    Raises:
        DataError: if the name or split is unknown or the set cannot be had.
    """
    place = default_root() if root is None else Path(root).expanduser()
    is_folder = name.startswith("folder:")
    if not is_folder and name not in SPLITS:
        raise DataError(_unknown(name))
    known = TRAIN_TEST if is_folder else SPLITS[name]
    if split not in known:
        raise DataError(f"{name} has the splits {', '.join(known)}; not {split!r}.")
    size = image_size or DECODED_SIZE
    if is_folder:
        return _folder(name, split, place, size)
    if name in EMBEDDED:
        return _embedded(name, split)
    if name in COMPOSED:
        return COMPOSED[name](_embedded("digits", split))
    if name == "celeba":
        return _celeba(split, place, size)
    return _torchvision(name, split, place)


def default_root() -> Path:
    """Return $LABKIT_DATA, else the cache folder that the operating system provides."""
    chosen = os.environ.get("LABKIT_DATA")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_cache_path("labkit", appauthor=False)


def present(root: str | Path | None = None) -> list[str]:
    """List the sets that are on this machine; nothing is opened or downloaded."""
    place = default_root() if root is None else Path(root).expanduser()
    return [
        name
        for name in SPLITS
        if not (paths := PLACES.get(name))
        or any((place / path).exists() for path in paths)
    ]


def _unknown(name: str) -> str:
    if name and Path(name).expanduser().is_dir():
        return f"No set is called {name!r}. For a folder of pictures: folder:{name}"
    close = difflib.get_close_matches(name.lower(), SPLITS, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    known = ", ".join([*SPLITS, "folder:PATH"])
    return f"No set is called {name!r}.{hint} There are: {known}."


def _embedded(name: str, split: str) -> ImageSet:
    path = data_folder() / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            images = torch.from_numpy(file[f"{split}_images"]).unsqueeze(1)
            labels = torch.from_numpy(file[f"{split}_labels"]).long()
    except DAMAGE as error:
        raise DataError(
            f"{path} is damaged ({error}): expected labkit's own file, whose sha256 is"
            " in SOURCES.md beside it. Restore it with git checkout, or install again."
        ) from error
    return ImageSet(name, images, labels, split)


def _torchvision(name: str, split: str, root: Path) -> ImageSet:
    from labkit.download import Unavailable
    from labkit.torchvision_sets import open_tensors

    try:
        return open_tensors(name, split, root)
    except Unavailable as error:
        if name not in INSTEAD:
            raise
        found = _embedded(INSTEAD[name], split)
        print(
            f"{name}: {error.reason}; taking the {len(found)} embedded {found.name}"
            f" ({split}) instead"
        )
        return found


def _celeba(split: str, root: Path, size: int) -> ImageSet:
    from labkit.torchvision_sets import celeba_files

    base, files = celeba_files(split, root)
    images = _decoded("celeba", base, files, size, root, split)
    return ImageSet("celeba", images, None, split)


def _folder(name: str, split: str, root: Path, size: int) -> ImageSet:
    base = Path(name.removeprefix("folder:")).expanduser().resolve()
    if not base.is_dir():
        came = "a file: unpack it first" if base.is_file() else "nothing"
        raise DataError(f"{name}: expected a folder at {base}, found {came}.")
    files = _pictures_below(base)
    chosen = [file for file in files if in_test_split(file) == (split == "test")]
    if not chosen:
        raise DataError(
            f"{name}: all of its {len(files)} pictures belong to the other split (a"
            f" tenth is test, drawn by file name), none is left for {split}."
            " Add more pictures."
        )
    return ImageSet(name, _decoded(name, base, chosen, size, root, split), None, split)


def in_test_split(file: str) -> bool:
    """Tell whether a picture belongs to the tenth that is held out for testing.

    It depends on the relative path alone, so a picture keeps its split when others
    come and go, on every machine (macOS writes é as two characters, Linux as one).
    """
    path = unicodedata.normalize("NFC", file).encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(path).digest()[:8]) % 10 == 0


def _pictures_below(base: Path) -> list[str]:
    """List the pictures' paths relative to `base`, sorted; hidden ones are left out."""
    pictures, others = [], Counter()
    for folder, subfolders, files in os.walk(base):
        subfolders[:] = [sub for sub in subfolders if not sub.startswith(".")]
        for file in files:
            if file.startswith("."):  # macOS puts a ._photo.jpg beside photo.jpg
                continue
            path = (Path(folder) / file).relative_to(base)
            if path.suffix.lower() in PICTURES:
                pictures.append(path.as_posix())
            else:
                others[path.suffix or "without suffix"] += 1
    if not pictures:
        seen = ", ".join(f"{n} {suffix}" for suffix, n in others.most_common(3))
        raise DataError(
            f"No pictures below {base}: expected {', '.join(PICTURES)}"
            f" files, found {seen or 'no files at all'}."
        )
    return sorted(pictures)


def _decoded(
    title: str, base: Path, files: list[str], size: int, root: Path, split: str
) -> torch.Tensor:
    place = hashlib.sha256(str(base.resolve()).encode(errors="surrogateescape"))
    store = root / "cache" / f"{base.name}-{split}-{size}-{place.hexdigest()[:8]}"
    return decoded(base, files, size, store, title)
