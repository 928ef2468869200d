"""Asking a worker about a submission; it is started when there is something to ask."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from labkit.grading.given import Given
from labkit.grading.keys import submission_key
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.outcome import Outcome, Request
from labkit.grading.sandbox.worker import Worker
from labkit.grading.submissions import Refused, Submission, read

Document = dict[str, Any]


class Asker:
    """One slot's worker.

    Args:
        given: the lab, as the course has it.
        limits: what a submission may use.
        slot: its number.
        trust: run submissions without a sandbox.
    """

    def __init__(self, given: Given, limits: Limits, slot: int, trust: bool) -> None:
        self.max_bytes = limits.notebook_mb * 1_000_000
        self._given, self._limits = given, limits
        self._slot, self._trust = slot, trust
        self._worker: Worker | None = None

    def start(self) -> list[str]:
        """Start the worker if it is not there; the layers of its sandbox.

        Raises:
            SandboxError: no sandbox can be made here.
        """
        if self._worker is None:
            course: Path = self._given.course
            self._worker = Worker(
                self._given.lab, self._limits, course, self._slot, self._trust
            )
        return self._worker.layers

    def ask(self, file: str, content: bytes, seeds: dict[str, int]) -> Outcome:
        """Have a notebook read, and some of its exercises observed.

        Args:
            file: its name.
            content: its bytes.
            seeds: exercise -> seed of its hidden inputs.
        """
        self.start()
        given = self._given
        request = Request(
            lab=given.lab,
            exercises=list(seeds),
            notebook=content,
            file=file,
            released=given.released,
            written=given.written,
            seeds=seeds,
        )
        outcome = self._worker.run(request)
        lost = {name: seed for name, seed in seeds.items() if _lost(outcome, name)}
        if lost:  # once a worker may be killed by something else; a second time, not
            request = replace(request, exercises=list(lost), seeds=lost)
            again = self._worker.run(request)
            if again.problem is None:
                outcome = replace(again, observed=outcome.observed | again.observed)
        return outcome

    def document(
        self, submission: Submission, known: dict[str, Any]
    ) -> Document | None:
        """Read a notebook again, without running anything of it.

        Args:
            submission: where it lies.
            known: a record's "submission": only this file with these bytes is meant.
        """
        if known["file"] not in submission.files:
            return None
        try:
            content = read(submission, known["file"], self.max_bytes)
        except Refused:
            return None
        if submission_key(content) != known["sha256"]:
            return None
        return self.ask(known["file"], content, {}).document or None

    def close(self) -> None:
        """Stop the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _lost(outcome: Outcome, exercise: str) -> bool:
    """Tell whether the worker was gone before the exercise, or the reading, was over."""
    seen = outcome.observed.get(exercise)
    return (
        not outcome.document if seen is None else bool(seen.deaths and not seen.seconds)
    )
