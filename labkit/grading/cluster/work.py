"""What runs inside Dask's workers: handing batches to processes that grade.

A worker passes bytes on and understands none of them, so it does not load torch.
"""

import os
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

MODULE = "labkit.grading.cluster.bench"
PATIENCE = 10.0  # seconds

_idle: list["Bench"] = []
_lock = threading.Lock()


class BenchLost(RuntimeError):
    """The process that grades has gone: out of memory, say."""


class Bench:
    """A process that grades, and the way to it."""

    def __init__(self, job: bytes) -> None:
        self.job = job
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is the head's matter
            )
        self._end = Connection(ours.detach())
        self._end.send_bytes(job)

    def ask(self, batch: bytes) -> bytes:
        """Have a batch graded.

        Raises:
            BenchLost: there is nobody any more who could.
        """
        try:
            self._end.send_bytes(batch)
            return self._end.recv_bytes()
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


def grade_batch(job: bytes, batch: bytes) -> bytes:
    """Have a batch graded; Dask calls this.

    Args:
        job: a `Job`, pickled.
        batch: a `Batch`, pickled.

    Returns:
        A `Done`, pickled.

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


def dismiss(job: bytes) -> None:
    """End the processes that have graded for a job."""
    with _lock:
        mine = [bench for bench in _idle if bench.job == job]
        _idle[:] = [bench for bench in _idle if bench.job != job]
    for bench in mine:
        bench.close()


def _taken(job: bytes) -> Bench:
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
