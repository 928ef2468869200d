"""Many picture files, decoded once into one file of bytes that is mapped into memory.

The decoded file is a plain row of pictures, 3 × size × size bytes each. While it grows
it is called <fingerprint>.part, and a note beside it says how much of it is good; so a
decoding that was killed goes on where the note ends. When all is done the part gets its
final name in one step. The fingerprint covers every file's name, size and time: when the
folder changes, so does the file's name, and a picture set still in use stays as it is.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout
from PIL import Image, ImageOps
from tqdm import tqdm

from labkit.data import DataError
from labkit.runtime import atomic_write

CHUNK_BYTES = 32 << 20  # decoded bytes held in memory between two notes
CHUNK_PICTURES = 256
THREADS = min(4, os.cpu_count() or 1)  # Pillow decodes without holding Python's lock
VERSION = 1  # raise it when the same files would give other bytes


@dataclass
class Note:
    """How far a decoding has come.

    Attributes:
        files: files looked at.
        rows: pictures written.
        broken: files that could not be read; `files` is `rows` plus their number.
    """

    files: int = 0
    rows: int = 0
    broken: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Note | None":
        """Read the note, or return None where there is none that makes sense."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        text = json.dumps(asdict(self))
        atomic_write(path, lambda file: file.write_text(text, encoding="utf-8"))


def decoded(
    base: Path, files: list[str], size: int, store: Path, title: str
) -> torch.Tensor:
    """Return the pictures as one tensor, from the cache if they are in it.

    Args:
        base: the folder that `files` are relative to.
        files: the pictures' names, in the order wanted.
        size: side of the decoded pictures in pixels.
        store: the folder of the cache, used for this set alone.
        title: what messages call the set.

    Returns:
        (N, 3, size, size) uint8, mapped from the file: it takes memory only for what
        is touched. Unreadable files are left out and counted on stdout.

    Raises:
        DataError: if no picture can be read or the cache cannot be written.
    """
    key = fingerprint(base, files, size)
    final, note = store / f"{key}.u8", store / f"{key}.json"
    try:
        if not _is_complete(final, note, size):
            store.mkdir(parents=True, exist_ok=True)
            with _alone(store / "lock", title):
                if not _is_complete(final, note, size):
                    _forget_others(store, key, title)
                    _decode(base, files, size, final, note, title)
    except OSError as error:
        raise DataError(
            f"{title}: the decoded pictures cannot be kept in {store}: {error}."
            " Make room or make it writable, or choose another place with LABKIT_DATA."
        ) from error
    return _mapped(final, Note.read(note), size, title)


def fingerprint(base: Path, files: Iterable[str], size: int) -> str:
    """Return a short hash that changes when a file is added, removed or written to."""
    digest = hashlib.sha256(f"{VERSION} {size}".encode())
    for name in files:
        try:
            status = os.stat(base / name)
            facts = f"{status.st_size} {status.st_mtime_ns}"
        except OSError:  # a dangling link, say: counted as broken when it is decoded
            facts = "unreadable"
        digest.update(f"\n{name}\0{facts}".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def read_picture(path: Path, size: int) -> bytes | None:
    """Decode a file into 3 × size × size bytes of RGB, or None if it is broken.

    The central square is cut out and resized with antialiasing. A camera's rotation
    mark is followed; a moving picture gives its first frame.
    """
    try:
        with Image.open(path) as image:
            # JPEG can be decoded at 1/2, 1/4 or 1/8: never below twice the size wanted.
            image.draft("RGB", (2 * size, 2 * size))
            upright = ImageOps.exif_transpose(image).convert("RGB")
        square = ImageOps.fit(upright, (size, size), Image.Resampling.BILINEAR)
    except Exception:  # noqa: BLE001 - decoders raise whatever they stumble over
        return None
    return np.asarray(square).transpose(2, 0, 1).tobytes()  # (3, size, size)


def _decode(
    base: Path, files: list[str], size: int, final: Path, note: Path, title: str
) -> None:
    """Write the part file to its end, from where the note says it is good."""
    part = final.with_suffix(".part")
    row_bytes = 3 * size * size
    done = Note.read(note)
    if done is None or not part.exists() or part.stat().st_size < done.rows * row_bytes:
        done = Note()
    _check_room(part.parent, (len(files) - done.files) * row_bytes)
    step = max(1, min(CHUNK_PICTURES, CHUNK_BYTES // row_bytes))
    bar = tqdm(
        desc=f"decoding {title}",
        total=len(files),
        initial=done.files,
        unit=" pictures",
        file=sys.stdout,
        delay=1,
    )
    with part.open("ab") as out, bar, ThreadPoolExecutor(THREADS) as pool, _quiet():
        out.truncate(done.rows * row_bytes)
        while done.files < len(files):
            chunk = files[done.files : done.files + step]
            paths = [base / name for name in chunk]
            rows = list(pool.map(read_picture, paths, [size] * len(paths)))
            out.writelines(row for row in rows if row is not None)
            out.flush()
            os.fsync(out.fileno())
            broken = [name for name, row in zip(chunk, rows, strict=True) if not row]
            done.files += len(chunk)
            done.rows += len(chunk) - len(broken)
            done.broken += broken
            done.write(note)
            bar.update(len(chunk))
    os.replace(part, final)


def _mapped(path: Path, note: Note, size: int, title: str) -> torch.Tensor:
    if note.broken:
        print(
            f"{title}: {len(note.broken)} of {note.files} pictures cannot be read and"
            f" are left out (the first is {note.broken[0]})"
        )
    if not note.rows:
        raise DataError(
            f"{title}: none of its {note.files} picture files can be read, for example"
            f" {note.broken[0]}. Are they really pictures? Open one in a viewer."
        )
    shape = (note.rows, 3, size, size)
    # shared=False maps privately: writing to the tensor cannot change the file.
    count = int(np.prod(shape))
    flat = torch.from_file(str(path), shared=False, size=count, dtype=torch.uint8)
    return flat.view(shape)


def _is_complete(final: Path, note: Path, size: int) -> bool:
    known = Note.read(note)
    if known is None or not final.exists():
        return False
    return final.stat().st_size == known.rows * 3 * size * size


def _forget_others(store: Path, key: str, title: str) -> None:
    """Remove what was decoded before the folder changed."""
    for path in sorted(store.iterdir()):
        if path.stem == key or path.suffix not in {".u8", ".part", ".json"}:
            continue
        try:
            path.unlink()
        except PermissionError:  # Windows, while a program has it mapped: next time
            continue
        if path.suffix == ".u8":
            print(f"{title}: the pictures have changed since they were last decoded")


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(f"{needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Pillow's remarks on odd files off stderr: broken ones are counted instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _alone(path: Path, title: str) -> Iterator[None]:
    """Wait until no other program decodes into the same folder.

    The lock is the operating system's: it is gone with the program, however that ends.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"{title}: another program is decoding it; waiting for that to finish")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
