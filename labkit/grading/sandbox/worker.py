"""A worker grades one submission after another, each in a sandbox of its own."""

import contextlib
import functools
import socket
import tempfile
import time
from pathlib import Path
from typing import Self

from labkit.data import data_folder
from labkit.grading.sandbox import bubblewrap as sandbox
from labkit.grading.sandbox import cgroups, wire
from labkit.grading.sandbox.bubblewrap import SandboxError, Zygote
from labkit.grading.sandbox.conversation import Conversation
from labkit.grading.sandbox.jail import Setup
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.mounts import kept, module_folders
from labkit.grading.sandbox.namespaces import PRIVATE
from labkit.grading.sandbox.outcome import Death, Observed, Outcome, Request

__all__ = ["Death", "Observed", "Outcome", "Request", "SandboxError", "Worker"]

SPARE_MB = 256  # a cgroup also counts what a fork copies of what torch has loaded


class Worker:
    """A sandbox with torch and labkit loaded, which forks for each submission.

    Args:
        lab: the lab's folder name.
        limits: what a submission may use.
        course: the course folder; nothing of it can be seen inside.
        slot: number of this worker among those that run at the same time.
        trust: run submissions without any sandbox.

    Attributes:
        layers: what holds a submission, by name.

    Raises:
        SandboxError: no sandbox can be made here.
    """

    layers: list[str]

    def __init__(
        self,
        lab: str,
        limits: Limits,
        course: Path,
        slot: int = 0,
        trust: bool = False,
    ) -> None:
        self._lab, self._limits, self._course = lab, limits, course
        self._files = contextlib.ExitStack()
        user = None
        doors: list[int] = []
        events = None
        if not trust:
            user = sandbox.user_of(slot) if sandbox.own_user() else None
            memory_mb = limits.memory_mb + limits.file_mb + SPARE_MB
            group = cgroups.opened(str(slot), memory_mb, limits.processes)
            doors, events = self._files.enter_context(group)
        self._setup = Setup(
            lab=lab,
            limits=limits,
            isolated=not trust,
            user=user,
            doors=doors,
            events=events,
            hidden=sandbox.HIDDEN,
            paths=module_folders(),
            kept=kept(PRIVATE),
        )
        self._zygote: Zygote | None = None
        try:
            self.layers = self._alive().layers
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the sandbox; the worker cannot be used any more."""
        self._drop()
        self._files.close()

    def run(self, request: Request) -> Outcome:
        """Observe one submission; nothing that it does makes this raise.

        Raises:
            SandboxError: the sandbox had to be started again, and could not.
        """
        started = time.monotonic()
        conversation = Conversation(request, self._limits)
        zygote = self._alive()
        ours, theirs = socket.socketpair()
        with ours:
            try:
                with theirs:
                    socket.send_fds(zygote.control, [b"g"], [theirs.fileno()])
                conversation.hold(ours)
            except (wire.BadMessage, EOFError, OSError):
                self._drop()
        return conversation.outcome(time.monotonic() - started)

    def _alive(self) -> Zygote:
        """The zygote; started again if it has died."""
        if self._zygote is not None and self._zygote.process.poll() is not None:
            self._drop()
        if self._zygote is None:
            self._zygote = sandbox.start(
                self._setup, _stripped(self._lab), data_folder(), self._course
            )
        return self._zygote

    def _drop(self) -> None:
        if self._zygote is not None:
            self._zygote.stop()
            self._zygote = None


@functools.cache
def _stripped(lab: str) -> Path:
    """The folder with a labkit without answers; one for all workers of a lab."""
    from labkit.course.stripped import write_stripped

    folder = tempfile.TemporaryDirectory(prefix="labkit-")
    _folders.append(folder)
    write_stripped(Path(folder.name), lab)
    return Path(folder.name)


_folders: list[tempfile.TemporaryDirectory[str]] = []  # removed when Python ends
