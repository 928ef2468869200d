"""What runs inside Dask's workers: handing batches to processes that grade."""

import os
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

from labkit.grading.cluster.job import Batch, Done, Job

PATIENCE = 10.0  # seconds

_idle: list["Bench"] = []
_lock = threading.Lock()


class BenchLost(RuntimeError):
    """The process that grades has gone: out of memory, say."""


class Bench:
    """A process that grades, and the way to it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        ours, theirs = socket.socketpair()
        module = "labkit.grading.cluster.bench"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is the head's matter
            )
        self._end = Connection(ours.detach())
        self._end.send(job)

    def ask(self, batch: Batch) -> Done:
        """Have a batch graded.

        Raises:
            BenchLost: there is nobody any more who could.
        """
        try:
            self._end.send(batch)
            return self._end.recv()
        except (EOFError, OSError) as error:
            raise BenchLost("the process that grades has gone") from error

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Have it end, and wait until it has."""
        self._end.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def grade_batch(job: Job, batch: Batch) -> Done:
    """Have a batch graded; Dask calls this.

    Raises:
        BenchLost: the process that graded it has gone.
    """
    bench = _taken(job)
    try:
        done = bench.ask(batch)
    except BaseException:
        bench.close()
        raise
    with _lock:
        _idle.append(bench)
    return done


def dismiss(job: Job) -> None:
    """End the processes that have graded for a job."""
    with _lock:
        mine = [bench for bench in _idle if bench.job == job]
        _idle[:] = [bench for bench in _idle if bench.job != job]
    for bench in mine:
        bench.close()


def _taken(job: Job) -> Bench:
    """An idle process of the job, or a new one."""
    with _lock:
        for bench in [bench for bench in _idle if not bench.alive()]:
            _idle.remove(bench)
            bench.close()
        for bench in _idle:
            if bench.job == job:
                _idle.remove(bench)
                return bench
    return Bench(job)
