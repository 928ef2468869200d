"""What a worker is told, and what it tells when it has graded a few submissions."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.grading.given import Given
from labkit.grading.keys import code_key, spec_key
from labkit.grading.records import Record
from labkit.grading.submissions import Submission

WORDS = {"code": "labkit's code", "course": "the course", "isa": "processor features"}


@dataclass(frozen=True)
class Job:
    """One run of `labkit grade`; the same for all workers.

    Attributes:
        lab: the lab's folder name, "04_losses".
        course: the course folder, the same path for all.
        folder: for this run's shards, on a file system that all share.
        documents: for what is read of notebooks, likewise.
        surroundings: what grades depend on; a worker's have to be the same.
        cell_seconds: instead of the lab's own limit for one cell.
        seed: of the hidden inputs; drawn afresh when None.
        force: grade again what is known already.
        trust: run submissions without a sandbox.
    """

    lab: str
    course: Path
    folder: Path
    documents: Path
    surroundings: dict[str, Any]
    cell_seconds: float | None
    seed: int | None
    force: bool
    trust: bool


@dataclass(frozen=True)
class Batch:
    """A few submissions that one worker grades, one after another.

    Attributes:
        number: tells it from the others of its run.
        submissions: what was found in the folders.
        known: student -> the records there are, the one that counts last.
        again: whether it has been given to a worker before.
    """

    number: int
    submissions: list[Submission]
    known: dict[str, list[Record]] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True)
class Done:
    """What became of a batch.

    Attributes:
        shard: name of the file, in the run's folder, that tells it.
        refused: why this worker cannot grade at all; else "".
    """

    shard: str = ""
    refused: str = ""


def surroundings(environment: dict[str, Any], given: Given) -> dict[str, Any]:
    """All that the grades of a run depend on, submissions apart.

    Args:
        environment: what `keys.environment` says of this machine.
        given: the lab, as the course has it here.
    """
    specs = [spec_key(exercise) for exercise in given.exercises]
    course = json.dumps([given.released, given.written, specs])
    found = {key: value for key, value in environment.items() if key != "sha256"}
    found["code"] = code_key()
    return found | {"course": hashlib.sha256(course.encode()).hexdigest()}


def difference(there: dict[str, Any], here: dict[str, Any]) -> str:
    """Say what a worker has another one of; "" if nothing.

    Args:
        there: the surroundings of the run.
        here: those of the worker.
    """
    found = []
    for name, value in there.items():
        if here.get(name) != value:
            shown = [str(each) for each in (value, here.get(name))]
            values = (
                f" ({' and '.join(shown)})" if len(max(shown, key=len)) < 20 else ""
            )
            found.append(WORDS.get(name, name) + values)
    return ", ".join(found)
