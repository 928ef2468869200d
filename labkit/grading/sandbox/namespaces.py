"""A submission's own world: its processes, its folders, and their end."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator

from labkit.grading.sandbox import kernel_calls as kernel
from labkit.grading.sandbox.jail import MB, Setup

WORK = "/kit/work"  # where cells run
PRIVATE = ("/tmp", "/dev/shm", WORK)
INODES = 10_000
DYING = 5.0  # seconds in which killed processes have to be gone


class World:
    """Namespaces of this process alone; made in the first process of a new one.

    Args:
        setup: of the worker; without isolation a temporary folder is all there is.

    Raises:
        OSError: one of the namespaces cannot be had.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._old_work: str | None = None
        if not setup.isolated:
            with contextlib.suppress(OSError, AttributeError):  # not Linux
                kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            self.clean()
            return
        # The first process of a namespace is safe from signals that have no handler.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._badness = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
        kernel.mount("none", "/", kernel.MS_REC | kernel.MS_PRIVATE)
        flags = kernel.MS_NOSUID | kernel.MS_NODEV
        readonly = flags | kernel.MS_NOEXEC | kernel.MS_RDONLY
        kernel.mount("proc", "/proc", readonly, "hidepid=2")
        for folder in setup.hidden:
            kernel.mount("tmpfs", folder, readonly, "size=4k")
        os.umask(0o022)  # the folders that lead there are for everybody
        self._kept = {path: os.open(path, os.O_PATH) for path in setup.kept}
        for folder in PRIVATE:
            self._fresh(folder)
        os.chdir(WORK)

    def _fresh(self, folder: str) -> None:
        size = self._setup.limits.file_mb * MB
        options = f"size={size},nr_inodes={INODES},mode=1777"
        flags = kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("tmpfs", folder, flags, options)
        for path, handle in self._kept.items():  # an environment in /tmp
            if path.startswith(f"{folder}/"):
                kernel.bind(handle, path)

    @contextlib.contextmanager
    def first_to_go(self) -> Iterator[None]:
        """A process forked in this block dies first when the machine's memory ends."""
        if not self._setup.isolated:
            yield
            return
        os.write(self._badness, b"1000")
        yield
        os.write(self._badness, b"0")

    def end(self, child: int) -> tuple[int, float]:
        """Kill everything but this process and wait until it is gone.

        Returns:
            How `child` ended, as `os.wait` tells it, and its highest memory in MB.
        """
        status, peak = 0, 0.0
        options = 0 if self._setup.isolated else os.WNOHANG
        end = time.monotonic() + DYING
        while time.monotonic() < end:
            self._kill(child)
            try:
                process, ended, usage = os.wait4(-1, options)
            except ChildProcessError:
                break
            if process == child:
                status, peak = ended, usage.ru_maxrss / 1024
            if process == 0:
                time.sleep(0.002)
        return status, peak

    def _kill(self, child: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._setup.isolated:
                os.kill(-1, signal.SIGKILL)
                return
            os.killpg(child, signal.SIGKILL)
        for process in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def clean(self) -> None:
        """Empty folders for the next exercise; every process is gone by now."""
        if not self._setup.isolated:
            self.close()
            self._old_work = tempfile.mkdtemp(prefix="labkit-work-")
            os.chdir(self._old_work)
            return
        os.chdir("/")
        for folder in PRIVATE:
            kernel.unmount(folder)
            self._fresh(folder)
        os.chdir(WORK)

    def close(self) -> None:
        """Remove what is on the disk; in namespaces that happens by itself."""
        if self._old_work is not None:
            shutil.rmtree(self._old_work, ignore_errors=True)

    def processes(self) -> list[int]:
        """The numbers of the processes that belong to the submission."""
        if not self._setup.isolated:
            return _children()
        return [int(name) for name in os.listdir("/proc") if name.isdigit()][1:]


def _children() -> list[int]:
    """The children of this process; those whose parent has gone are among them."""
    path = f"/proc/self/task/{os.getpid()}/children"
    with contextlib.suppress(OSError), open(path) as file:
        return [int(word) for word in file.read().split()]
    return []
