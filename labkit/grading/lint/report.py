"""What `labkit lint-lab` has found, and whether the lab may be released."""

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

CLASS = 200  # submissions
GRAVE = ("accepted", "refused")  # a slip that costs or gives marks


class Survivor(NamedTuple):
    """A mutant with full marks.

    Attributes:
        exercise: whose answer was changed.
        label: how: "line 5: tanh -> sigmoid".
        line: what the changed place reads now.
    """

    exercise: str
    label: str
    line: str


class Shown(NamedTuple):
    """One implementation of a gallery.

    Attributes:
        exercise: whose answer it is.
        label: what is special about it.
        right: whether it is to pass.
        slip: what the check got wrong, as `gallery.Case` says it; "" for nothing.
    """

    exercise: str
    label: str
    right: bool
    slip: str


@dataclass
class Report:
    """What was found about a lab; rich prints it.

    Attributes:
        lab: its folder name.
        points: exercise -> full marks.
        jobs: how many submissions were graded at a time.
        seconds: of the reference, each time.
        failures: what the reference was told where it did not get full marks.
        untouched: exercises for which the untouched notebook got points.
        mutants: exercise -> how many were graded.
        survivors: the mutants with full marks.
        cases: of the galleries; empty where the course has none.
    """

    lab: str
    points: dict[str, float]
    jobs: int
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    untouched: dict[str, float] = field(default_factory=dict)
    mutants: Counter[str] = field(default_factory=Counter)
    survivors: list[Survivor] = field(default_factory=list)
    cases: list[Shown] = field(default_factory=list)

    @property
    def fit(self) -> bool:
        """Whether nothing stands against a release; survivors are a matter of opinion."""
        wrong = any(case.slip in GRAVE for case in self.cases)
        return not (self.failures or self.untouched or wrong)

    @property
    def class_seconds(self) -> float:
        """How long a class of 200 will take."""
        return statistics.median(self.seconds) * CLASS / self.jobs

    def __rich__(self) -> Group:
        return Group(*self._parts())

    def _parts(self) -> Iterator[RenderableType]:
        yield self._exercises()
        if self.survivors:
            yield self._survivors()
        yield from (Text(line) for line in self._lines())

    def _exercises(self) -> Table:
        found = Table("exercise", title=self.lab)
        columns = ["points", "mutants", "killed", "left"]
        columns += (
            ["right pass", "wrong refused", "for the reason"] if self.cases else []
        )
        for name in columns:
            found.add_column(name, justify="right")
        for name, points in self.points.items():
            left = sum(survivor.exercise == name for survivor in self.survivors)
            made = self.mutants[name]
            row = [f"{points:g}", str(made), str(made - left), str(left)]
            found.add_row(
                Text(name), *row, *(self._gallery(name) if self.cases else ())
            )
        return found

    def _gallery(self, name: str) -> list[str]:
        """Right ones that pass, wrong ones refused, and for the reason meant."""
        cases = [case for case in self.cases if case.exercise == name]
        right = [case.slip for case in cases if case.right]
        wrong = [case.slip for case in cases if not case.right]
        refused = len(wrong) - wrong.count("accepted")
        return [
            f"{right.count('')} of {len(right)}",
            f"{refused} of {len(wrong)}",
            f"{wrong.count('')} of {refused}",
        ]

    def _survivors(self) -> Table:
        title = "full marks all the same: as right as the reference, or a hole?"
        found = Table("exercise", "mutant", "reads now", title=title)
        for survivor in self.survivors:
            found.add_row(*map(Text, survivor))
        return found

    def _lines(self) -> Iterator[str]:
        runs = len(self.seconds)
        if self.failures:
            yield f"✗ the reference did not get full marks every time ({runs} runs):"
            yield from dict.fromkeys(self.failures)
        else:
            yield f"✓ the reference got full marks, {runs} times of {runs}"
        if self.untouched:
            got = ", ".join(f"{n} {points:g}" for n, points in self.untouched.items())
            yield f"✗ the untouched notebook got points: {got}"
        else:
            yield "✓ the untouched notebook got 0"
        for case in self.cases:
            if case.slip:
                mark = "✗" if case.slip in GRAVE else "·"
                yield f"{mark} gallery: {case.slip}: {case.exercise}: {case.label}"
        if not self.cases:
            yield "· no gallery in this course"
        each = statistics.median(self.seconds)
        yield (
            f"· a class of {CLASS}: about {self.class_seconds:.0f} s with {self.jobs} "
            f"at a time, {each:.2f} s a submission"
        )
