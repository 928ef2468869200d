"""The process that runs a student's code: its life, and its channel to the outside."""

import contextlib
import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from labkit.grading.sandbox import jail, wire
from labkit.grading.sandbox.jail import MB, Setup
from labkit.grading.sandbox.namespaces import World

Body = Callable[["Channel"], dict[str, Any]]


class Channel:
    """The jail's side of the socket to the supervisor.

    A process that student code has forked must not speak: it ends where it tries to.
    Code that writes into the socket itself does not know the token.
    """

    def __init__(self, sock: socket.socket, token: str) -> None:
        self._sock, self._token, self._process = sock, token, os.getpid()

    def tell(self, header: dict[str, Any], blob: bytes = b"") -> None:
        """Send a message."""
        if os.getpid() != self._process:
            os._exit(0)
        wire.send(self._sock, {**header, "token": self._token}, blob)

    def seed(self) -> int:
        """Say that the cells have run, and wait for the seed of the inputs."""
        self.tell({"ready": True})
        return wire.receive(self._sock, 1000)[0]["seed"]


def run_jailed(
    setup: Setup, body: Body, inner: socket.socket, output: int, token: str
) -> NoReturn:
    """The whole life of a jailed process.

    Args:
        setup: of the worker.
        body: what it does; it can talk to the supervisor by the channel that it gets.
        inner: its end of the socket.
        output: where it prints.
        token: what every message must carry.
    """
    code = 1
    try:
        channel = Channel(jail.enter(setup, inner, output), token)
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
