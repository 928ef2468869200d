"""The real command, killed with kill -9 while it grades: the next one completes the work."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.grading.classroom import make_course, right, submit
from tests.grading.conftest import LAB, descendants

pytestmark = [pytest.mark.slow, pytest.mark.needs("bwrap")]
STUDENTS = [f"student-{number}" for number in range(8)]
STUB = "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n    return 0\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A class of eight, every second one with a wrong answer."""
    made = make_course(tmp_path / "course", [LAB])
    for number, student in enumerate(STUDENTS):
        wrong = {"critic_loss": STUB} if number % 2 else {}
        submit(made, student, LAB, right(LAB) | wrong)
    return made


def start(course: Path, jobs: int = 2) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "labkit", "grade", LAB, "--jobs", str(jobs)]
    return subprocess.Popen(
        command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def lines(course: Path) -> list[str]:
    path = course / "records" / f"{LAB}.jsonl"
    return path.read_text().splitlines() if path.exists() else []


def wait_for(what: Callable[[], bool], engine: subprocess.Popen[str]) -> None:
    while not what():
        assert engine.poll() is None, engine.communicate()[0]
        time.sleep(0.01)


def gone(processes: list[int]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if not any(Path(f"/proc/{process}").exists() for process in processes):
            return True
        time.sleep(0.1)
    return False


def kill_workers(engine: subprocess.Popen[str]) -> None:
    for process in descendants(engine.pid):
        with contextlib.suppress(OSError):  # it has just ended
            if "/kit" in Path(f"/proc/{process}/cmdline").read_text():
                os.kill(process, signal.SIGKILL)


def test_killed_engines_and_workers_lose_nothing_and_double_nothing(
    course: Path,
) -> None:
    engine = start(course)
    wait_for(lambda: len(lines(course)) >= 2, engine)
    family = descendants(engine.pid)
    engine.kill()
    engine.communicate()
    assert gone(family), "workers outlive a killed engine"
    kept = len(lines(course))

    engine = start(course, jobs=1)  # with two, the other may not have started yet
    wait_for(lambda: len(lines(course)) > kept, engine)
    kill_workers(engine)
    said = engine.communicate(timeout=300)[0]
    assert engine.returncode == 0, said

    book = course / "gradebook.db"
    book.unlink()
    engine = start(course)
    wait_for(lambda: any(course.glob(".gradebook-*")), engine)
    engine.kill()
    engine.communicate()

    said = start(course).communicate(timeout=300)[0]
    records = [json.loads(line) for line in lines(course)]
    assert sorted(record["student"] for record in records) == STUDENTS, said
    points = {r["student"]: r["exercises"]["critic_loss"]["points"] for r in records}
    assert all(
        points[student] < 1 if number % 2 else points[student] == 4
        for number, student in enumerate(STUDENTS)
    ), points
    with sqlite3.connect(book) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        marked = database.execute("SELECT COUNT(*) FROM submitted_assignment")
        assert marked.fetchone() == (len(STUDENTS),)
    assert len(list((course / "feedback").glob("*/*/*.html"))) == len(STUDENTS)
