"""Finding what was handed in: submitted/<student>/<lab>/*.ipynb, nbgrader's layout.

Everything below a student's folder may have been made by that student. So no link is
followed, nothing but plain files is read, and never more than so many bytes. Whatever
is odd becomes a flag beside the marks; it never stops the others.
"""

import contextlib
import difflib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from labkit.checks.words import shortened
from labkit.errors import LabkitError

Flag = dict[str, str]  # {"kind", "text"}

KINDS = ("no notebook", "refused file", "renamed", "several notebooks")  # found here
CHECKPOINTS = ".ipynb_checkpoints"
TIMESTAMP = "timestamp.txt"
CANDIDATES = 20  # notebooks of one folder that are looked at
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe would wait for its other end for ever.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

MODES = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


class Refused(Exception):
    """A file that is not read; `flag` says why."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.flag = {"kind": kind, "text": text}


@dataclass(frozen=True)
class Submission:
    """What one student's folder holds for a lab.

    Attributes:
        student: the folder's name, verbatim.
        folder: submitted/<student>/<lab>, there or not.
        files: names of the notebooks in it, the lab's own name first.
        problem: why there is none, or why nothing can be read.
        timestamp: nbgrader's, as ISO time in UTC; None if there is none.
        refused: what was passed over, when there is something else to read.
    """

    student: str
    folder: Path
    files: tuple[str, ...] = ()
    problem: Flag | None = None
    timestamp: str | None = None
    refused: list[Flag] = field(default_factory=list)


def find(submitted: Path, lab: str, student: str | None = None) -> list[Submission]:
    """List the submissions of a lab, by student; no file of theirs is read.

    Args:
        submitted: the folder that holds a folder for each student.
        lab: the lab's folder name, "04_losses".
        student: only this one.

    Raises:
        LabkitError: there is no such folder or student, or nobody has this lab.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(submitted) if _holds(entry))
    except OSError as error:
        raise LabkitError(
            f"{submitted} cannot be read: {error.strerror}. Submissions are expected "
            f"in submitted/<student>/{lab}/; --submitted names another folder."
        ) from None
    names = [  # .git and the like are no students
        name
        for name in names
        if not name.startswith(".") or os.path.lexists(Path(submitted, name, lab))
    ]
    if student is not None and student not in names:
        close = difflib.get_close_matches(student, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise LabkitError(f"{submitted} has no folder {student!r}.{hint}")
    chosen = names if student is None else [student]
    found = [_look(Path(submitted), name, lab) for name in chosen]
    if student is None and not any(os.path.lexists(one.folder) for one in found):
        raise LabkitError(
            f"nobody has handed in {lab}: no folder {submitted}/<student>/{lab}. "
            "Has it been collected (nbgrader collect), and is the lab's name right?"
        )
    return found


def read(submission: Submission, file: str, max_bytes: int) -> bytes:
    """Read one file of a submission.

    Raises:
        Refused: it is no plain file, is larger than that, or cannot be opened.
    """
    shown = shortened(file)
    try:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(_opened(submission.folder))
            handle = os.open(file, FILE, dir_fd=folder)
            stack.callback(os.close, handle)
            status = os.fstat(handle)  # of what has been opened, whatever it was before
            if not stat.S_ISREG(status.st_mode):
                raise Refused("refused file", _is(shown, status.st_mode))
            with open(handle, "rb", closefd=False) as opened:
                content = opened.read(max_bytes + 1)
    except OSError as error:
        raise _refusal(shown, error) from None
    if len(content) > max_bytes:
        size = f"{max(status.st_size, len(content)) / 1e6:,.0f} MB"
        text = f"{shown} is too large: {size}, at most {max_bytes / 1e6:,.0f} MB"
        raise Refused("refused file", text)
    return content


def _holds(entry: os.DirEntry) -> bool:
    """Tell whether an entry of submitted/ stands for a student: a folder, or a link."""
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False)


def _look(submitted: Path, student: str, lab: str) -> Submission:
    folder = submitted / student / lab
    try:
        with _opened(folder) as handle:
            entries = {
                entry.name: entry.stat(follow_symlinks=False).st_mode
                for entry in os.scandir(handle)
            }
    except FileNotFoundError:
        text = f"nothing was handed in: there is no folder {lab}"
        return Submission(student, folder, problem=_flag("no notebook", text))
    except OSError as error:
        flag = _refusal(f"the folder {lab}", error).flag
        return Submission(student, folder, problem=flag)
    names = _notebooks(entries, f"{lab}.ipynb")
    files = tuple(name for name in names if stat.S_ISREG(entries[name]))
    refused = [
        _flag("refused file", _is(shortened(name), entries[name]))
        for name in names
        if name not in files
    ]
    found = Submission(student, folder, files, refused=refused)
    moment = _moment(found) if TIMESTAMP in entries else None
    problem = None
    if not files:
        problem = refused.pop(0) if refused else _none(lab, entries)
    return Submission(student, folder, files, problem, moment, refused)


def _notebooks(entries: dict[str, int], expected: str) -> list[str]:
    """The names that may be the notebook, the expected one first.

    Browsers save lab.ipynb.txt or lab.ipynb.json: such names count where there is no
    better one. Those with a dot in front are other programs' (._lab.ipynb, of macOS).
    """
    names = sorted(name for name in entries if not name.startswith("."))
    found = [name for name in names if name.lower().endswith(".ipynb")]
    found = found or [name for name in names if ".ipynb." in name.lower()]
    return sorted(found, key=lambda name: name != expected)[:CANDIDATES]


def _none(lab: str, entries: dict[str, int]) -> Flag:
    others = sorted(entries.keys() - {CHECKPOINTS, TIMESTAMP})
    if not others:
        return _flag("no notebook", f"the folder {lab} is empty")
    shown = ", ".join(shortened(name) for name in others[:3])
    more = ", …" if len(others) > 3 else ""
    return _flag("no notebook", f"no notebook in {lab}, only: {shown}{more}")


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open submitted/<student>/<lab> step by step; neither of the two may be a link."""
    handles = [os.open(folder.parent.parent, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        for name in (folder.parent.name, folder.name):
            handles.append(os.open(name, FOLDER, dir_fd=handles[-1]))
        yield handles[-1]
    finally:
        for handle in handles:
            os.close(handle)


def _refusal(what: str, error: OSError) -> Refused:
    # A link is ELOOP where a file is expected, ENOTDIR where a folder is.
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        text = f"{what} is a link or no folder; links are not followed"
        return Refused("refused file", text)
    if error.errno == errno.ENXIO:
        return Refused("refused file", _is(what, stat.S_IFSOCK))
    return Refused("unreadable", f"{what} cannot be read: {error.strerror}")


def _moment(submission: Submission) -> str | None:
    """Read nbgrader's timestamp, "2026-11-20 17:00:00.123456 UTC", as ISO time."""
    try:
        words = read(submission, TIMESTAMP, 200).decode().split()
        zone = words.pop() if len(words) == 3 else ""
        offset = zone if zone.startswith(("+", "-")) else ""
        moment = datetime.fromisoformat(" ".join(words) + offset)
        known = moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))
        return known.astimezone(UTC).isoformat()
    except (Refused, ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo:
    """A time zone; one that is unknown counts as UTC, as in nbgrader."""
    try:
        return ZoneInfo(name or "UTC")
    except (LookupError, ValueError, OSError):
        return UTC


def _is(name: str, mode: int) -> str:
    kind = MODES.get(stat.S_IFMT(mode), "no plain file")
    return f"{name} is {kind}; only plain files are read"


def _flag(kind: str, text: str) -> Flag:
    return {"kind": kind, "text": text}
