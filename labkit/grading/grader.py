"""Grading one submission after another: what a slot of the engine does."""

import hashlib
import json
import secrets
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labkit.checks.spec import Exercise
from labkit.errors import LabkitError
from labkit.grading import submissions
from labkit.grading.choosing import Chosen, choose
from labkit.grading.given import Given
from labkit.grading.keys import spec_key, submission_key
from labkit.grading.limits import Limits
from labkit.grading.records import Record, Records
from labkit.grading.submissions import Flag, Submission
from labkit.grading.verdict import Judge, entry, unread, verdict
from labkit.grading.worker import Observed, Outcome, Request, Worker

Document = dict[str, Any]

TRUSTED = {"kind": "trusted", "text": "it ran without a sandbox (--trust-submissions)"}


@dataclass(frozen=True)
class Settings:
    """What all slots share.

    Attributes:
        given: the lab, as the course has it.
        limits: what a submission may use.
        environment: what `keys.environment` says of this machine.
        records: what has been graded before.
        keep: takes (student, document) of each notebook that has been run.
        seed: of all seeds; they are drawn afresh when None.
        force: grade again what is known already.
        trust: run submissions without a sandbox.
    """

    given: Given
    limits: Limits
    environment: dict[str, Any]
    records: Records
    keep: Callable[[str, Document], None] = lambda *_: None
    seed: int | None = None
    force: bool = False
    trust: bool = False


@dataclass(frozen=True)
class Graded:
    """What became of one submission.

    Attributes:
        student: the folder's name.
        record: the line to be written; None if the one that is there still holds.
        before: the line that counted until now.
        ran: whether anything of it was run.
        fault: why it could not be graded, for a reason of ours; else "".
    """

    student: str
    record: Record | None = None
    before: Record | None = None
    ran: bool = False
    fault: str = ""


class Grader:
    """A slot: one worker, which is started when there is something to run.

    Args:
        settings: shared by all slots.
        slot: its number.
        judge: turns observations into results.
    """

    def __init__(self, settings: Settings, slot: int, judge: Judge) -> None:
        self._settings = settings
        self._slot = slot
        self._judge = judge
        self._worker: Worker | None = None
        self._max_bytes = settings.limits.notebook_mb * 1_000_000

    def grade(self, submission: Submission) -> Graded:
        """Grade a submission, as far as it is not known already.

        Raises:
            LabkitError: nothing can be graded here.
        """
        try:
            return self._grade(submission)
        except LabkitError:
            raise
        except Exception as error:  # noqa: BLE001 (one must not stop the others)
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            fault = f"{type(error).__name__}: {error} ({where})"
            return Graded(submission.student, fault=fault)

    def read(self, submission: Submission, known: dict[str, Any]) -> Document | None:
        """Read a notebook without running anything of it.

        Args:
            submission: where it lies.
            known: a record's "submission": only this file with these bytes is meant.
        """
        if known["file"] not in submission.files:
            return None
        try:
            content = submissions.read(submission, known["file"], self._max_bytes)
        except submissions.Refused:
            return None
        if submission_key(content) != known["sha256"]:
            return None
        return self._ask(known["file"], content, {}).document or None

    def close(self) -> None:
        """Stop the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _grade(self, submission: Submission) -> Graded:
        began = time.monotonic()
        student, records = submission.student, self._settings.records
        before = records.current(student)
        chosen = self._choose(submission, before)
        attempt, known = records.attempt(student, chosen.info["sha256"])
        todo = self._todo(known)
        if chosen.content is None:
            if known and known["flags"] != chosen.flags:  # another reason than before
                todo = self._settings.given.exercises
            entries, flags = self._unread(todo, chosen.flags[0]), []
        elif todo:
            entries, flags = self._run(student, chosen, todo)
        else:
            entries, flags = {}, known["flags"]
            flags = [f for f in flags if f["kind"] not in submissions.KINDS]
        record = self._record(known, entries)
        record["student"], record["attempt"] = student, attempt
        record["submission"] = chosen.info
        record["flags"] = _unique(chosen.flags, flags, record["exercises"])
        if not todo and record == before:
            return Graded(student, None, before)
        if todo:
            record["seconds"] = round(time.monotonic() - began, 3)
        return Graded(student, record, before, bool(todo))

    def _choose(self, submission: Submission, before: Record | None) -> Chosen:
        given = self._settings.given

        def fullness(name: str, content: bytes) -> int:
            return _answered(self._ask(name, content, {}).document, given.released)

        return choose(submission, given.lab, self._max_bytes, before, fullness)

    def _todo(self, known: Record | None) -> list[Exercise]:
        """The exercises whose marks are not known, or may not hold any more."""
        exercises = self._settings.given.exercises
        here = self._settings.environment["sha256"]
        if (
            self._settings.force
            or known is None
            or known["environment"]["sha256"] != here
        ):
            return exercises
        there = known["exercises"]
        return [
            e for e in exercises if there.get(e.name, {}).get("spec") != spec_key(e)
        ]

    def _run(
        self, student: str, chosen: Chosen, todo: list[Exercise]
    ) -> tuple[dict[str, Any], list[Flag]]:
        """Run some exercises: their entries of the record, the notebook's flags."""
        seeds = {exercise.name: self._seed(student, exercise) for exercise in todo}
        outcome = self._ask(chosen.info["file"], chosen.content, seeds)
        if outcome.problem is not None:
            return self._unread(todo, outcome.problem), [outcome.problem]
        self._settings.keep(student, outcome.document)
        entries = {}
        for exercise in todo:
            observed = outcome.observed[exercise.name]
            result = verdict(exercise, observed, outcome.document, self._judge)
            entries[exercise.name] = entry(result, observed, seeds[exercise.name])
        trusted = [TRUSTED] if self._settings.trust else []
        return entries, trusted + outcome.document["flags"]

    def _unread(self, todo: list[Exercise], problem: Flag) -> dict[str, Any]:
        return {e.name: entry(unread(e, problem), Observed(), None) for e in todo}

    def _ask(self, name: str, content: bytes, seeds: dict[str, int]) -> Outcome:
        given = self._settings.given
        if self._worker is None:
            self._worker = Worker(
                given.lab,
                self._settings.limits,
                given.course,
                self._slot,
                self._settings.trust,
            )
        request = Request(
            lab=given.lab,
            exercises=list(seeds),
            notebook=content,
            file=name,
            released=given.released,
            written=given.written,
            seeds=seeds,
        )
        return self._worker.run(request)

    def _seed(self, student: str, exercise: Exercise) -> int:
        if self._settings.seed is None:
            return secrets.randbelow(2**31)
        text = json.dumps([self._settings.seed, student, exercise.name])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1

    def _record(self, known: Record | None, entries: dict[str, Any]) -> Record:
        """A record with new entries beside the known ones, in the lab's order."""
        given, environment = self._settings.given, self._settings.environment
        every = (known or {}).get("exercises", {}) | entries
        record = {
            "student": "",
            "lab": given.lab,
            "attempt": 0,
            "submission": {},
            "exercises": {e.name: every[e.name] for e in given.exercises},
            "flags": [],
        }
        if not entries:
            return known | record
        return record | {
            "environment": environment,
            "sandbox": self._worker.layers if self._worker else [],
            "graded": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def _unique(
    found: list[Flag], read: list[Flag], exercises: dict[str, Any]
) -> list[Flag]:
    """All flags of a record, each once."""
    run = [flag for exercise in exercises.values() for flag in exercise["flags"]]
    flags = [*found, *read, *run]
    return [flag for place, flag in enumerate(flags) if flag not in flags[:place]]


def _answered(document: Document, released: list[dict[str, str]]) -> int:
    """How many exercises of a notebook hold something else than their stub."""
    stubs = {cell["grade_id"]: cell["source"].strip() for cell in released}
    sources = {cell["number"]: cell["source"] for cell in document.get("cells", [])}
    return sum(
        sources[number].strip() != stubs.get(name)
        for name, number in document.get("answers", {}).items()
        if number is not None
    )
