"""Judging in child processes, so that no observation can stall or kill the engine.

`judge` is ours, but what it works on was made by a student: two columns of numbers
that would be subtracted crosswise take 30 GB, a matrix may take minutes to invert. So
each slot has a judge of its own, a fork of the engine with a limit of time and memory.
One that dies is replaced, and what it judged is "cannot be read".
"""

import contextlib
import gc
import json
import math
import multiprocessing
import os
import re
import resource
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from labkit.checks import REGISTRY
from labkit.checks.run import Result
from labkit.checks.run import judge as judge_here
from labkit.checks.spec import Exercise, Finding
from labkit.checks.words import told
from labkit.errors import LabkitError
from labkit.grading.sandbox import wire

CPU_SECONDS = 1.0  # twenty times what the slowest takes
WALL_SECONDS = 30.0  # on a machine that is busy with something else
MEMORY = 1 << 29  # bytes, beyond what is loaded
MESSAGE = 4000  # characters
FINDINGS = 100
MAX_REPLY = 2_000_000  # bytes
HEARD, BYE = b"heard", b"bye"


class JudgeLost(LabkitError):
    """The judges are gone, which is no submission's fault."""


class Judges:
    """So many judges; each may be used by one thread at a time.

    A context manager. To be made before there are threads, for it forks.

    Attributes:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        fork = multiprocessing.get_context("fork")
        pairs = [fork.Pipe() for _ in range(count)]
        self._ends = [ours for ours, _ in pairs]
        self._keeper = fork.Process(target=_keep, args=(pairs,), daemon=True)
        self._keeper.start()
        for _, theirs in pairs:
            theirs.close()

    def judge(
        self, exercise: Exercise, observation: dict[str, Any], slot: int = 0
    ) -> Result:
        """Judge as `labkit.checks.run.judge` does, whatever the observation holds.

        Raises:
            JudgeLost: the child processes have been killed.
        """
        try:
            question = wire.pack({"exercise": exercise.name, "data": observation})
        except (wire.BadMessage, RecursionError, MemoryError):
            return unreadable(exercise)
        end = self._ends[slot]
        try:
            while end.poll():
                end.recv_bytes()  # the end of a judge that died between two questions
            end.send_bytes(question)
            reply = _reply(end)
        except (EOFError, OSError) as error:
            raise JudgeLost(
                "the process that judges was killed; is this machine out of memory? "
                "What has been graded is kept: run the same command again."
            ) from error
        return _result(exercise, reply)

    def close(self) -> None:
        """Have the judges end. They also do when this process dies."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.send_bytes(BYE)
            end.close()
        self._keeper.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def unreadable(exercise: Exercise) -> Result:
    """What an observation gets that cannot be judged at all."""
    message = told(
        "it gave something that this check cannot read",
        "The numbers or shapes that came back are far from what was asked for.",
        "Call it yourself on a small tensor. Is the result what the docstring says?",
    )
    return Result(exercise, [Finding("can be checked", False, message)])


def _reply(end: Connection) -> bytes:
    """Wait for the findings; what a dead judge leaves is b"".

    Raises:
        EOFError, OSError: there is nobody at the other end.
    """
    heard = False
    while end.poll(2 * WALL_SECONDS):
        reply = end.recv_bytes(MAX_REPLY)
        if reply and reply != HEARD:
            return reply
        if not reply and heard:
            return reply  # else it died before this question, and another one hears it
        heard = heard or reply == HEARD
    raise EOFError("no judge answers")


def _result(exercise: Exercise, reply: bytes) -> Result:
    try:
        findings = [Finding(**finding) for finding in json.loads(reply)]
    except (ValueError, TypeError):
        return unreadable(exercise)
    result = Result(exercise, findings)
    sound = all(math.isfinite(f.weight) and f.weight >= 0 for f in findings)
    if not sound or not 0 <= result.points <= exercise.points:
        return unreadable(exercise)
    return result


def _keep(pairs: list[tuple[Connection, Connection]]) -> None:
    """Have a judge at each end until the engine goes; put another for one that died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's matter
    gc.freeze()  # else each judge's collector looks through all that the engine holds
    for ours, _ in pairs:
        ours.close()  # or nobody here would notice that the engine is gone
    judges = {_start(end): end for _, end in pairs}
    while judges:
        child, status = os.wait()
        end = judges.pop(child)
        if status:
            with contextlib.suppress(OSError):
                end.send_bytes(b"")
            judges[_start(end)] = end


def _start(end: Connection) -> int:
    child = os.fork()
    if child == 0:
        try:
            _serve(end)
        finally:
            os._exit(1)
    return child


def _serve(end: Connection) -> None:
    """Answer questions until the engine goes. The kernel watches over the time."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # LAPACK complains there, about numbers that were forged
        os.dup2(silence, stream)
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)  # the end of this process
    while True:
        try:
            question = end.recv_bytes()
        except (EOFError, OSError):
            question = BYE
        if question == BYE:
            os._exit(0)
        end.send_bytes(HEARD)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
        _limit_memory()
        asked = wire.unpack(question)
        result = judge_here(REGISTRY[asked["exercise"]], asked["data"])
        reply = [
            {
                "name": str(finding.name),
                "passed": bool(finding.passed),
                "message": str(finding.message)[:MESSAGE],
                "weight": float(finding.weight),
            }
            for finding in result.findings[:FINDINGS]
        ]
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        end.send_bytes(json.dumps(reply).encode())


def _limit_memory() -> None:
    """Allow so much beyond what is there already; where there is no /proc, all."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text()
        there = int(re.search(r"VmData:\s+(\d+)", status)[1]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (there + MEMORY, -1))
