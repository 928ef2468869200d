"""A time limit counts what a process does, not what the machine keeps from it."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from labkit.grading.sandbox.clock import MOST, Timer, waited
from tests.grading.classroom import right
from tests.grading.conftest import LAB, SMALL, Submit, descendants

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="needs Linux"
)
PROCESSOR = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
BUSY = f"import os\nos.sched_setaffinity(0, {{{PROCESSOR}}})\nwhile True: pass"


@pytest.fixture
def crowd() -> Iterator[list[int]]:
    """Three processes that never stop, on one processor."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(3)]
    time.sleep(0.5)
    yield [process.pid for process in busy]
    for process in busy:
        process.kill()
        process.wait()


def timer(processes: list[int], alone: bool = True) -> Timer:
    made = Timer(processes, time.monotonic() + 60, lambda: alone)
    made.set(1)
    return made


def until_up(of: Timer) -> float:
    began = time.monotonic()
    while not of.is_up():
        time.sleep(of.left())
    return time.monotonic() - began


def test_who_shares_a_processor_waits_for_it(crowd: list[int]) -> None:
    began = waited(crowd[:1])
    time.sleep(1.5)
    assert waited(crowd[:1]) - began > 0.5


def test_what_was_waited_is_given_back_but_not_without_end(crowd: list[int]) -> None:
    assert 2 < until_up(timer(crowd[:1])) <= MOST + 0.5
    assert until_up(timer(crowd)) == pytest.approx(MOST, abs=0.5)


def test_who_sleeps_has_waited_for_nobody() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    time.sleep(1)
    assert until_up(timer([sleeper.pid])) < 2
    sleeper.kill()
    sleeper.wait()


def test_who_started_the_crowd_gets_nothing_back(crowd: list[int]) -> None:
    assert until_up(timer(crowd[:1], alone=False)) < 1.5


def test_a_process_that_has_gone_is_no_error() -> None:
    assert waited([2**22 - 1]) >= 0


@pytest.mark.needs("bwrap")
def test_a_cell_on_a_busy_machine_keeps_its_seconds(
    submit: Submit, crowd: list[int]
) -> None:
    code = """
import time
begun, end = time.monotonic(), time.process_time() + 2
while time.process_time() < end: pass
print(time.monotonic() - begun)
"""
    answer = f"{right(LAB)['critic_loss']}\n{code}"
    sandbox = [each for each in descendants(os.getpid()) if each not in crowd]
    everywhere = os.sched_getaffinity(0)
    try:
        pin(sandbox, {PROCESSOR})
        observed = submit(["critic_loss"], critic_loss=answer).observed["critic_loss"]
    finally:
        pin(sandbox, everywhere)
    assert not observed.deaths
    assert float(observed.printed) > SMALL.cell_seconds


def pin(processes: list[int], processors: set[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(process, processors)
