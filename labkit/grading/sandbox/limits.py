"""What a submission may use, in one place; labs with heavier cells have overrides."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        cell_seconds: wall time of one cell, less what it waits for a processor.
        check_seconds: the same of one exercise's observation, after its cells.
        memory_mb: what all processes of an exercise may allocate together, beyond what
            the worker has loaded (torch itself).
        processes: processes and threads at a time.
        file_mb: size of a file, and of everything that is written together.
        output_bytes: printed text that is kept, of a whole exercise.
        notebook_mb: size of a notebook that is read at all.
        observation_mb: size of what an exercise hands back.
        submission_seconds: wall time of one submission, all exercises together.
    """

    cell_seconds: float = 10
    check_seconds: float = 60
    memory_mb: int = 2048
    processes: int = 64
    file_mb: int = 64
    output_bytes: int = 1_000_000
    notebook_mb: int = 50
    observation_mb: int = 16
    submission_seconds: float = 300


LIMITS: dict[str, dict[str, Any]] = {}


def limits_for(lab: str, cell_seconds: float | None = None) -> Limits:
    """The limits of a lab.

    Args:
        lab: the lab's folder name, "04_losses".
        cell_seconds: takes the place of the lab's own limit when given; the check,
            which runs the same code a few times, then gets no more than three of it.
    """
    limits = replace(Limits(), **LIMITS.get(lab, {}))
    if cell_seconds is None:
        return limits
    check_seconds = min(limits.check_seconds, 3 * cell_seconds)
    return replace(limits, cell_seconds=cell_seconds, check_seconds=check_seconds)
