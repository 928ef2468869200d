"""Inside the sandbox: run the slice of one answer, then observe it.

The process that calls this belongs to the submission from then on. Whatever its code
does to it costs this exercise alone, for the process is thrown away afterwards.
"""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from labkit.checks.run import observe
from labkit.checks.session import Session
from labkit.checks.spec import describe, find
from labkit.grading.reading import tamper
from labkit.grading.reading.document import Document, cells_to_run

# Kept here, for a cell may put something else in the place of these.
_exit, _getpid = os._exit, os.getpid


def run(
    document: Document,
    exercise: str,
    seed: Callable[[], int],
    tell: Callable[[dict[str, Any]], None],
    skip: set[int],
    snapshot: tamper.Snapshot | None = None,
) -> dict[str, Any]:
    """Run the cells that an answer needs and observe it.

    Args:
        document: the submission.
        exercise: whose answer.
        seed: gives the seed of the hidden inputs; called when all cells have run.
        tell: takes {"begin": number} and {"end": number} around each cell, and
            {"begin": "check"} before the observing.
        skip: numbers of cells that are left out, for they ended a process before.
        snapshot: how modules were before any submission; taken now when None.

    Returns:
        {"observation": plain data or None, "failure": the error of the answer's cell or
        None, "tampering": what was changed that is not the submission's, "notes"}.
        Without observation and failure there is no answer.
    """
    before = tamper.snapshot() if snapshot is None else snapshot
    process, streams, found = _getpid(), (sys.stdout, sys.stderr), []
    with _private_folder():
        session = Session("__main__", exercise, document["answers"][exercise])
        for cell in list(cells_to_run(document, exercise)):
            if cell.number not in skip:
                tell({"begin": cell.number})
                with contextlib.suppress(BaseException):  # a timer that goes off late
                    session.execute(cell)
                _end_if_forked(process)
                found += _calm_down(streams)
                session.take(cell)
                tell({"end": cell.number})
        found += tamper.changes(before)
        observation, failure = None, session.failure
        if session.answer is not None:
            drawn = seed()
            tell({"begin": "check"})
            observation, failure = _observe(exercise, session.answer, drawn)
            _end_if_forked(process)
            found += _calm_down(streams) + tamper.changes(before)
    return {
        "observation": observation,
        "failure": failure,
        "tampering": list(dict.fromkeys(found)),
        "notes": session.shell.notes,
    }


def _observe(
    exercise: str, answer: Any, seed: int
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Observe an answer; gives the observation or the error."""
    try:
        return observe(find(exercise), answer, seed, sys.stdout), None
    except BaseException as error:  # noqa: BLE001 (Ctrl-C of a thread, say)
        return None, describe(error)


def _end_if_forked(process: int) -> None:
    """End a child that a cell has made: what comes now is its parent's to do."""
    if _getpid() != process:
        _exit(0)


def _calm_down(streams: tuple[Any, Any]) -> list[str]:
    """Undo what would disturb all that follows: timers, handlers, hooks, figures.

    Returns:
        What of it is tampering.
    """
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            break
        except BaseException:  # noqa: BLE001, S112 (a handler of the cell's)
            continue
    found = tamper.left_on()
    sys.settrace(None)
    sys.setprofile(None)
    sys.stdout, sys.stderr = streams
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        with contextlib.suppress(Exception):
            pyplot.close("all")
    return found


@contextlib.contextmanager
def _private_folder() -> Iterator[None]:
    """Run in a new, empty folder; it goes with the process."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        contextlib.chdir(folder),
    ):
        yield
