"""The files of a download, in a zip or on disk; nothing is ever unpacked.

Only the bytes of a file that is asked for are read, up to a limit, so neither its name
nor its size can do harm; still a name that leads out of the zip is refused, for it was
made by hand.
"""

import contextlib
import io
import os
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labkit.grading.sandbox.limits import Limits

NOTEBOOK_BYTES = Limits().notebook_mb * 10**6  # more is not graded either
ZIP_BYTES = 300_000_000  # of a zip that a student hands in: a kit and its data
MOST_FILES = 200_000
Time = tuple[int, ...]  # year, month, day, hour, minute, second

PASSED_OVER = ("__MACOSX", ".ipynb_checkpoints", ".git")
ORDINARY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BAD_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)


class Unreadable(Exception):
    """A file that is not taken; the text says why."""


@dataclass(frozen=True)
class File:
    """A file of a download.

    Attributes:
        path: within the download, / between folders.
        time: the one that the zip or the disk gives.
        source: the download's name.
        read: (limit in bytes) -> content; raises Unreadable.
    """

    path: str
    time: Time
    source: str
    read: Callable[[int], bytes]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def members(archive: zipfile.ZipFile, source: str) -> Iterator[File]:
    """The files of a zip, as they stand in its directory.

    Raises:
        zipfile.BadZipFile: there are too many.
    """
    found = archive.infolist()
    if len(found) > MOST_FILES:
        raise zipfile.BadZipFile(f"it has {len(found)} files, at most {MOST_FILES}")
    for member in found:
        path = _name(member)
        if not member.is_dir() and not _passed_over(path):
            yield File(path, member.date_time, source, _Member(archive, member, path))


def inside(content: bytes, source: str) -> list[File]:
    """The files of a zip that a student has handed in.

    Raises:
        Unreadable: it is no zip.
    """
    try:
        return list(members(zipfile.ZipFile(io.BytesIO(content)), source))
    except BAD_ZIP as error:
        raise Unreadable(f"it is no readable zip ({error})") from None


@dataclass(frozen=True)
class _Member:
    """Reads one file of a zip."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo
    path: str

    def __call__(self, limit: int) -> bytes:
        mode = self.member.external_attr >> 16
        if _leads_out(self.path):
            raise Unreadable("its name leads out of the zip")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise Unreadable("it is a link or no plain file")
        if self.member.flag_bits & 1:
            raise Unreadable("it is encrypted")
        if self.member.compress_type not in ORDINARY:
            # The others unpack what a limit on reading does not hold: all at once.
            raise Unreadable(
                "it is packed in an unusual way: pack it as an ordinary zip"
            )
        if self.member.file_size > limit:
            raise _too_large(limit)
        try:
            with self.archive.open(self.member) as file:
                content = file.read(limit + 1)
        except BAD_ZIP as error:
            raise Unreadable(f"it is damaged ({error})") from None
        return _no_more(content, limit)


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name; without the mark for UTF-8, most are UTF-8 all the same."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _leads_out(path: str) -> bool:
    parts = path.split("/")
    return path.startswith("/") or ".." in parts or parts[0].endswith(":")


def in_folder(folder: Path, outer: str) -> Iterator[File]:
    """The files below a folder; `outer` is put before their paths."""
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(PASSED_OVER))
        for name in sorted(files):
            path = Path(at, name)
            inner = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
            if not _passed_over(inner):
                yield on_disk(path, outer + inner, folder.name)


def on_disk(path: Path, inner: str, source: str) -> File:
    when = time.localtime(path.lstat().st_mtime)[:6]

    def read(limit: int) -> bytes:
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                raise Unreadable("it is a link or no plain file")
            with path.open("rb") as file:
                return _no_more(file.read(limit + 1), limit)
        except OSError as error:
            raise Unreadable(f"it cannot be read ({error.strerror})") from None

    return File(inner, when, source, read)


def _no_more(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise _too_large(limit)
    return content


def _too_large(limit: int) -> Unreadable:
    return Unreadable(f"it is larger than {limit / 1e6:.0f} MB")


def _passed_over(path: str) -> bool:
    parts = path.split("/")
    hidden = parts[-1].startswith(".") or parts[-1].startswith("~$")
    return hidden or any(part in PASSED_OVER for part in parts[:-1])
