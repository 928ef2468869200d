"""Grading one submission after another: what a slot of the engine does."""

import hashlib
import json
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labkit.checks.spec import Exercise
from labkit.errors import LabkitError
from labkit.grading import submissions
from labkit.grading.asking import Asker, Document
from labkit.grading.choosing import Chosen, choose
from labkit.grading.given import Given
from labkit.grading.keys import spec_key
from labkit.grading.records import Record, Records, Sent
from labkit.grading.sandbox.outcome import Observed
from labkit.grading.submissions import Flag, Submission
from labkit.grading.verdict import Judge, entry, unread, verdict

TRUSTED = {"kind": "trusted", "text": "it ran without a sandbox (--trust-submissions)"}


@dataclass(frozen=True)
class Settings:
    """What all slots share.

    Attributes:
        given: the lab, as the course has it.
        environment: what `keys.environment` says of this machine.
        records: what has been graded before.
        keep: takes (student, sha256 of the notebook, document) of each that has run.
        seed: of all seeds; they are drawn afresh when None.
        force: grade again what is known already.
        trust: run submissions without a sandbox.
    """

    given: Given
    environment: dict[str, Any]
    records: Records | Sent
    keep: Callable[[str, str, Document], None] = lambda *_: None
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
        again: whether a worker had begun with it that has gone.
    """

    student: str
    record: Record | None = None
    before: Record | None = None
    ran: bool = False
    fault: str = ""
    again: bool = False


class Grader:
    """A slot: grades one submission after another, with a worker of its own.

    Args:
        settings: shared by all slots.
        asker: asks the slot's worker.
        judge: turns observations into results.
    """

    def __init__(self, settings: Settings, asker: Asker, judge: Judge) -> None:
        self._settings = settings
        self._asker = asker
        self._judge = judge

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

    def close(self) -> None:
        """Stop the slot's worker."""
        self._asker.close()

    def _grade(self, submission: Submission) -> Graded:
        student, records = submission.student, self._settings.records
        before = records.current(student)
        chosen = self._choose(submission, before)
        attempt, known = records.attempt(student, chosen.info["sha256"])
        todo = self._todo(known)
        if chosen.content is None:
            if known and known["flags"] != chosen.flags:  # another reason than before
                todo = self._settings.given.exercises
            ran = _Run(self._unread(todo, chosen.flags[0]))
        elif todo:
            ran = self._run(student, chosen, todo)
        else:
            kept = (f for f in known["flags"] if f["kind"] not in submissions.KINDS)
            ran = _Run(flags=list(kept))
        record = {
            "student": student,
            "lab": self._settings.given.lab,
            "attempt": attempt,
            "submission": chosen.info,
            **self._marked(known, ran, chosen.flags),
        }
        if not todo and record == before:
            return Graded(student, None, before)
        return Graded(student, record, before, bool(todo))

    def _choose(self, submission: Submission, before: Record | None) -> Chosen:
        given = self._settings.given

        def fullness(name: str, content: bytes) -> int:
            document = self._asker.ask(name, content, {}).document
            return _answered(document, given.released)

        return choose(submission, given.lab, self._asker.max_bytes, before, fullness)

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

    def _run(self, student: str, chosen: Chosen, todo: list[Exercise]) -> "_Run":
        """Run some exercises of a notebook."""
        seeds = {exercise.name: self._seed(student, exercise) for exercise in todo}
        layers = self._asker.start()
        outcome = self._asker.ask(chosen.info["file"], chosen.content, seeds)
        problem, document = outcome.problem, outcome.document
        if problem is not None:
            entries, flags = self._unread(todo, problem), [problem]
        else:
            self._settings.keep(student, chosen.info["sha256"], document)
            entries, flags = {}, document["flags"]
            for exercise in todo:
                observed = outcome.observed[exercise.name]
                result = verdict(exercise, observed, document, self._judge)
                entries[exercise.name] = entry(result, observed, seeds[exercise.name])
        flags = [TRUSTED] * self._settings.trust + flags
        return _Run(entries, flags, layers, round(outcome.seconds, 3))

    def _unread(self, todo: list[Exercise], problem: Flag) -> dict[str, Any]:
        return {e.name: entry(unread(e, problem), Observed(), None) for e in todo}

    def _seed(self, student: str, exercise: Exercise) -> int:
        if self._settings.seed is None:
            return secrets.randbelow(2**31)
        text = json.dumps([self._settings.seed, student, exercise.name])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1

    def _marked(
        self, known: Record | None, ran: "_Run", found: list[Flag]
    ) -> dict[str, Any]:
        """The record from its exercises on: new entries beside the known ones."""
        known = known or {"exercises": {}}
        every = known["exercises"] | ran.entries
        exercises = {e.name: every[e.name] for e in self._settings.given.exercises}
        run = [flag for entry in exercises.values() for flag in entry["flags"]]
        flags = [*found, *ran.flags, *run]
        now = {
            "exercises": exercises,
            "flags": [f for place, f in enumerate(flags) if f not in flags[:place]],
        }
        if not ran.entries:
            return known | now
        return now | {
            "environment": self._settings.environment,
            "sandbox": ran.layers,
            "graded": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": ran.seconds,
        }


@dataclass(frozen=True)
class _Run:
    """What is new about a submission.

    Attributes:
        entries: of the exercises that were run.
        flags: of the notebook.
        layers: of the sandbox.
        seconds: that the worker took.
    """

    entries: dict[str, Any] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    seconds: float = 0.0


def _answered(document: Document, released: list[dict[str, str]]) -> int:
    """How many exercises of a notebook hold something else than their stub."""
    stubs = {cell["grade_id"]: cell["source"].strip() for cell in released}
    sources = {cell["number"]: cell["source"] for cell in document.get("cells", [])}
    return sum(
        sources[number].strip() != stubs.get(name)
        for name, number in document.get("answers", {}).items()
        if number is not None
    )
