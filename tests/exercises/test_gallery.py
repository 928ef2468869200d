"""How good the checks are: right implementations pass, wrong ones fail for the reason.

Every file of the gallery belongs to the exercise of its name; `labkit.grading.lint.gallery`
says what is in it.
"""

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from labkit.checks.run import Result, examine
from labkit.checks.spec import REGISTRY, own_version
from labkit.grading.lint.gallery import examined

FOLDER = Path(__file__).parent / "gallery"
GALLERY = sorted(path.stem for path in FOLDER.glob("*.py"))
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


def test_gallery(name: str) -> None:
    """Right ones pass, whatever the seed and however they are written.

    Wrong ones are refused, with fewer points, and nearly always for the true reason.
    """
    refused = []
    for case in examined(REGISTRY[name], FOLDER / f"{name}.py"):
        counts["right" if case.right else "wrong"] += 1
        counts[case.slip] += 1
        _lint(case.result)
        if case.slip == "refused":
            refused.append(f"{case.label} (seed {case.seed}): {case.result}")
        elif case.slip:
            slips.append(f"{case.slip} · {name} · {case.label}")
        if case.slip == "other reason":
            slips.append(f"wanted {case.reason!r}\n{case.result}")
        if not case.right and not case.result.passed:
            assert case.result.points < REGISTRY[name].points, case.label
    assert not refused, "\n".join(refused)


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
    caught = counts["wrong"] - counts["accepted"]
    named = (caught - counts["other reason"]) / max(1, caught)
    wrong = f"{counts['wrong']} wrong: {accepted:.1%} accepted, {named:.1%} named"
    right = f"{counts['right']} right: {refused:.1%} refused"
    summary = Summary([*slips, f"gallery · {wrong} · {right}"])
    request.config.pluginmanager.register(summary)
    assert refused == 0
    assert accepted <= 0.02
    assert named >= 0.9


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
