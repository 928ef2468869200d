"""What is said between a worker and the supervisor of one submission."""

import socket
import time
from typing import Any

from labkit.grading.sandbox import wire
from labkit.grading.sandbox.jail import MB
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.outcome import Death, Observed, Outcome, Request

GRACE = 30.0  # seconds beyond the submission's limit after which a worker is replaced
OVERHEAD = 64 * MB  # of a message, beyond its largest part


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
