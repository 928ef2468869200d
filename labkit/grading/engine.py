"""`labkit grade`: from a folder of submissions to records, grade book and feedback.

The records are the truth, written one line at a time as the marks come; everything else
is made from them at the end. So whatever kills this program, the same command again
completes the work.
"""

import contextlib
import importlib
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from labkit.course.folder import course_folder
from labkit.errors import BadValue
from labkit.grading import given as lab_given
from labkit.grading.asking import Asker
from labkit.grading.books import tables
from labkit.grading.changes import changes
from labkit.grading.cluster import schedulers
from labkit.grading.cluster.head import Head
from labkit.grading.cluster.shards import merge_left
from labkit.grading.derived import Documents, Shelf, derive
from labkit.grading.grader import Graded, Grader, Settings
from labkit.grading.judging import Judges
from labkit.grading.keys import environment
from labkit.grading.records import Records, failed
from labkit.grading.report import Report
from labkit.grading.sandbox.limits import Limits, limits_for
from labkit.grading.slots import spread
from labkit.grading.submissions import Submission, find


def grade(
    lab: str,
    course: Path | None = None,
    submitted: Path | None = None,
    out: Path | None = None,
    student: str | None = None,
    jobs: int | None = None,
    seed: int | None = None,
    cell_seconds: float | None = None,
    force: bool = False,
    trust: bool = False,
    diff: bool = False,
    console: Console | None = None,
    scheduler: str | None = None,
) -> Report:
    """Grade the submissions of a lab, as far as their grades are not known already.

    Args:
        lab: the lab's folder name, "04_losses".
        course: the course folder; found upwards from the current folder when None.
        submitted: holds <student>/<lab>/*.ipynb; nbgrader's folder when None.
        out: where records, grade book and feedback go; the course folder when None.
        student: only this one.
        jobs: how many submissions at a time; one a processor when None. With Slurm,
            how many jobs to ask it for.
        seed: of the hidden inputs; drawn afresh when None.
        cell_seconds: instead of the lab's own limit for one cell.
        force: grade again what is known already.
        trust: run submissions without a sandbox.
        diff: write nothing, and report the marks that would change.
        console: where a progress bar goes, if it is a terminal.
        scheduler: of Dask, which has the work done by its workers: "local", "slurm" or
            an address. Threads of this process do it when None.

    Raises:
        LabkitError: wrong use, no sandbox, or no room to write. What has been graded
            is kept.
    """
    began = time.monotonic()
    if jobs is not None and jobs < 1:
        raise BadValue(f"--jobs is 1 or more, not {jobs}.")
    if cell_seconds is not None and not 0 < cell_seconds < float("inf"):
        raise BadValue(f"--cell-seconds is a number above 0, not {cell_seconds}.")
    if scheduler is not None:
        schedulers.check(scheduler, jobs)
        if diff:
            raise BadValue("--diff writes nothing; leave --scheduler out with it.")
    course = course_folder(course)
    given = lab_given.read(lab, course)
    limits = limits_for(lab, cell_seconds)
    found = find(Path(submitted or given.submitted), lab, student)
    out = Path(out or course).resolve()
    report = Report(lab, out, diff)
    jobs = jobs or _processors()
    with contextlib.ExitStack() as opened:
        # The judges first: they are forks, and must not inherit a lock.
        slots = 0 if scheduler else min(jobs, len(found))
        judges = opened.enter_context(Judges(slots))
        path = out / "records" / f"{lab}.jsonl"
        records = opened.enter_context(Records(path, writable=not diff))
        shelf = Shelf(path.with_name(f".{lab}-documents"))
        settings = Settings(
            given=given,
            environment=environment(limits, trust),
            records=records,
            keep=(lambda *_: None) if diff else shelf.keep,
            seed=seed,
            force=force,
            trust=trust,
        )
        if diff:
            stream = _stream(settings, limits, found, judges)
            for graded in _shown(stream, found, console):
                report.note(graded)
                report.changes += changes(graded.before, graded.record)
        else:
            merge_left(records)
            if scheduler is None:
                stream = _stream(settings, limits, found, judges)
            else:
                head = Head(scheduler, jobs, path, shelf.folder, cell_seconds, console)
                stream = opened.enter_context(head).stream(settings, found)
            _write(settings, limits, found, shelf, stream, report, console)
    report.seconds = time.monotonic() - began
    return report


def _write(
    settings: Settings,
    limits: Limits,
    found: list[Submission],
    shelf: Shelf,
    stream: Iterator[Graded],
    report: Report,
    console: Console | None,
) -> None:
    """Grade, write each record as it comes, then all that is made from them."""
    given, records = settings.given, settings.records
    if settings.force or len(found) > len(records):
        _load_books()
    with contextlib.closing(Asker(given, limits, 0, settings.trust)) as asker:
        for graded in _shown(stream, found, console):
            report.note(graded)
            if graded.record is not None:
                records.append(graded.record)
        records.compact()
        documents = Documents(shelf, records, found, asker)
        try:
            report.marks = derive(report.out, given, records, documents)
            report.summary = tables.summary(given.lab, records, report.marks)
        except OSError as error:
            raise failed(error) from error
        shelf.clear()


def _load_books() -> None:
    """Have nbgrader loaded while submissions run: it takes seconds, and is needed."""
    books = "labkit.grading.books.gradebook"
    threading.Thread(target=importlib.import_module, args=(books,)).start()


def _stream(
    settings: Settings, limits: Limits, found: list[Submission], judges: Judges
) -> Iterator[Graded]:
    graders = [
        Grader(
            settings,
            Asker(settings.given, limits, slot, settings.trust),
            partial(judges.judge, slot=slot),
        )
        for slot in range(judges.count)
    ]
    return spread(found, graders)


def _shown(
    stream: Iterator[Graded], found: list[Submission], console: Console | None
) -> Iterator[Graded]:
    """Move a bar along, on a terminal."""
    quiet = console is None or not console.is_terminal
    with (
        contextlib.closing(stream),  # at once, when the loop outside ends early
        Progress(console=console, transient=True, disable=quiet) as progress,
    ):
        task = progress.add_task("grading", total=len(found))
        for graded in stream:
            yield graded
            progress.advance(task)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
