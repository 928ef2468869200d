"""What a run of `labkit grade` has to say at its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from labkit.grading.changes import Change, table
from labkit.grading.grader import Graded


@dataclass
class Report:
    """What a run has done; rich prints it.

    Attributes:
        lab: the lab's folder name.
        out: where the grades lie.
        diff: whether nothing was to be written.
        graded: how many submissions were graded, in whole or in part.
        kept: how many needed nothing.
        again: how many were given to another worker, since the first had gone.
        faults: student -> why there is no grade, for a reason of ours.
        changes: with `diff`, the marks that would change.
        marks: student -> marks, as `gradebook.marks` gives them.
        summary: the class in a table.
        seconds: wall time.
    """

    lab: str
    out: Path
    diff: bool = False
    graded: int = 0
    kept: int = 0
    again: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    summary: RenderableType = ""
    seconds: float = 0.0

    def note(self, graded: Graded) -> None:
        """Count one submission."""
        self.again += graded.again
        if graded.fault:
            self.faults[graded.student] = graded.fault
        elif graded.ran:
            self.graded += 1
        else:
            self.kept += 1

    def __rich__(self) -> Group:
        return Group(*self._parts())

    def _parts(self) -> Iterator[RenderableType]:
        if self.diff and self.changes:
            yield table(self.changes)
        elif not self.diff:
            yield self.summary
        done = f"{self.graded} graded in {self.seconds:.1f} s, {self.kept} unchanged"
        if self.again:
            done += f", {self.again} given to another worker"
        if self.faults:
            done += f", {len(self.faults)} not graded"
        if self.diff:
            students = len({change.student for change in self.changes})
            yield Text(
                f"{done}. The marks of {students} would change; nothing written."
            )
        else:
            yield Text(f"{done}. grades.csv, gradebook.db, feedback/ in {self.out}")
