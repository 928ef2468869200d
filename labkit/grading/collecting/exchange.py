"""nbgrader's collect from a folder, for folders that students write in.

nbgrader copies what lies in the exchange with the teacher's rights, and follows links: a
student who puts a link to the grade book into a submission has it collected. Here a
submission is taken only if all in it is plain files and folders of the student whose
name it carries. What is refused is named in the log, and does not hide an earlier one.
Switched on by deploy/one-machine; ngshare has no such folder.
"""

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns

from labkit.grading.submissions import FILE, MODES


class Collect(ExchangeCollect):
    """`c.ExchangeFactory.collect`: refuses links, special files and other owners."""

    def _path_to_record(self, path: str) -> dict[str, Any]:
        record = super()._path_to_record(path)
        problem = _problem(path, record["username"])
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

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy without following a link, also one that was put there a moment ago.

        What cannot be copied is logged and left out; the others are collected.
        """
        try:
            if self.get_size(src) > 1000 * self.coursedir.max_dir_size:
                raise OSError(f"larger than {self.coursedir.max_dir_size} kB")
            self._copy(src, dest)
        except OSError as error:
            shutil.rmtree(dest, ignore_errors=True)
            self.log.error("Not collected: %r: %s", src, error)

    def _copy(self, src: str, dest: str) -> None:
        ignored = ignore_patterns(
            exclude=self.coursedir.ignore,
            include=self.coursedir.include,
            max_file_size=self.coursedir.max_file_size,
            log=self.log,
        )
        owner = os.lstat(src).st_uid
        for place, folders, files, handle in os.fwalk(src):
            target = Path(dest, os.path.relpath(place, src))
            target.mkdir(parents=True, exist_ok=True)
            left = ignored(place, [*folders, *files])
            folders[:] = [name for name in folders if name not in left]
            for name in files:
                if name not in left:
                    _copy_file(name, handle, target / name, owner)


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
    problem = _odd(os.lstat(path), owner)
    if problem:
        return problem
    for _, folders, files, handle in os.fwalk(path):
        for name in [*folders, *files]:
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
            problem = _odd(status, owner)
            if problem:
                return f"{name!r} {problem}"
    return None


def _odd(status: os.stat_result, owner: int) -> str | None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return f"is {MODES.get(stat.S_IFMT(status.st_mode), 'no plain file')}"
    if status.st_uid != owner:  # also a second name of somebody else's file
        return f"belongs to user {status.st_uid}, not to user {owner}"
    return None
