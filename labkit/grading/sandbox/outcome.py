"""What a worker is asked, and what it answers."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Request:
    """One submission to be observed.

    Attributes:
        lab: the lab's folder name, "04_losses".
        exercises: names of the exercises to observe; none only reads the document.
        notebook: the file's bytes, as they were handed in.
        file: the file's name, for messages.
        released: cells of the student release, in order: {"grade_id", "type", "source"}.
        written: grade_ids of the answers in words.
        seeds: exercise -> seed of its hidden inputs.
    """

    lab: str
    exercises: list[str]
    notebook: bytes
    file: str
    released: list[dict[str, str]]
    written: list[str]
    seeds: dict[str, int]


@dataclass(frozen=True)
class Death:
    """A process of a submission that did not come to its end.

    Attributes:
        how: what ended it.
        cell: number of the cell that ran; None in the check itself.
        text: one sentence for the student.
    """

    how: Literal["time", "memory", "exit", "signal", "processes"]
    cell: int | None
    text: str


@dataclass(frozen=True)
class Observed:
    """What was seen of one exercise.

    Attributes:
        observation: what `observe` gathered, plain data; None if it did not get so far.
        failure: why there is no answer to observe, as data like `spec.describe`'s.
        deaths: cells (or the check) that ended their process, in order.
        tampering: changes to the tools, for the teacher alone.
        notes: remarks for student and teacher.
        seconds: wall time.
        peak_mb: highest memory of its process.
        printed: what it printed, as much as was kept.
        capped: whether it printed more than that.
    """

    observation: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None
    deaths: list[Death] = field(default_factory=list)
    tampering: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0
    printed: str = ""
    capped: bool = False


@dataclass(frozen=True)
class Outcome:
    """What was seen of one submission.

    Attributes:
        document: what `labkit.grading.reading.document.read` made of the notebook; {} if nothing.
        observed: exercise -> what was seen of it, for each that was asked for.
        problem: {"kind", "text"} of a notebook that cannot be read, else None.
        seconds: wall time.
    """

    document: dict[str, Any]
    observed: dict[str, Observed]
    problem: dict[str, str] | None
    seconds: float
