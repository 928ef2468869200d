"""Putting a submission where nbgrader's collect would, and losing nothing of before.

In submitted/STUDENT/LAB/ lie the notebook that counts and timestamp.txt, in nbgrader's
format. What it has replaced is in earlier/1/, earlier/2/ …, which grading does not look
into. All is written beside its place first, and moved there when nothing can fail any
more; a program that is killed in between leaves the old notebook or the new one, and the
same command again completes it.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labkit.errors import LabkitError
from labkit.grading.collecting.choosing import Attempt
from labkit.grading.collecting.files import NOTEBOOK_BYTES

TIMESTAMP = "timestamp.txt"  # as in grading.submissions, which loads torch
EARLIER = "earlier"
NOTE = ".collected.json"  # which attempt lies there: of what system, in what order
PREPARED = ".new-"  # beginning of the folder in which all is prepared
NEW, CHANGED, UNCHANGED, OLDER = "new", "changed", "unchanged", "older"


class CannotPlace(Exception):
    """A student's folder cannot be written; the text says why."""


def place(
    submitted: Path,
    student: str,
    lab: str,
    system: str,
    attempts: list[Attempt],
    moment: datetime | None,
) -> str:
    """Put a student's newest attempt into submitted/, the others into earlier/.

    Args:
        submitted: holds a folder for each student.
        student: the folder's name.
        lab: "04_losses" say.
        system: as a Piece has it; only attempts of one system can be put in order.
        attempts: the newest last; not empty.
        moment: when the newest was handed in; None where nobody knows: then there is no
            timestamp.txt.

    Returns:
        NEW; CHANGED, with what was there in earlier/; UNCHANGED; or OLDER, when a newer
        attempt lies there already and this one went to earlier/.

    Raises:
        CannotPlace: something there is a link, or belongs to another user.
        LabkitError: there is no room. The folder is as it was before.
    """
    if not student:
        raise CannotPlace("nobody knows whose it is")
    folder = submitted / student / lab
    try:
        with (
            _made(folder),
            tempfile.TemporaryDirectory(dir=folder, prefix=PREPARED) as new,
        ):
            return _Folder(folder, lab, Path(new)).take(system, attempts, moment)
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotPlace(f"{error.filename} is no folder") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LabkitError(
                f"{folder} cannot be written: {error.strerror}. What was there is as "
                "before; make room and run the same command again."
            ) from None
        raise CannotPlace(f"{error.filename or folder}: {error.strerror}") from None


def has_moment(folder: Path, moment: datetime | None) -> bool:
    """Tell whether timestamp.txt of a student's folder says this very moment."""
    path = folder / TIMESTAMP
    with contextlib.suppress(OSError):
        if moment is not None and stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                return file.read(100) == _written(moment)
    return False


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a student's folder, and take it away again if nothing comes to lie in it."""
    made = []
    try:
        for path in (folder.parent, folder):
            if path.is_symlink():
                raise CannotPlace(f"{path} is a link; links are not followed")
            if not path.exists():
                path.mkdir(parents=True)
                made.append(path)
        for left in folder.glob(f"{PREPARED}*"):
            shutil.rmtree(left)  # of a program that was killed
        yield
    finally:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()  # only if it is empty


class _Folder:
    """submitted/STUDENT/LAB/ while it is written."""

    def __init__(self, folder: Path, lab: str, new: Path) -> None:
        self._folder = folder
        self._name = f"{lab}.ipynb"
        self._new = new

    def take(
        self, system: str, attempts: list[Attempt], moment: datetime | None
    ) -> str:
        newest = attempts[-1]
        present = {path.name: path for path in self._notebooks(self._folder)}
        there = self._content(present.get(self._name))
        same = there == newest.content and len(present) == 1
        note = {"system": system, "order": list(newest.order[:5])}
        note["sha256"] = hashlib.sha256(newest.content).hexdigest()
        behind = there is not None and self._behind(note, there)
        if behind and not same:
            self._keep([one.content for one in attempts if one.content != there])
            return OLDER
        self._keep([one.content for one in attempts[:-1]], newest.content, there)
        if not same:
            self._keep_present(present)
        files = {} if behind else {NOTE: json.dumps(note).encode()}
        if moment is not None:
            files[TIMESTAMP] = _written(moment)
        if not same:
            files[self._name] = newest.content
        moves = self._prepared(files)
        for name in moves:
            os.replace(self._new / name, self._folder / name)
        if moment is None and not same:
            (self._folder / TIMESTAMP).unlink(missing_ok=True)
        if same:
            return UNCHANGED
        return CHANGED if present else NEW

    def _prepared(self, files: dict[str, bytes]) -> list[str]:
        """Write what is to be moved into the folder, in the order of the moves."""
        for name, data in files.items():
            _write(self._new / name, data)
        return [
            name
            for name, data in files.items()
            if self._content(self._folder / name) != data
        ]

    def _behind(self, note: dict[str, Any], there: bytes) -> bool:
        """Tell whether what lies there was collected from a newer attempt."""
        try:
            known = json.loads(self._content(self._folder / NOTE) or b"")
            return (
                known["sha256"] == hashlib.sha256(there).hexdigest()
                and known["system"] == note["system"]
                and known["order"] > json.loads(json.dumps(note["order"]))
            )
        except (ValueError, LookupError, TypeError):
            return False

    def _keep(self, contents: list[bytes], *there: bytes | None) -> None:
        """Put attempts into earlier/ that are neither there nor in the folder."""
        known = {*there, *self._kept()}
        for content in dict.fromkeys(contents):
            if content not in known:
                made = self._new / "kept"
                made.mkdir()
                _write(made / self._name, content)
                made.rename(self._next())

    def _keep_present(self, present: dict[str, Path]) -> None:
        """Copy what is about to be replaced; other notebooks go away from here."""
        if not present:
            return
        made = self._new / "kept"
        made.mkdir()
        stamp = self._folder / TIMESTAMP
        for path in (*present.values(), stamp):
            content = self._content(path)
            if content is not None:
                _write(made / path.name, content)
        made.rename(self._next())
        for name, path in present.items():
            if name != self._name:
                path.unlink()

    def _kept(self) -> Iterator[bytes]:
        """The notebooks in earlier/."""
        with contextlib.suppress(FileNotFoundError):
            for folder in (self._folder / EARLIER).iterdir():
                if not folder.is_symlink() and folder.is_dir():
                    for path in self._notebooks(folder):
                        yield self._content(path)

    def _next(self) -> Path:
        earlier = self._folder / EARLIER
        if earlier.is_symlink():
            raise CannotPlace(f"{earlier} is a link; links are not followed")
        earlier.mkdir(exist_ok=True)
        taken = [int(path.name) for path in earlier.iterdir() if path.name.isdecimal()]
        return earlier / str(max(taken, default=0) + 1)

    def _notebooks(self, folder: Path) -> list[Path]:
        """The notebooks that lie in a folder, plain files only."""
        return [
            path
            for path in sorted(folder.iterdir())
            if path.name.lower().endswith(".ipynb")
            and not path.name.startswith(".")
            and stat.S_ISREG(path.lstat().st_mode)
        ]

    def _content(self, path: Path | None) -> bytes | None:
        """The bytes of a plain file; None if it is none, or cannot be ours."""
        if path is None or not path.exists() or path.is_symlink():
            return None
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(NOTEBOOK_BYTES + 1)


def _written(moment: datetime) -> bytes:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n").encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
