"""`pytest tests/exercises --submission PATH` checks a notebook or a .py file."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--submission",
        type=Path,
        help="a notebook or .py file to check, instead of labkit's own and solutions/",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say at once when a submission cannot be read, or has nothing to check."""
    path = config.getoption("--submission", None)
    if path is None:
        return
    from labkit.checks.submission import SubmissionError, scan

    try:
        found = scan(path)
    except SubmissionError as error:
        raise pytest.UsageError(str(error)) from None
    if not found:
        raise pytest.UsageError(f"{path}: no exercise of this course is in it")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The galleries test the checks, not a submission."""
    given = config.getoption("--submission", None)
    return True if given and collection_path.name == "test_gallery.py" else None
