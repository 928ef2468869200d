"""Watching one process of a submission from outside: its messages, time and memory."""

import contextlib
import os
import re
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labkit.grading.sandbox import wire
from labkit.grading.sandbox.clock import Timer
from labkit.grading.sandbox.jail import MB, Setup, memory_kb
from labkit.grading.sandbox.namespaces import World

TICK = 0.1  # seconds between two looks at the memory
START_SECONDS = 10.0  # until the first cell begins, and between cells
CHUNK = 1 << 18
PARTS = 20  # of one cell that may run one after the other
FEW = 4  # so close to the limit of processes a time limit is called a fork bomb


class Gone(Exception):
    """The grader outside has gone; nothing is worth doing any more."""


@dataclass
class Seen:
    """What was seen of one process until it was stopped.

    Attributes:
        result: its last message's header, None if it never got there.
        blob: what came with it.
        how: what ended it instead, as in `worker.Death`; "forged" if it sent what only
            code of a student's can have sent; "" if all is well.
        cell: the cell it was in last; 0 before all cells, None in the check.
        printed: what it printed, as much as is kept.
        capped: whether that was not all.
    """

    result: dict[str, Any] | None = None
    blob: bytes = b""
    how: str = ""
    cell: int | None = 0
    printed: bytearray = field(default_factory=bytearray)
    capped: bool = False


class Watch:
    """The supervisor's view of one process.

    Args:
        setup: of the worker.
        world: of the submission.
        grader: the socket to the outside; when it closes all is over.
        deadline: when its time is up, by `time.monotonic`.
        channel: to the process.
        output: what the process prints.
        cells: numbers of the cells that it may announce.
        seed: called when the cells have run, for the seed of the inputs.
        token: what every message must carry, or it is a forgery.
        process: its number.
    """

    def __init__(
        self,
        setup: Setup,
        world: World,
        grader: socket.socket,
        deadline: float,
        channel: socket.socket,
        output: int,
        cells: set[int],
        seed: Callable[[], int],
        token: str,
        process: int,
    ) -> None:
        self._setup, self._world, self._grader = setup, world, grader
        self._channel, self._output, self._seed = channel, output, seed
        self._token = token
        self._timer = Timer([process, os.getpid()], deadline, self._alone)
        self._frames = wire.Frames(setup.limits.observation_mb * MB)
        self._cells = dict.fromkeys(cells, PARTS)
        self._state = "between"  # then "in a cell", …, "between", "ready", "check"
        self.seen = Seen()

    def follow(self) -> Seen:
        """Wait until the process has handed in its result, or has to be stopped.

        Raises:
            Gone: the outside has closed.
        """
        seen, killed = self.seen, self._killed()
        self._timer.set(START_SECONDS)
        with selectors.DefaultSelector() as selector:
            for source in (self._channel, self._output, self._grader):
                selector.register(source, selectors.EVENT_READ)
            while seen.result is None and not seen.how:
                for key, _ in selector.select(self._patience()):
                    if key.fileobj is self._grader:
                        raise Gone
                    if key.fileobj is self._channel:
                        self._listen()
                    elif not self._drain():
                        selector.unregister(self._output)
                if seen.result is None and not seen.how:
                    seen.how = self._excess()
        if seen.how == "exit" and self._killed() > killed:
            seen.how = "memory"
        return seen

    def _patience(self) -> float:
        left = self._timer.left()
        return left if self._setup.events is not None else min(left, TICK)

    def _listen(self) -> None:
        try:
            data = self._channel.recv(CHUNK)
            if not data:
                self.seen.how = "exit"
            for header, blob in self._frames.feed(data):
                self._take(header, blob)
        except wire.BadMessage:
            self.seen.how = "forged"
        except ConnectionError:
            self.seen.how = "exit"

    def _take(self, header: dict[str, Any], blob: bytes) -> None:
        """One message; each kind has its place in the order, or it is a forgery."""
        if header.pop("token", None) != self._token:
            raise wire.BadMessage("a message without the token")
        limits, seen = self._setup.limits, self.seen
        kind, value = next(iter(header.items()), ("", None))
        match self._state, kind:
            case "between", "begin" if self._next(value):
                self._state, seen.cell = "in a cell", value
                self._timer.set(limits.cell_seconds)
            case "in a cell", "end" if value == seen.cell:
                self._state = "between"
                self._timer.set(START_SECONDS)
            case "between", "ready":
                self._state, seen.cell = "ready", None
                self._timer.set(limits.check_seconds)
                wire.send(self._channel, {"seed": self._seed()})
            case "ready", "begin" if value == "check":
                self._state = "check"
                self._timer.set(limits.check_seconds)
            case "check", "end" if value == "check":
                pass
            case (("between" | "ready" | "check"), "result") if isinstance(value, dict):
                if seen.result is not None or (blob and self._state == "between"):
                    raise wire.BadMessage("a result out of turn")
                seen.result, seen.blob = value, blob
            case _:
                raise wire.BadMessage(f"{kind!r} out of turn")

    def _next(self, cell: Any) -> bool:
        """Whether a cell may begin now: they come in order, parts of one in a row."""
        if type(cell) is not int or cell not in self._cells:
            return False
        self._cells = {
            number: left - (number == cell)
            for number, left in self._cells.items()
            if number > cell or (number == cell and left > 1)
        }
        return True

    def _drain(self) -> bool:
        data = os.read(self._output, CHUNK)
        room = self._setup.limits.output_bytes - len(self.seen.printed)
        self.seen.printed += data[:room]
        self.seen.capped = self.seen.capped or len(data) > room
        return bool(data)

    def rest(self) -> None:
        """Take what is still in the pipe of a process that has gone."""
        os.set_blocking(self._output, False)
        with contextlib.suppress(BlockingIOError):
            while self._drain():
                pass

    def _excess(self) -> str:
        """The limit that has been passed, if one has."""
        processes = self._world.processes
        if self._timer.is_up():
            many = self._setup.limits.processes - FEW
            return "processes" if len(processes()) > many else "time"
        if self._setup.events is None:  # no cgroup: nobody else adds the memory up
            allowed = self._setup.limits.memory_mb * 1024 + memory_kb()
            for exactly in (False, True):  # exactly: costs 6 ms a process
                held = sum(memory_kb(each, exactly) for each in processes())
                if held <= allowed:
                    return ""
            return "memory"
        return ""

    def _alone(self) -> bool:
        return len(self._world.processes()) <= 1

    def _killed(self) -> int:
        """How many processes the kernel has killed in the cgroup so far."""
        if self._setup.events is None:
            return 0
        text = os.pread(self._setup.events, 4096, 0).decode()
        match = re.search(r"^oom_kill (\d+)", text, re.MULTILINE)
        return int(match[1]) if match else 0
