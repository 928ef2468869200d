"""What all tests share: one thread, system tools, the command line, a tiny run."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit.cli import main

Command = Callable[..., tuple[int, str, str]]

# Read by torch, numpy and every kernel that a test starts, once they are imported:
# here nothing is, so that tests that need no torch do not pay for it.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.pop("LABKIT_STEPS", None)  # what a person may have set to look through a lab

# Before all other modules, here and in every process that a test starts: see in there.
LEAN = str(Path(__file__).parent / "lean")
sys.path.insert(0, LEAN)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [LEAN, *filter(None, [os.environ.get("PYTHONPATH")])]
)

# What takes more than a minute by itself, the longest first.
LONGEST = (
    "test_class",
    "test_corpus",
    "test_gallery",
    "test_notebooks",
    "test_nbgrader",
)

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than cores: sandboxes, servers and browsers are waited for."""
    usable = getattr(os, "sched_getaffinity", None)  # not on macOS
    return (len(usable(0)) if usable else os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: a worker that begins one last leaves the others idle.

    So the Makefile has xdist keep this order, rather than by number of tests.
    """
    last = len(LONGEST)
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, last))


def find_tool(tool: str) -> str | None:
    """Path of a system tool, or None; chromium goes by several names."""
    names = CHROMIUM if tool == "chromium" else (tool,)
    return next(filter(None, map(shutil.which, names)), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("bwrap")`: fail in CI without the tool, skip elsewhere."""
    for marker in item.iter_markers("needs"):
        for tool in marker.args:
            if find_tool(tool) is None:
                reason = f"needs {tool}, which is not installed (.ci/run installs it)"
                if os.environ.get("CI"):
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run `labkit ...` in this process; gives (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["labkit", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run: four steps of a narrow pair. Not to be changed."""
    from labkit import training

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    training.train(images=256, base_channels=8, latent_dim=16, out=folder)
    return folder
