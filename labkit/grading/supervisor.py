"""The first process of a submission: forks one for each exercise, and outlives them.

It runs nothing of a student's. A process that dies or hangs in a cell is replaced by a
fresh fork that leaves this cell out: the state before the cell, from hands that never
touched it.
"""

import contextlib
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.grading import jail, wire
from labkit.grading.jail import MB, Setup
from labkit.grading.namespaces import World
from labkit.grading.watch import Gone, Seen, Watch

WORDS = 2000  # characters kept of a text that comes out of the jail
MANY = 30  # texts kept
Body = Callable[["Channel"], dict[str, Any]]


class Channel:
    """The jail's side of the socket to the supervisor.

    A process that student code has forked must not speak: it ends where it tries to.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._process = sock, os.getpid()

    def tell(self, header: dict[str, Any], blob: bytes = b"") -> None:
        """Send a message."""
        if os.getpid() != self._process:
            os._exit(0)
        wire.send(self._sock, header, blob)

    def seed(self) -> int:
        """Say that the cells have run, and wait for the seed of the inputs."""
        self.tell({"ready": True})
        return wire.receive(self._sock, 1000)[0]["seed"]


def probe(grader: socket.socket, setup: Setup) -> None:
    """Make a jail and tell which layers are in force, or what is missing."""
    try:
        world = World(setup)
        inner, outer = socket.socketpair()
        with world.first_to_go():
            child = os.fork()
        if child == 0:
            try:
                channel = jail.enter(setup, inner, os.open(os.devnull, os.O_RDWR))
                wire.send(channel, {"layers": jail.layers(setup)})
            except OSError as error:
                wire.send(socket.socket(fileno=jail.CHANNEL), {"missing": str(error)})
            os._exit(0)
        inner.close()
        wire.send(grader, wire.receive(outer, MB)[0])
        world.end(child)
        world.close()
    except (OSError, EOFError) as error:
        wire.send(grader, {"missing": str(error)})


@dataclass(frozen=True)
class Loaded:
    """What the zygote has at hand for every submission.

    Attributes:
        exercises: names of the lab's exercises.
        read: `document.read`.
        unreadable: what it raises.
        run: `runner.run`.
        snapshot: how central modules were before any submission.
    """

    exercises: list[str]
    read: Callable[..., dict[str, Any]]
    unreadable: type[Exception]
    run: Callable[..., dict[str, Any]]
    snapshot: Any


def supervise(grader: socket.socket, setup: Setup, loaded: Loaded) -> None:
    """Serve one submission, from its request to the last exercise."""
    started = time.monotonic()
    world = World(setup)
    try:
        with contextlib.suppress(Gone, EOFError, ConnectionError):
            request, notebook = wire.receive(grader, 2 * setup.limits.notebook_mb * MB)
            Supervisor(setup, loaded, world, grader, started).serve(request, notebook)
    finally:
        world.close()


class Supervisor:
    """What is done for one submission."""

    def __init__(
        self,
        setup: Setup,
        loaded: Loaded,
        world: World,
        grader: socket.socket,
        started: float,
    ) -> None:
        self._setup, self._loaded = setup, loaded
        self._world, self._grader = world, grader
        self._deadline = started + setup.limits.submission_seconds

    def serve(self, request: dict[str, Any], notebook: bytes) -> None:
        """Read the document, then observe one exercise after the other."""
        document = self._read(request, notebook)
        exercises = request["exercises"] if document is not None else []
        for number, exercise in enumerate(exercises):
            left = self._deadline - time.monotonic()
            share = left / (len(exercises) - number)
            self._observe(document, exercise, time.monotonic() + share)
        wire.send(self._grader, {"done": True})

    def _read(self, request: dict[str, Any], notebook: bytes) -> dict[str, Any] | None:
        def body(_: Channel) -> dict[str, Any]:
            given = {name: request[name] for name in ("file", "written", "released")}
            loaded = self._loaded
            try:
                return {
                    "document": loaded.read(
                        notebook, exercises=loaded.exercises, **given
                    )
                }
            except loaded.unreadable as problem:
                return {"problem": {"kind": problem.kind, "text": problem.text}}

        seen, _ = self._run(body, set(), lambda: 0, self._deadline)
        answer = seen.result or {"problem": _unreadable(seen.how)}
        wire.send(self._grader, answer)
        return answer.get("document")

    def _observe(
        self, document: dict[str, Any], exercise: str, deadline: float
    ) -> None:
        started, peak, skip = time.monotonic(), 0.0, set[int]()
        deaths: list[dict[str, Any]] = []

        def body(channel: Channel) -> dict[str, Any]:
            return self._loaded.run(
                document,
                exercise,
                channel.seed,
                channel.tell,
                skip,
                self._loaded.snapshot,
            )

        def seed() -> int:
            wire.send(self._grader, {"ready": exercise})
            return int(wire.receive(self._grader, 1000)[0]["seed"])

        cells = {cell["number"] for cell in document["cells"] if cell["type"] == "code"}
        while True:
            seen, used = self._run(body, cells - skip, seed, deadline)
            peak = max(peak, used)
            if not seen.how:
                break
            deaths.append({"how": seen.how, "cell": seen.cell})
            over = time.monotonic() >= deadline
            if seen.how == "forged" or not seen.cell or over:
                break
            skip.add(seen.cell)
        answer = {
            "exercise": exercise,
            **_plain(seen.result or {}),
            "deaths": deaths,
            "seconds": round(time.monotonic() - started, 3),
            "peak_mb": round(peak, 1),
            "printed": seen.printed.decode("utf-8", "replace"),
            "capped": seen.capped,
        }
        wire.send(self._grader, answer, seen.blob)

    def _run(
        self, body: Body, cells: set[int], seed: Callable[[], int], deadline: float
    ) -> tuple[Seen, float]:
        """Run `body` in a jail, in a fresh fork; nothing of it remains afterwards.

        Returns:
            What was seen, and the highest memory in MB.
        """
        inner, outer = socket.socketpair()
        source, output = os.pipe()
        with self._world.first_to_go():
            child = os.fork()
        if child == 0:
            _inside(self._setup, body, inner, output)
        inner.close()
        os.close(output)
        watch = Watch(
            self._setup,
            self._world,
            self._grader,
            deadline,
            outer,
            source,
            cells,
            seed,
        )
        try:
            seen = watch.follow()
            status, peak = self._world.end(child)
            if seen.how == "exit" and os.WIFSIGNALED(status):
                seen.how = "signal"
            watch.rest()
            self._world.clean()
        finally:
            outer.close()
            os.close(source)
        return seen, peak


def _inside(setup: Setup, body: Body, inner: socket.socket, output: int) -> None:
    """The whole life of a jailed process; never returns."""
    code = 1
    try:
        channel = Channel(jail.enter(setup, inner, output))
        result = body(channel)
        blob = b""
        if result.get("observation") is not None:
            try:
                blob = wire.pack(result["observation"])
                if len(blob) > (setup.limits.observation_mb - 1) * MB:
                    raise wire.BadMessage(f"it takes {len(blob) // MB} MB")
            except wire.BadMessage as error:
                blob = b""
                result["failure"] = {
                    "type": "ValueError",
                    "text": str(error),
                    "line": "",
                }
        result.pop("observation", None)
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        channel.tell({"result": result}, blob)
        code = 0
    except BaseException:  # noqa: BLE001 (whatever it was, here it ends)
        traceback.print_exc()
    finally:
        os._exit(code)


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    """What a jailed process told, as short texts in their places and nothing else."""
    failure = result.get("failure")
    if isinstance(failure, dict):
        names = ("type", "text", "line")
        failure = {name: str(failure.get(name, ""))[:WORDS] for name in names}
    else:
        failure = None
    answer: dict[str, Any] = {"failure": failure}
    for name in ("tampering", "notes"):
        told = result.get(name)
        texts = told if isinstance(told, list) else []
        answer[name] = [str(text)[:WORDS] for text in texts[:MANY]]
    return answer


def _unreadable(how: str) -> dict[str, str]:
    """The problem of a notebook on which the reader itself failed."""
    reasons = {
        "time": "takes too long to read",
        "memory": "takes too much memory to read",
    }
    reason = reasons.get(how, "cannot be read")
    return {"kind": "unreadable", "text": f"The notebook {reason}."}
