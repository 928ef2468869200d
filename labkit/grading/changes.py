"""Whose marks would change: what `labkit grade --diff` shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from labkit.checks.words import number
from labkit.grading.feedback.visible import visible
from labkit.grading.records import Record


@dataclass(frozen=True)
class Change:
    """One mark that would be another.

    Attributes:
        student: the folder's name.
        exercise: its name.
        before: points now; None if there is no mark yet.
        after: points then.
        finding: the first finding that is another, with its headline if it fails.
    """

    student: str
    exercise: str
    before: float | None
    after: float
    finding: str


def changes(before: Record | None, after: Record | None) -> Iterator[Change]:
    """Compare two records of a student.

    Args:
        before: the line that counts now; None if there is none.
        after: the line that would be written; None if none would.
    """
    for name, entry in (after or {}).get("exercises", {}).items():
        old = (before or {}).get("exercises", {}).get(name)
        if old is None or old["points"] != entry["points"]:
            yield Change(
                student=after["student"],
                exercise=name,
                before=old and old["points"],
                after=entry["points"],
                finding=_finding(old, entry),
            )


def table(found: Sequence[Change]) -> Table:
    """The changes as a table for a terminal."""
    made = Table("student", "exercise", "before", "after", "because", box=None)
    for change in found:
        before = "–" if change.before is None else number(change.before)
        made.add_row(
            Text(visible(change.student)),
            change.exercise,
            before,
            number(change.after),
            Text(visible(change.finding)),
        )
    return made


def _finding(old: dict[str, Any] | None, new: dict[str, Any]) -> str:
    """Name the first finding that is not as it was; of a new mark, the first failure."""
    known = {f["name"]: f["passed"] for f in old["findings"]} if old else {}
    for finding in new["findings"]:
        if known.get(finding["name"], old is None) != finding["passed"]:
            if finding["passed"]:
                return f"✓ {finding['name']}"
            headline = finding["message"].strip().partition("\n")[0]
            return f"✗ {finding['name']} · {headline}"
    return "other weights" if old else "✓ all"
