"""`labkit lint-lab LAB`: is a lab's grading fit to be released?

Everything is graded as a submission is, by the same worker: the reference many times,
the untouched notebook, and mutants of the reference, one mistake each. What survives
with full marks is listed, for a teacher to judge: as right as the reference, or a hole
in the check.
"""

import ast
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import Progress

from labkit.checks import REGISTRY
from labkit.checks.spec import Exercise
from labkit.course.folder import course_folder, nbgrader_config
from labkit.course.notebook import source_notebook
from labkit.course.source import read_lab
from labkit.grading import given
from labkit.grading.given import Given
from labkit.grading.judging import Judges
from labkit.grading.lint import gallery
from labkit.grading.lint.mutants import mutants
from labkit.grading.lint.report import Report, Shown, Survivor
from labkit.grading.sandbox.limits import Limits, limits_for
from labkit.grading.sandbox.worker import Request, Worker
from labkit.grading.slots import spread
from labkit.grading.verdict import Judge, unread, verdict

TIMES = 20  # that the reference has to get full marks, one after another
WIDTH = 60  # of the code that is shown of a survivor
HANGING = 20.0  # seconds of a check after which a mutant counts as killed


@dataclass(frozen=True)
class Attempt:
    """A notebook to be graded.

    Attributes:
        kind: "reference", "untouched" or "mutant".
        notebook: as it would be handed in.
        exercises: those that are of interest.
        label: of a mutant, what was changed.
        line: of a mutant, what the changed place reads now.
    """

    kind: str
    notebook: bytes
    exercises: list[Exercise]
    label: str = ""
    line: str = ""


@dataclass(frozen=True)
class Marked:
    """What an attempt got: exercise -> points and message; wall seconds."""

    attempt: Attempt
    points: dict[str, float]
    messages: dict[str, str]
    seconds: float


def lint(
    lab: str,
    course: Path | None = None,
    times: int | None = None,
    jobs: int | None = None,
    console: Console | None = None,
) -> Report:
    """Look whether the grading of a lab does what it should.

    Args:
        lab: the lab's folder name, "04_losses".
        course: the course folder; found upwards from the current folder when None.
        times: how often to grade the reference; 20 when None.
        jobs: how many submissions at a time; one a processor when None.
        console: where a progress bar goes, if it is a terminal.

    Raises:
        LabkitError: there is no such lab, or no sandbox.
    """
    course = course_folder(course)
    known = given.read(lab, course)
    attempts = list(_attempts(known, TIMES if times is None else times))
    jobs = jobs or len(os.sched_getaffinity(0))
    report = Report(lab, {each.name: each.points for each in known.exercises}, jobs)
    files = [course / gallery.FOLDER / f"{each.name}.py" for each in known.exercises]
    quiet = console is None or not console.is_terminal
    limits = limits_for(lab)
    limits = replace(limits, check_seconds=min(limits.check_seconds, HANGING))
    with (
        Judges(jobs) as judges,
        Progress(console=console, transient=True, disable=quiet) as progress,
    ):
        task = progress.add_task("grading", total=len(attempts))
        slots = [
            _Slot(known, limits, slot, partial(judges.judge, slot=slot))
            for slot in range(jobs)
        ]
        for marked in spread(attempts, slots):
            _note(report, marked)
            progress.advance(task)
        task = progress.add_task("gallery", total=len(files))
        for exercise, file in zip(known.exercises, files, strict=True):
            if file.is_file():
                for case in gallery.examined(exercise, file):
                    shown = exercise.name, case.label, case.right, case.slip
                    report.cases.append(Shown(*shown))
            progress.advance(task)
    return report


class _Slot:
    """One worker, which grades attempts."""

    def __init__(self, known: Given, limits: Limits, slot: int, judge: Judge) -> None:
        self._known, self._judge = known, judge
        self._start = partial(Worker, known.lab, limits, known.course, slot)
        self._worker: Worker | None = None

    def grade(self, attempt: Attempt) -> Marked:
        self._worker = self._worker or self._start()
        request = Request(
            lab=self._known.lab,
            exercises=[each.name for each in attempt.exercises],
            notebook=attempt.notebook,
            file=f"{self._known.lab}.ipynb",
            released=self._known.released,
            written=self._known.written,
            seeds={each.name: secrets.randbelow(2**31) for each in attempt.exercises},
        )
        outcome = self._worker.run(request)
        results = {
            each.name: unread(each, outcome.problem)
            if outcome.problem
            else verdict(
                each, outcome.observed[each.name], outcome.document, self._judge
            )
            for each in attempt.exercises
        }
        return Marked(
            attempt,
            {name: result.points for name, result in results.items()},
            {name: str(result) for name, result in results.items()},
            outcome.seconds,
        )

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()


def _attempts(known: Given, times: int) -> Iterator[Attempt]:
    """The reference many times, the untouched notebook, every mutant."""
    settings = nbgrader_config(known.course).CourseDirectory
    sources = known.course / settings.source_directory / known.lab
    released = known.course / settings.release_directory / known.lab
    lab = read_lab(sources, known.course)
    reference = source_notebook(lab, REGISTRY)
    exercises = known.exercises
    for _ in range(times):
        yield Attempt("reference", _bytes(reference), exercises)
    untouched = (released / f"{known.lab}.ipynb").read_bytes()
    yield Attempt("untouched", untouched, exercises)
    for cell in lab.having("exercise"):
        plain = ast.unparse(ast.parse(cell.source))
        for label, source in mutants(cell.source, cell.name):
            yield Attempt(
                "mutant",
                _bytes(_with_answer(reference, cell.name, source)),
                [REGISTRY[cell.name]],
                label,
                _changed_line(plain, source),
            )


def _with_answer(notebook: NotebookNode, name: str, source: str) -> NotebookNode:
    """The same notebook with another answer to one exercise."""
    cells = [
        nbformat.from_dict({**cell, "source": source}) if cell.id == name else cell
        for cell in notebook.cells
    ]
    return nbformat.from_dict({**notebook, "cells": cells})


def _bytes(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()


def _changed_line(before: str, after: str) -> str:
    """What a program reads where it differs from another, as much as a table holds."""
    old, new = before.splitlines(), after.splitlines()
    at = _first_difference(old, new)
    was, line = (lines[at].strip() if at < len(lines) else "" for lines in (old, new))
    start = max(_first_difference(was, line) - WIDTH // 2, 0)
    shown = line[start : start + WIDTH]
    return f"{'…' * (start > 0)}{shown}{'…' * (start + WIDTH < len(line))}"


def _first_difference(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    ends = min(len(one), len(other))
    return next((place for place, (a, b) in pairs if a != b), ends)


def _note(report: Report, marked: Marked) -> None:
    """Put the marks of an attempt where they belong."""
    attempt = marked.attempt
    if attempt.kind == "reference":
        report.seconds.append(marked.seconds)
        for exercise in attempt.exercises:
            if marked.points[exercise.name] < exercise.points:
                report.failures.append(marked.messages[exercise.name])
    elif attempt.kind == "untouched":
        report.untouched = {
            name: points for name, points in marked.points.items() if points
        }
    else:
        name = attempt.exercises[0].name
        report.mutants[name] += 1
        if marked.points[name] >= attempt.exercises[0].points:
            report.survivors.append(Survivor(name, attempt.label, attempt.line))
