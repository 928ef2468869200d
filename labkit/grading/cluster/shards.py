"""Shards: the lines of a batch, written by one worker, merged by one process.

records/.<lab>-shards/<run>/<batch>-<worker>.jsonl: a line a submission, as it is done.
No two workers write the same file. The one that takes over the batch of a worker that
died uses its lines; those of a run that was killed are merged by the next one.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from labkit.grading.grader import Graded
from labkit.grading.records import Record, Records

Line = dict[str, Any]


def folder_of(records: Path) -> Path:
    """The folder for the shards of a lab's runs.

    Args:
        records: records/<lab>.jsonl.
    """
    return records.with_name(f".{records.stem}-shards")


class Shard:
    """A file of one worker for one batch. A context manager.

    Args:
        folder: of the run.
        number: of the batch.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.name = f"{number:06d}-{uuid.uuid4().hex}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = open(os.open(folder / self.name, flags, 0o666), "wb")  # noqa: SIM115

    def write(self, line: Line) -> None:
        self._file.write(json.dumps(line, allow_nan=False).encode() + b"\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync(self._file.fileno())  # on a network's file system: so others see it
        self._file.close()


def line_of(graded: Graded) -> Line:
    """A submission's line; what was there before stays where it is."""
    return {**asdict(graded), "before": None}


def graded_of(line: Line) -> Graded:
    return Graded(**line)


def read(path: Path) -> Iterator[Line]:
    """The lines of a shard; a torn last one, of a worker that was killed, is left out."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


def of_batch(folder: Path, number: int) -> list[Path]:
    """The shards that there are of a batch."""
    return sorted(folder.glob(f"{number:06d}-*.jsonl"))


def merge_left(records: Records) -> int:
    """Take over what the workers of a run that was killed have done; how many lines.

    A line older than the record of its student does not count any more.
    """
    folder, merged = folder_of(records.path), 0
    for path in sorted(folder.glob("*/*.jsonl")):
        for line in read(path):
            record: Record | None = line["record"]
            if record and _newer(record, records.current(record["student"])):
                records.append(record)
                merged += 1
    shutil.rmtree(folder, ignore_errors=True)
    return merged


def _newer(record: Record, current: Record | None) -> bool:
    return current is None or (
        record != current and record["graded"] > current["graded"]
    )
