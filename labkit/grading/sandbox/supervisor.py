"""The first process of a submission: forks one for each exercise, and outlives them.

It runs nothing of a student's. A process that dies or hangs in a cell is replaced by a
fresh fork that leaves this cell out: the state before the cell, from hands that never
touched it.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.grading.sandbox import wire
from labkit.grading.sandbox.jail import MB, Setup
from labkit.grading.sandbox.jailed import Body, Channel, run_jailed
from labkit.grading.sandbox.namespaces import World
from labkit.grading.sandbox.watch import Gone, Seen, Watch

WORDS = 2000  # characters kept of a text that comes out of the jail
MANY = 30  # texts kept


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
        token = os.urandom(16).hex()
        with self._world.first_to_go():
            child = os.fork()
        if child == 0:
            run_jailed(self._setup, body, inner, output, token)
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
            token,
            child,
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
