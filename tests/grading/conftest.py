"""What the tests of grading share: a worker, and another user."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest

from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.outcome import Outcome, Request
from tests.grading.classroom import notebook, right

LAB = "04_losses"
EXERCISES = ("critic_loss", "generator_loss", "minimax_generator_loss")
# Small, so that tests that reach them are short; a busy machine still keeps them.
SMALL = Limits(
    cell_seconds=3,
    check_seconds=20,
    memory_mb=400,
    processes=24,
    file_mb=8,
    output_bytes=20_000,
    observation_mb=4,
    submission_seconds=120,
)

Submit = Callable[..., Outcome]


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder that nobody may see."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "gradebook.db").write_text("everybody's marks")
    return folder


@pytest.fixture(scope="session")
def worker(secrets: Path) -> Iterator["Worker"]:  # noqa: F821 (imported late)
    """One worker for all tests of a process: its start takes ten seconds."""
    from labkit.grading.sandbox.worker import Worker

    with Worker(LAB, SMALL, secrets) as made:
        yield made


@pytest.fixture
def submit(worker: "Worker") -> Submit:  # noqa: F821
    """Run a submission: right answers, with those that are given in their place."""

    def run(exercises: Sequence[str] = EXERCISES, **answers: str) -> Outcome:
        made = notebook(LAB, right(LAB) | answers)
        content = nbformat.v4.writes_json(made).encode()
        seeds = {name: 7 + number for number, name in enumerate(exercises)}
        return worker.run(
            Request(LAB, list(exercises), content, f"{LAB}.ipynb", [], [], seeds)
        )

    return run


def descendants(process: int) -> list[int]:
    """The numbers of the processes that a process has started, and so on."""
    found = []
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            for child in map(int, tasks.read_text().split()):
                found += [child, *descendants(child)]
    return found


def as_ordinary_user(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody without any rights, who can reach this Python.

    Root needs a way in for the other user where the interpreter lies in /root; an
    ordinary user just runs the command.
    """
    if os.getuid() != 0:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    base = os.path.realpath(sys.base_prefix)
    folders = ["--tmpfs", "/root", "--ro-bind", base, base] * base.startswith("/root/")
    parents = [str(path) for path in Path(base).parents][:-1]
    opened = [f"chmod 755 {' '.join(parents)};"] * base.startswith("/root/")
    user = "setpriv --reuid 1001 --regid 1001 --clear-groups --inh-caps -all"
    script = f'{"".join(opened)} HOME=/tmp exec {user} "$@"'
    return subprocess.run(
        [
            shutil.which("bwrap") or "bwrap",
            *("--dev-bind", "/", "/"),
            *folders,
            *("--", "sh", "-c", script, "sh", *command),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
