"""The journal of a lab: records/<lab>.jsonl, one line a student and attempt.

Lines are only ever appended, so whatever kills the program leaves at worst half a last
line, which the next start cuts off. A later line of the same student and attempt takes
the place of an earlier one; at the end those are left out in one step. The last line of
a student tells what counts now. In memory there is only where each line lies.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from labkit.errors import LabkitError
from labkit.runtime import atomic_write

Record = dict[str, Any]

SYNC_SECONDS = 1.0  # what a power cut may cost; a killed program loses nothing


class RecordsError(LabkitError):
    """The records cannot be read or written; the text says why and what to do."""


@dataclass(frozen=True)
class _Line:
    """Where a record lies in the file, and which bytes of the student it is about."""

    offset: int
    length: int
    sha256: str | None


class Records(Sequence[Record]):
    """The records of a lab; as a sequence, those that count now, by student.

    A context manager. Each record is read from the file when it is asked for.

    Args:
        path: records/<lab>.jsonl.
        writable: take the lock, mend a torn last line, allow `append`. Without it
            nothing at all is written, and the file may be missing.

    Raises:
        RecordsError: the file is damaged, or there is no room for it.
        LabkitError: another program is at it.
    """

    def __init__(self, path: Path, writable: bool = True) -> None:
        self.path = path
        self._writable = writable
        self._file: int | None = None
        self._lines: dict[str, dict[int, _Line]] = {}  # student -> attempt -> line
        self._current: dict[str, int] = {}  # student -> attempt
        self._size = self._superseded = 0
        self._synced = time.monotonic()
        self._held = contextlib.ExitStack()
        try:
            if writable:
                self._lock()
            self._load()
        except OSError as error:
            self.close()
            raise failed(error) from error
        except LabkitError:
            self.close()
            raise

    def current(self, student: str) -> Record | None:
        """The record of a student that counts now."""
        attempt = self._current.get(student)
        return None if attempt is None else self._read(self._lines[student][attempt])

    def attempt(self, student: str, sha256: str | None) -> tuple[int, Record | None]:
        """The number of an attempt, and its record; a new number if it is new.

        Args:
            student: the folder's name.
            sha256: of the submitted bytes; None if there are none.
        """
        lines = self._lines.get(student, {})
        for number, line in lines.items():
            if line.sha256 == sha256:
                return number, self._read(line)
        return max(lines, default=0) + 1, None

    def history(self, student: str) -> list[Record]:
        """All records of a student, the one that counts last."""
        attempts = self._lines.get(student, {})
        current = self._current.get(student)
        order = sorted(attempts, key=lambda number: (number == current, number))
        return [self._read(attempts[number]) for number in order]

    def append(self, record: Record) -> None:
        """Write a record; from now on it is the one of its student that counts.

        Raises:
            RecordsError: the disk is full, say; then the file is as it was before.
        """
        line = json.dumps(record, allow_nan=False).encode() + b"\n"
        try:
            _write(self._file, line)
            if time.monotonic() - self._synced > SYNC_SECONDS:
                self.sync()
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise failed(error) from error
        self._enter(record, self._size, len(line))
        self._size += len(line)

    def sync(self) -> None:
        """Have everything on the disk."""
        os.fsync(self._file)
        self._synced = time.monotonic()

    def compact(self) -> None:
        """Leave out the lines that later ones have superseded; all or nothing.

        Raises:
            RecordsError: the disk is full, say; then the file is as it was before.
        """
        try:
            self.sync()
            if not self._superseded:
                return
            kept = [line for lines in self._lines.values() for line in lines.values()]
            kept.sort(key=lambda line: line.offset)
            atomic_write(self.path, lambda path: self._copy(kept, path))
            self._open_file()
            self._load()
        except OSError as error:
            raise failed(error) from error

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._current)

    def __getitem__(self, index: Any) -> Any:
        students = sorted(self._current)[index]
        if isinstance(index, slice):
            return [self.current(student) for student in students]
        return self.current(students)

    def __iter__(self) -> Iterator[Record]:
        return map(self.current, sorted(self._current))

    def _lock(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path.with_suffix(".lock"), timeout=0)
        try:
            self._held.enter_context(lock)
        except Timeout:
            raise LabkitError(
                f"{self.path.stem} is being graded by another labkit already, into "
                f"{self.path.parent.parent}. Wait until it is done, or stop it first."
            ) from None
        for left in self.path.parent.glob(f".{self.path.stem}-*{self.path.suffix}"):
            left.unlink()  # of a compaction that was killed

    def _open_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT if self._writable else os.O_RDONLY
        self._file = os.open(self.path, flags | os.O_CLOEXEC, 0o666)

    def _load(self) -> None:
        try:
            self._open_file()
        except FileNotFoundError:
            return  # and nothing is to be written
        self._lines, self._current = {}, {}
        self._size = self._superseded = 0
        with open(self.path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    break  # a torn last line
                self._enter(self._parsed(line, number), self._size, len(line))
                self._size += len(line)
        if self._writable and self._size < os.fstat(self._file).st_size:
            os.ftruncate(self._file, self._size)

    def _parsed(self, line: bytes, number: int) -> Record:
        try:
            record = json.loads(line)
            _ = record["student"], record["attempt"] + 0, record["submission"]["sha256"]
        except (ValueError, LookupError, TypeError):
            raise RecordsError(
                f"line {number} of {self.path} is no record. Move the file away, or "
                "delete that line: what is missing will be graded again."
            ) from None
        return record

    def _enter(self, record: Record, offset: int, length: int) -> None:
        student, attempt = record["student"], record["attempt"]
        lines = self._lines.setdefault(student, {})
        self._superseded += attempt in lines
        lines[attempt] = _Line(offset, length, record["submission"]["sha256"])
        self._current[student] = attempt

    def _read(self, line: _Line) -> Record:
        return json.loads(os.pread(self._file, line.length, line.offset))

    def _copy(self, lines: list[_Line], path: Path) -> None:
        with path.open("wb") as file:
            for line in lines:
                file.write(os.pread(self._file, line.length, line.offset))


class Sent:
    """The records of a few students, away from their file: what a worker is told."""

    def __init__(self) -> None:
        self._histories: dict[str, list[Record]] = {}

    def take(self, histories: dict[str, list[Record]]) -> None:
        """Have these instead of those before.

        Args:
            histories: student -> what `Records.history` gives.
        """
        self._histories = histories

    def current(self, student: str) -> Record | None:
        """As `Records.current`."""
        return next(reversed(self._histories.get(student, [])), None)

    def attempt(self, student: str, sha256: str | None) -> tuple[int, Record | None]:
        """As `Records.attempt`."""
        records = self._histories.get(student, [])
        for record in records:
            if record["submission"]["sha256"] == sha256:
                return record["attempt"], record
        return max((record["attempt"] for record in records), default=0) + 1, None


def _write(file: int, content: bytes) -> None:
    """Write all of it; a disk that fills up takes a part and then refuses the rest."""
    while content:
        content = content[os.write(file, content) :]


def failed(error: OSError) -> RecordsError:
    """What to do when a file of the grades cannot be written."""
    return RecordsError(
        f"{error.filename or 'a file'} cannot be written: {error.strerror}. What has "
        "been graded is kept; make room, or name another folder with --out, and run the "
        "same command again."
    )
