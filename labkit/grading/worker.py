"""A worker grades one submission after another, each in a sandbox of its own."""

import contextlib
import functools
import os
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from labkit.data import data_folder
from labkit.grading import sandbox, wire
from labkit.grading.cgroups import Cgroup
from labkit.grading.jail import MB, Setup
from labkit.grading.limits import Limits
from labkit.grading.mounts import module_folders
from labkit.grading.sandbox import SandboxError, Zygote

__all__ = ["Death", "Observed", "Outcome", "Request", "SandboxError", "Worker"]

GRACE = 30.0  # seconds beyond the submission's limit after which a worker is replaced
SPARE_MB = 256  # a cgroup also counts what a fork copies of what torch has loaded
OVERHEAD = 64 * MB  # of a message, beyond its largest part


@dataclass(frozen=True)
class Request:
    """One submission to be observed.

    Attributes:
        lab: the lab's folder name, "04_losses".
        exercises: names of the exercises to observe; none only reads the document.
        notebook: the file's bytes, as they were handed in.
        file: the file's name, for messages.
        released: cells of the student release, in order: {"grade_id", "type", "source"}.
        written: grade_ids of the answers in words.
        seeds: exercise -> seed of its hidden inputs.
    """

    lab: str
    exercises: list[str]
    notebook: bytes
    file: str
    released: list[dict[str, str]]
    written: list[str]
    seeds: dict[str, int]


@dataclass(frozen=True)
class Death:
    """A process of a submission that did not come to its end.

    Attributes:
        how: what ended it.
        cell: number of the cell that ran; None in the check itself.
        text: one sentence for the student.
    """

    how: Literal["time", "memory", "exit", "signal", "processes"]
    cell: int | None
    text: str


@dataclass(frozen=True)
class Observed:
    """What was seen of one exercise.

    Attributes:
        observation: what `observe` gathered, plain data; None if it did not get so far.
        failure: why there is no answer to observe, as data like `spec.describe`'s.
        deaths: cells (or the check) that ended their process, in order.
        tampering: changes to the tools, for the teacher alone.
        notes: remarks for student and teacher.
        seconds: wall time.
        peak_mb: highest memory of its process.
        printed: what it printed, as much as was kept.
        capped: whether it printed more than that.
    """

    observation: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None
    deaths: list[Death] = field(default_factory=list)
    tampering: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0
    printed: str = ""
    capped: bool = False


@dataclass(frozen=True)
class Outcome:
    """What was seen of one submission.

    Attributes:
        document: what `labkit.grading.document.read` made of the notebook; {} if nothing.
        observed: exercise -> what was seen of it, for each that was asked for.
        problem: {"kind", "text"} of a notebook that cannot be read, else None.
        seconds: wall time.
    """

    document: dict[str, Any]
    observed: dict[str, Observed]
    problem: dict[str, str] | None
    seconds: float


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
            doors, events = self._cgroup(slot)
        self._setup = Setup(
            lab=lab,
            limits=limits,
            isolated=not trust,
            user=user,
            doors=doors,
            events=events,
            hidden=[sandbox.CHECKS],
            paths=module_folders(),
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

    def _cgroup(self, slot: int) -> tuple[list[int], int | None]:
        """Open files of a cgroup for this slot, if one can be made."""
        limits = self._limits
        memory_mb = limits.memory_mb + limits.file_mb + SPARE_MB
        name = f"labkit-{os.getpid()}-{slot}"
        try:
            group = Cgroup(name, memory_mb, limits.processes)
        except OSError:
            return [], None
        self._files.callback(group.close)
        doors = [os.open(path, os.O_WRONLY) for path in group.doors]
        events = os.open(group.events, os.O_RDONLY)
        for handle in (*doors, events):
            self._files.callback(os.close, handle)
        return doors, events


class Conversation:
    """What is said between a worker and the supervisor of one submission.

    Args:
        request: the submission.
        limits: what it may use.
    """

    def __init__(self, request: Request, limits: Limits) -> None:
        self._request, self._limits = request, limits
        self._document: dict[str, Any] = {}
        self._problem: dict[str, str] | None = None
        self._observed: dict[str, Observed] = {}

    def hold(self, sock: socket.socket) -> None:
        """Ask, and take the answers as they come.

        Raises:
            BadMessage, EOFError, OSError: the supervisor has died, or talks nonsense.
        """
        limits, request = self._limits, self._request
        largest = (limits.observation_mb + 2 * limits.notebook_mb) * MB + OVERHEAD
        end = time.monotonic() + limits.submission_seconds + GRACE
        names = ("exercises", "file", "released", "written")
        question = {name: getattr(request, name) for name in names}
        sock.settimeout(GRACE)
        wire.send(sock, question, request.notebook)
        while True:
            left = max(end - time.monotonic(), 0.001)
            header, blob = wire.receive(sock, largest, left)
            if "done" in header:
                return
            self._take(sock, header, blob)

    def _take(self, sock: socket.socket, header: dict[str, Any], blob: bytes) -> None:
        match header:
            case {"document": dict(document)}:
                self._document = document
            case {"problem": {"kind": str(kind), "text": str(text)}}:
                self._problem = {"kind": kind, "text": text}
            case {"ready": str(exercise)}:
                wire.send(sock, {"seed": self._request.seeds[exercise]})
            case {"exercise": str(exercise)} if exercise in self._request.exercises:
                self._observed[exercise] = observed(header, blob, self._limits)
            case _:
                raise wire.BadMessage("the supervisor talks nonsense")

    def outcome(self, seconds: float) -> Outcome:
        """All that was heard; what is missing has died."""
        problem = self._problem
        if not self._document and problem is None:
            text = "The notebook cannot be read: reading it ended the reader."
            problem = {"kind": "unreadable", "text": text}
        if problem is None:
            lost = Death("signal", None, "The process that ran it was lost.")
            for exercise in self._request.exercises:
                self._observed.setdefault(exercise, Observed(deaths=[lost]))
        return Outcome(self._document, self._observed, problem, round(seconds, 3))


def observed(header: dict[str, Any], blob: bytes, limits: Limits) -> Observed:
    """What a supervisor told about one exercise.

    Raises:
        KeyError, TypeError: it told something else.
    """
    deaths = [
        Death(death["how"], death["cell"], _told(death["how"], death["cell"], limits))
        for death in header["deaths"]
    ]
    tampering = list(header["tampering"])
    observation = None
    try:
        observation = wire.unpack(blob) if blob else None
        if blob and not isinstance(observation, dict):
            raise wire.BadMessage("not a dict")
    except wire.BadMessage:
        observation = None
        deaths.append(Death("exit", None, _told("forged", None, limits)))
    if any(death.text == _told("forged", death.cell, limits) for death in deaths):
        tampering.append("It wrote messages of its own into the channel to the grader.")
    return Observed(
        observation=observation,
        failure=header["failure"],
        deaths=deaths,
        tampering=tampering,
        notes=list(header["notes"]),
        seconds=header["seconds"],
        peak_mb=header["peak_mb"],
        printed=header["printed"],
        capped=header["capped"],
    )


def _told(how: str, cell: int | None, limits: Limits) -> str:
    """A death in one sentence."""
    seconds = limits.check_seconds if cell is None else limits.cell_seconds
    return {
        "time": f"It ran for more than {seconds:g} seconds and was stopped.",
        "memory": f"It used more than {limits.memory_mb} MB of memory.",
        "processes": "It started more and more processes and was stopped.",
        "exit": "It ended its process.",
        "signal": "It crashed its process, or killed it.",
        "forged": "It disturbed the process that it ran in.",
    }[how]


@functools.cache
def _stripped(lab: str) -> Path:
    """The folder with a labkit without answers; one for all workers of a lab."""
    from labkit.course.stripped import write_stripped

    folder = tempfile.TemporaryDirectory(prefix="labkit-")
    _folders.append(folder)
    write_stripped(Path(folder.name), lab)
    return Path(folder.name)


_folders: list[tempfile.TemporaryDirectory[str]] = []  # removed when Python ends
