"""How good the checks are: right implementations pass, wrong ones fail for the reason.

Every file of the gallery belongs to the exercise of its name. RIGHT maps a name to an
implementation, WRONG to one and to a regular expression that its message must match.
"""

import importlib
import re
import time
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from labkit.checks.run import Result, examine
from labkit.checks.spec import REGISTRY, own_version

GALLERY = sorted(path.stem for path in Path(__file__).parent.glob("gallery/*.py"))
counts = Counter()
slips: list[str] = []


class Summary:
    """A pytest plugin that prints some lines below the tests."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        for line in self.lines:
            terminalreporter.write_line(line)


@pytest.fixture(params=GALLERY)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_every_exercise_has_a_gallery() -> None:
    assert GALLERY == sorted(REGISTRY)


def test_right(name: str) -> None:
    """None is refused, whatever the seed and however it is written."""
    refused = []
    for seed, (label, implementation) in enumerate(_gallery(name).RIGHT.items()):
        result = examine(REGISTRY[name], implementation, seed)
        counts["right"] += 1
        _lint(result)
        if not result.passed:
            refused.append(f"{label} (seed {seed}): {result}")
    counts["refused"] += len(refused)
    assert not refused, "\n".join(refused)


def test_wrong(name: str) -> None:
    """Each is refused, with fewer points, and nearly always for the true reason."""
    for label, (implementation, reason) in _gallery(name).WRONG.items():
        result = examine(REGISTRY[name], implementation, 0)
        counts["wrong"] += 1
        _lint(result)
        if result.passed:
            counts["accepted"] += 1
            slips.append(f"accepted · {name} · {label}")
        elif re.search(reason, str(result)):
            counts["named"] += 1
        else:
            slips.append(
                f"other reason · {name} · {label}: wanted {reason!r}\n{result}"
            )
        if not result.passed:
            assert result.points < REGISTRY[name].points, label


@pytest.mark.parametrize("name", REGISTRY)
def test_own(name: str) -> None:
    """Labkit's own version passes in two seconds, with full marks and no advice."""
    exercise = REGISTRY[name]
    seconds = []
    for seed in range(3):
        start = time.process_time()
        result = examine(exercise, own_version(exercise), seed, own_allowed=True)
        seconds.append(time.process_time() - start)
        assert str(result) == f"✓ {name} · {exercise.promise}"
        assert result.points == exercise.points
    assert min(seconds) < 2


def test_rates(request: pytest.FixtureRequest) -> None:
    """Counts what the tests above have seen, and has it printed at the end."""
    if not counts["right"] or not counts["wrong"]:
        pytest.skip("the galleries have not been run")
    accepted = counts["accepted"] / counts["wrong"]
    refused = counts["refused"] / counts["right"]
    named = counts["named"] / max(1, counts["wrong"] - counts["accepted"])
    wrong = f"{counts['wrong']} wrong: {accepted:.1%} accepted, {named:.1%} named"
    right = f"{counts['right']} right: {refused:.1%} refused"
    summary = Summary([*slips, f"gallery · {wrong} · {right}"])
    request.config.pluginmanager.register(summary)
    assert refused == 0
    assert accepted <= 0.02
    assert named >= 0.9


def _gallery(name: str) -> ModuleType:
    return importlib.import_module(f"tests.exercises.gallery.{name}")


def _lint(result: Result) -> None:
    """A message has a headline, at most six lines, and none wider than 88 columns."""
    messages = [str(result)]
    messages += [
        f"✗ {result.exercise.name} · {finding.message}"
        for finding in result.findings
        if not finding.passed
    ]
    for message in messages:
        lines = message.splitlines()
        assert re.match(r"[✓✗] \w+ · \S", lines[0]), message
        assert all(len(line) <= 88 for line in lines), message
        assert all(line.strip() for line in lines), message
        assert "Traceback" not in message
        if message.startswith("✗"):
            assert len(lines) <= 6, message
