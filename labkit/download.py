"""Opening torchvision's sets, and saying in plain words why one cannot be opened."""

import contextlib
import importlib.util
import math
import socket
import struct
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from torchvision.datasets.utils import calculate_md5, check_integrity, check_md5

from labkit.data import DataError

PATIENCE = 6.0  # seconds that a server may take to show any sign of life


class Archive(NamedTuple):
    """A file that is downloaded: where it belongs below the root, its md5, its origin."""

    path: str
    md5: str
    url: str


@dataclass(frozen=True)
class Source:
    """How torchvision makes a set.

    Attributes:
        make: the set's class, to be called with (root, download=...).
        archives: the files it downloads.
        hosts: addresses of which one has to answer for a download to make sense.
        unpacked: folder below the root with the archives' content, if they have any.
    parts: unpacked files whose md5 is known, as (name in that folder, md5).
    unpack: unpacks the archives below a root, where torchvision does not without
        downloading.
    needs: a package that torchvision needs for downloading.
    """

    make: Callable[..., Any]
    archives: Sequence[Archive]
    hosts: Sequence[str]
    unpacked: str = ""
    parts: Sequence[Sequence[str]] = ()
    unpack: Callable[[Path], None] | None = None
    needs: str = ""


class Unavailable(DataError):
    """Nothing is on the disk and nothing could be downloaded; `reason` says why."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def opened(name: str, source: Source, root: Path) -> Any:
    """Open a set from the files below `root`; unpack or download them if need be.

    Returns:
        torchvision's dataset.

    Raises:
        Unavailable: if none of its files is there and they cannot be downloaded.
        DataError: if a file is missing or damaged.
    """
    try:
        return source.make(root, download=False)
    except Exception as error:
        if "not found" not in str(error):  # it was found, and cannot be read
            raise DataError(_unreadable(name, source, root, error)) from error
    _provide(name, source, root)
    try:
        return source.make(root, download=False)
    except Exception as error:
        raise DataError(_unreadable(name, source, root, error)) from error


def _provide(name: str, source: Source, root: Path) -> None:
    """Get the archives if they are not there, and unpack them."""
    before = [archive for archive in source.archives if (root / archive.path).exists()]
    wrong = _wrong(source, root)
    reason = _no_way_to(source) if wrong else None
    if reason is None:
        try:
            return _download_and_unpack(name, source, root, bool(wrong))
        # urllib, http, gdown, zipfile, tarfile, gzip: each has errors of its own
        except Exception as error:  # noqa: BLE001
            reason = f"{type(error).__name__}: {error}".replace("\n", " ")
    message = _how_to_place(name, source, root, reason)
    for archive in _wrong(source, root):
        if archive not in before:  # leave nothing broken of our own behind
            (root / archive.path).unlink(missing_ok=True)
    raise DataError(message) if before else Unavailable(message, reason)


def _download_and_unpack(name: str, source: Source, root: Path, download: bool) -> None:
    if download:
        print(f"{name}: downloading to {root}")
    elif source.unpack:
        return source.unpack(root)
    with _patience(), contextlib.redirect_stderr(sys.stdout):  # bars go to stdout
        source.make(root, download=True)


def _wrong(source: Source, root: Path) -> list[Archive]:
    """List the archives that are missing or damaged."""
    return [
        archive
        for archive in source.archives
        if not check_integrity(root / archive.path, archive.md5)
    ]


def _no_way_to(source: Source) -> str | None:
    """Say why no download can succeed, within PATIENCE seconds, or return None."""
    if source.needs and importlib.util.find_spec(source.needs) is None:
        return (
            f"torchvision downloads it with {source.needs}: pip install {source.needs}"
        )
    answers: dict[str, str | None] = {}
    knocks = [
        threading.Thread(target=_knock, args=(host, answers), daemon=True)
        for host in source.hosts
    ]
    for thread in knocks:
        thread.start()
    deadline = time.monotonic() + PATIENCE
    for thread in knocks:  # looking up a name has no time-out of its own: a thread has
        thread.join(max(0.0, deadline - time.monotonic()))
    silent = f"no answer in {PATIENCE:g} s"
    reasons = [answers.get(host, silent) for host in source.hosts]
    return f"no network ({reasons[0]})" if all(reasons) else None


def _knock(host: str, answers: dict[str, str | None]) -> None:
    request = urllib.request.Request(host, method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=PATIENCE).close()
        answers[host] = None
    except urllib.error.HTTPError:
        answers[host] = None  # a refusal is an answer too
    except Exception as error:  # noqa: BLE001
        answers[host] = str(getattr(error, "reason", error))


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Let no server keep us waiting: torchvision sets no time limit."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _how_to_place(name: str, source: Source, root: Path, reason: str) -> str:
    wrong = _wrong(source, root)
    files = [(root / path, md5) for path, md5, _ in wrong]
    parts = [(root / source.unpacked / part, md5) for part, md5 in source.parts]
    files += [(p, md5) for p, md5 in parts if p.exists() and not check_md5(p, md5)]
    lines = [f"{name} cannot be had: {reason}."]
    for path, md5 in files:
        lines.append(f"  expected {path} (md5 {md5}), found {_describe(path)}")
    if wrong:
        origins = ", ".join(dict.fromkeys(archive.url for archive in wrong))
        lines.append(
            f"Place it there by hand, then load again. It comes from {origins}"
        )
    return "\n".join(lines)


def _describe(path: Path) -> str:
    if not path.exists():
        return "nothing"
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(200).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return f"a web page of {size} bytes (the download quota is used up, perhaps)"
    return f"{size} bytes with md5 {calculate_md5(path)}, cut short perhaps"


def _unreadable(name: str, source: Source, root: Path, error: Exception) -> str:
    """Say which unpacked file is damaged, as far as that can be told."""
    folder = root / source.unpacked
    for path in sorted(folder.glob("*-ubyte")):
        problem = _idx_problem(path)
        if problem:
            return f"{name}: {path} is damaged: {problem}. Delete it and load again."
    return (
        f"{name}: {folder} cannot be read ({type(error).__name__}: {error})."
        " Delete it and load again."
    )


def _idx_problem(path: Path) -> str | None:
    """Compare an idx file with its header: 0, 0, type, number of sides, the sides."""
    with path.open("rb") as file:
        head = file.read(16)
    sides = head[3] if len(head) >= 4 else 0
    if head[:3] != b"\0\0\x08" or not 1 <= sides <= 3 or len(head) < 4 + 4 * sides:
        return "it does not begin as an idx file of bytes"
    shape = struct.unpack(f">{sides}I", head[4 : 4 + 4 * sides])
    expected, size = 4 + 4 * sides + math.prod(shape), path.stat().st_size
    if size == expected:
        return None
    return f"its header promises {expected} bytes, it has {size}"
