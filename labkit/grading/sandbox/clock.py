"""A time limit that a busy machine does not use up: what a cell waits is given back."""

import os
import time
from collections.abc import Callable

MOST = 5.0  # times its limit: the longest that anything runs


class Timer:
    """Wall time, less what these processes spent waiting for a processor.

    Another program on the machine takes the processors away, and so do other virtual
    machines beside this one; neither is a reason to end a student's cell.

    Args:
        processes: the numbers of those who do the work.
        deadline: when all is over in any case, by `time.monotonic`.
        alone: tells whether they run nothing else beside themselves; who waits for
            processes of its own gets nothing back.
    """

    def __init__(
        self, processes: list[int], deadline: float, alone: Callable[[], bool]
    ) -> None:
        self._processes, self._deadline, self._alone = processes, deadline, alone

    def set(self, seconds: float) -> None:
        """Begin to count."""
        self._began, self._seconds = time.monotonic(), seconds
        self._waited = waited(self._processes)
        self._until = min(self._began + seconds, self._deadline)

    def left(self) -> float:
        """Seconds until the next look is worth it, 0 or more."""
        return max(0.0, self._until - time.monotonic())

    def is_up(self) -> bool:
        """Tell whether the time is up, all that is given back included."""
        if not self.left() and self._alone():
            back = waited(self._processes) - self._waited
            seconds = min(self._seconds + back, MOST * self._seconds)
            self._until = min(self._began + seconds, self._deadline)
        return not self.left()


def waited(processes: list[int]) -> float:
    """Seconds that processes were ready to run and did not; 0 where nothing tells it.

    It counts what the kernel made them wait (proc_pid_schedstat), and what the machine
    under a virtual one took of each processor (proc_stat: steal).
    """
    delays = [_number(f"/proc/{process}/schedstat", 1) for process in processes]
    stolen = _number("/proc/stat", 8) / os.sysconf("SC_CLK_TCK")
    return sum(delays) / 1e9 + stolen / (os.cpu_count() or 1)


def _number(path: str, place: int) -> int:
    """A number in the first line of one of the kernel's files; 0 if it is not there."""
    try:
        with open(path) as file:
            return int(file.readline().split()[place])
    except (OSError, ValueError, IndexError):
        return 0
