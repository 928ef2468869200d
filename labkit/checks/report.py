"""`labkit check PATH`: every exercise of a file, for people or for machines."""

import io
import json
from pathlib import Path
from typing import Any

from labkit.checks.refusal import borrowed
from labkit.checks.run import Result, examine, reprint
from labkit.checks.spec import Exercise, Finding, find
from labkit.checks.submission import Submission, load
from labkit.checks.words import error_message, number, told


def report(path: Path, names: list[str] | None = None, as_json: bool = False) -> int:
    """Check a file and print what was found.

    Args:
        path: a notebook or a .py file.
        names: only these exercises; those of the file's labs when None or empty.
        as_json: print a JSON list with an object for each exercise.

    Returns:
        The exit code: 0 if all exercises pass, else 1.

    Raises:
        LabkitError: the file cannot be read, or there is no such exercise.
    """
    exercises = [find(name) for name in names or ()]
    submission = load(path)
    exercises = exercises or [find(name) for name in submission.expected]
    results = []
    for exercise in exercises:
        printed = io.StringIO()
        results.append(result_of(submission, exercise.name, printed))
        if not as_json:
            reprint(printed.getvalue())
            print(results[-1], end="\n\n")
    if as_json:
        print(json.dumps([_as_data(result) for result in results], indent=2))
    else:
        print(_table(results) if results else _nothing(path))
    return 0 if results and all(result.passed for result in results) else 1


def result_of(submission: Submission, name: str, printed: Any = None) -> Result:
    """Check one exercise of a submission; a missing one is a result without points."""
    exercise = find(name)
    if name in submission.answers:
        return examine(exercise, submission.answers[name], printed=printed)
    failure = submission.failures.get(name)
    return without_points(exercise, stopped(failure) if failure else absent(name))


def without_points(exercise: Exercise, message: str) -> Result:
    """The result of an answer that does not come as far as its check."""
    return Result(exercise, [Finding("can be checked", False, message)])


def stopped(failure: dict[str, Any]) -> str:
    """Say that the cell of an answer stops with an error.

    Args:
        failure: the error, as `spec.describe` gives it.
    """
    own = borrowed(failure["text"])
    return own or error_message(failure, where="in its own cell, before any check")


def absent(name: str) -> str:
    """Say that an answer is missing."""
    return told(
        "it is not in this file",
        f"There is no cell with the grade_id {name}, and no def or class {name}.",
        "Has the cell been deleted, or the name been changed?",
    )


def _table(results: list[Result]) -> str:
    width = max(len(result.exercise.name) for result in results)
    lines = [
        f"{'✓' if result.passed else '✗'} {result.exercise.name:<{width}}"
        f"  {number(result.points, 1):>4} / {number(result.exercise.points)}"
        for result in results
    ]
    points = number(sum(result.points for result in results), 1)
    most = number(sum(result.exercise.points for result in results))
    passed = sum(result.passed for result in results)
    lines.append(f"{passed} of {len(results)} pass · {points} of {most} points")
    return "\n".join(lines)


def _nothing(path: Path) -> str:
    return (
        f"✗ {path}: no exercise of this course is in it\n"
        "  An exercise is a def or class of its name, or a cell with its grade_id."
    )


def _as_data(result: Result) -> dict[str, Any]:
    return {
        "exercise": result.exercise.name,
        "lab": result.exercise.lab,
        "passed": result.passed,
        "points": round(result.points, 4),
        "max_points": result.exercise.points,
        "message": str(result),
        "findings": [
            {
                "name": finding.name,
                "passed": finding.passed,
                "weight": finding.weight,
                "message": finding.message,
            }
            for finding in result.findings
        ],
    }
