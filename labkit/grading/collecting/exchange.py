"""nbgrader's collect from a folder, for folders that students write in.

nbgrader copies what lies in the exchange with the teacher's rights, and follows links: a
student who puts a link to the grade book into a submission has it collected. Here a
submission is taken only if all in it is plain files and folders of the student whose
name it carries, can be read, and is not too large. What is refused is named in the log;
it stops nobody else's, and does not hide an earlier one. A folder in submitted/ is
replaced only when all of the newer one has been copied.
Switched on by deploy/one-machine; ngshare has no such folder.
"""

import os
import pwd
import shutil
import stat
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns

from labkit.grading.submissions import FILE, MODES

# What dates that students have made up end in, in dateutil and in nbgrader (which calls
# a method that is not there, to say that timestamp.txt holds no date).
NO_DATE = (ExchangeError, ValueError, TypeError, ArithmeticError, AttributeError)


class Collect(ExchangeCollect):
    """`c.ExchangeFactory.collect`: refuses links, special files and other owners."""

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            record = super()._path_to_record(path)
            problem = _problem(path, record["username"]) or self._too_large(path)
        except NO_DATE:
            record = {"filename": os.path.basename(path), "timestamp": datetime.min}
            problem = "its name is not STUDENT+LAB+TIME, which nbgrader submit makes"
        if problem:
            self.log.error("Not collected: %r: %s", path, problem)
            # A student of its own, so that the next older one of the real student counts.
            record |= {"username": path, "refused": True}
        return record

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [
            record for record in self.src_records if "refused" not in record
        ]

    def copy_files(self) -> None:
        """Copy what is not there yet; what fails is logged, and what was there stays."""
        if not self.src_records:
            self.log.warning("No submission of %s", self.coursedir.assignment_id)
        for record in self.src_records:
            source = os.path.join(self.inbound_path, record["filename"])
            target = Path(
                self.coursedir.format_path(
                    self.coursedir.submitted_directory,
                    record["username"],
                    self.coursedir.assignment_id,
                )
            )
            if target.is_dir() and not self._counts(record["timestamp"], target):
                self.log.info("Already collected: %s", record["username"])
                continue
            try:
                self._replace(source, target)
            except OSError as error:
                self.log.error("Not collected: %r: %s", source, error)
            else:
                self.log.info("Collected: %s", record["username"])

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy without following a link, also one that was put there a moment ago.

        Raises:
            OSError: not all of it can be copied.
        """
        ignored = ignore_patterns(
            exclude=self.coursedir.ignore,
            include=self.coursedir.include,
            max_file_size=self.coursedir.max_file_size,
            log=self.log,
        )
        owner = os.lstat(src).st_uid
        for place, folders, files, handle in os.fwalk(src, onerror=_raised):
            target = Path(dest, os.path.relpath(place, src))
            target.mkdir(parents=True, exist_ok=True)
            left = ignored(place, [*folders, *files])
            folders[:] = [name for name in folders if name not in left]
            for name in files:
                if name not in left:
                    _copy_file(name, handle, target / name, owner)

    def _counts(self, moment: datetime, target: Path) -> bool:
        """Tell whether a submission of this time replaces the one that lies there."""
        try:
            there = self.coursedir.get_existing_timestamp(str(target))
        except (*NO_DATE, OSError):
            there = None  # the student's own file: anything may be in it
        newer = self.update and (there is None or moment > there)
        return newer or (self.before_duedate and moment != there)

    def _replace(self, source: str, target: Path) -> None:
        """Copy beside the place, and change places when all is there."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as made:
            copy, former = Path(made, "copy"), Path(made, "former")
            self.do_copy(source, str(copy))
            if target.is_dir():
                target.rename(former)
            copy.rename(target)

    def _too_large(self, path: str) -> str | None:
        most = self.coursedir.max_dir_size
        try:
            too_large = self.get_size(path) > 1000 * most
        except OSError as error:  # it is being changed
            return f"it cannot be read: {error.strerror}"
        return f"larger than {most} kB" if too_large else None


def _copy_file(name: str, folder: int, target: Path, owner: int) -> None:
    """Copy one file of an opened folder, if it is still a plain one of its owner."""
    with open(os.open(name, FILE, dir_fd=folder), "rb") as source:
        problem = _odd(os.fstat(source.fileno()), owner)
        if problem:
            raise OSError(f"{name!r} {problem}")
        with target.open("wb") as copy:
            shutil.copyfileobj(source, copy)


def _problem(path: str, student: str) -> str | None:
    """Say why a submission is not taken, or None."""
    try:
        owner = pwd.getpwnam(student).pw_uid
    except KeyError:
        return f"there is no user {student!r}"
    try:
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode):
            return "it is a file; a folder was expected"
        return _odd(status, owner) or _problem_inside(path, owner)
    except OSError as error:
        return f"{error.filename or path!r} cannot be read: {error.strerror}"


def _problem_inside(path: str, owner: int) -> str | None:
    for _, folders, files, handle in os.fwalk(path, onerror=_raised):
        for name in [*folders, *files]:
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
            problem = _odd(status, owner)
            if problem:
                return f"{name!r} {problem}"
            if name in files:
                os.close(os.open(name, FILE, dir_fd=handle))
    return None


def _odd(status: os.stat_result, owner: int) -> str | None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return f"is {MODES.get(stat.S_IFMT(status.st_mode), 'no plain file')}"
    if status.st_uid != owner:  # also a second name of somebody else's file
        return f"belongs to user {status.st_uid}, not to user {owner}"
    return None


def _raised(error: OSError) -> NoReturn:
    """For os.fwalk, which otherwise passes over folders that it cannot open."""
    raise error
