"""A worker goes on whatever becomes of its processes, also without a sandbox."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

import nbformat
import pytest

from labkit.grading.sandbox.limits import Limits, limits_for
from labkit.grading.sandbox.outcome import Outcome, Request
from labkit.grading.sandbox.worker import Worker
from tests.grading.classroom import notebook, right
from tests.grading.conftest import LAB, SMALL, descendants

RIGHT = right(LAB)["critic_loss"]
NAMES = ["critic_loss", "generator_loss"]


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with Worker(LAB, SMALL, tmp_path_factory.mktemp("course"), trust=True) as made:
        yield made


def run(worker: Worker, code: str = "") -> Outcome:
    made = notebook(LAB, right(LAB) | {"critic_loss": f"{RIGHT}\n{code}"})
    content = nbformat.v4.writes_json(made).encode()
    return worker.run(
        Request(LAB, NAMES, content, "x", [], [], dict.fromkeys(NAMES, 7))
    )


def test_trusted_submissions_are_observed_and_marked_as_such(trusting: Worker) -> None:
    assert trusting.layers == ["none: submissions were trusted"]
    observed = run(trusting).observed
    assert all(observed[name].observation is not None for name in NAMES)


def test_without_a_sandbox_too_a_time_limit_holds_and_nothing_is_left(
    trusting: Worker,
) -> None:
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
while True: pass
"""
    before = set(descendants(os.getpid()))
    observed = run(trusting, code).observed
    assert observed["critic_loss"].deaths[0].how == "time"
    assert observed["generator_loss"].observation is not None
    time.sleep(0.3)
    assert set(descendants(os.getpid())) <= before


def test_a_worker_whose_processes_are_killed_says_so_and_starts_again(
    trusting: Worker,
) -> None:
    def kill() -> None:
        for process in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    timer = threading.Timer(2, kill)
    timer.start()
    outcome = run(trusting, "import time; time.sleep(2.9)")
    timer.join()
    assert outcome.observed["generator_loss"].deaths[0].how == "signal"
    again = run(trusting)
    assert all(again.observed[name].observation is not None for name in NAMES)


def test_the_check_gets_no_more_than_three_cells_of_time() -> None:
    assert limits_for(LAB) == Limits()
    limits = limits_for(LAB, cell_seconds=2)
    assert limits.cell_seconds == 2
    assert limits.check_seconds < Limits().check_seconds
