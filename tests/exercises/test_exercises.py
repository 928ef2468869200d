"""The checks through pytest, one test an exercise: `--submission PATH`, or solutions/.

Labkit's own versions are tested beside the galleries.
"""

import functools
from pathlib import Path

import pytest

from labkit.checks.report import result_of
from labkit.checks.submission import load, scan

SOLUTIONS = Path(__file__).parents[2] / "solutions"
load = functools.cache(load)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given = metafunc.config.getoption("--submission", None)
    cases = [
        pytest.param(path, name, id=f"{path.name}-{name}")
        for path in ([given] if given else sorted(SOLUTIONS.glob("*/*.py")))
        for name in scan(path)
    ]
    metafunc.parametrize("path, name", cases)


def test_exercise(path: Path, name: str) -> None:
    result = result_of(load(path), name)
    if not result.passed:
        pytest.fail(str(result), pytrace=False)
