"""The process that grades for a worker: a sandbox and a judge, kept between batches.

It stands apart from Dask's worker, which has threads: judges are forks. It ends when
the worker goes, or when there has been nothing to do for a while.
"""

import contextlib
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection

from labkit.errors import LabkitError
from labkit.grading import given as lab_given
from labkit.grading.asking import Asker
from labkit.grading.cluster.job import Batch, Done, Job, difference, surroundings
from labkit.grading.cluster.shards import Line, Shard, line_of, of_batch, read
from labkit.grading.derived import Shelf
from labkit.grading.grader import Grader, Settings
from labkit.grading.judging import JudgeLost, Judges
from labkit.grading.keys import environment
from labkit.grading.records import Sent
from labkit.grading.sandbox.limits import limits_for
from labkit.grading.submissions import Submission

IDLE_SECONDS = 120.0


class Bench:
    """Grades batches of one job.

    Args:
        job: what is to be graded, and how.
        judges: one is enough.

    Raises:
        LabkitError: this machine is not as the job has to have it.
    """

    def __init__(self, job: Job, judges: Judges) -> None:
        self._job = job
        if not job.folder.is_dir():
            raise _unshared(f"the folder {job.folder}")
        given = lab_given.read(job.lab, job.course)
        limits = limits_for(job.lab, job.cell_seconds)
        here = environment(limits, job.trust)
        other = difference(job.surroundings, surroundings(here, given))
        if other:
            raise LabkitError(
                f"it has another one of: {other}. All workers need the same course and "
                "the same environment as the process that gives out the work."
            )
        self._records = Sent()
        self._asker = Asker(given, limits, 0, job.trust)
        settings = Settings(
            given=given,
            environment=here,
            records=self._records,
            keep=Shelf(job.documents).keep,
            seed=job.seed,
            force=job.force,
            trust=job.trust,
        )
        self._grader = Grader(settings, self._asker, judges.judge)

    def grade(self, batch: Batch) -> Done:
        """Grade a batch; what a worker that has gone has done of it is not done again.

        Raises:
            LabkitError: nothing can be graded here.
        """
        folder, left = self._job.folder, dict[str, Line]()
        before = of_batch(folder, batch.number)
        for path in before:
            left |= {line["student"]: line for line in read(path)}
        self._records.take(batch.known)
        with Shard(folder, batch.number) as shard:
            for submission in batch.submissions:
                line = left.get(submission.student)
                if line is None:
                    _look_for(submission)
                    line = line_of(self._grader.grade(submission))
                    line["again"] = batch.again or bool(before)
                shard.write(line)
        return Done(shard.name)

    def close(self) -> None:
        self._asker.close()


def _look_for(submission: Submission) -> None:
    """Where a file cannot be seen that was found, marks would be wrong."""
    paths = [submission.folder / name for name in submission.files]
    if paths and not any(map(os.path.lexists, paths)):
        raise _unshared(str(paths[0]))


def _unshared(what: str) -> LabkitError:
    return LabkitError(
        f"it does not see {what}. Course, submissions and grades have to lie on a file "
        "system that all workers share, under the same path."
    )


def _serve(end: Connection) -> None:
    job: Job = end.recv()
    with Judges(1) as judges, contextlib.ExitStack() as opened:
        try:
            bench = opened.enter_context(contextlib.closing(Bench(job, judges)))
        except LabkitError as error:
            refusal = _refusal(error)
            for _ in _batches(end):
                end.send(refusal)
            return
        for batch in _batches(end):
            try:
                done = bench.grade(batch)
            except JudgeLost:
                raise
            except (LabkitError, OSError) as error:
                done = _refusal(error)
            end.send(done)


def _batches(end: Connection) -> Iterator[Batch]:
    """The batches that the worker sends; when it has gone, all stops at once."""
    batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                batches.put(end.recv())
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            yield batches.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return


def _refusal(error: Exception) -> Done:
    return Done(refused=f"the worker on {socket.gethostname()} cannot grade: {error}")


def main() -> None:
    """Serve the worker whose socket is the first argument's open file."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        _serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
