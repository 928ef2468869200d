"""Seconds and memory: what running the answers took."""

import statistics
from dataclasses import dataclass

from labkit.grading.insight.members import Member, by_exercise

SLOWEST = 5


@dataclass(frozen=True)
class Cost:
    """What an exercise took; seconds of all that it needs to run, megabytes at most.

    Attributes:
        name: the exercise.
        median, longest: seconds.
        slowest: whose is the longest.
        usual_mb, peak_mb: the median and the highest peak.
        largest: whose is the highest.
    """

    name: str
    median: float
    longest: float
    slowest: Member
    usual_mb: float
    peak_mb: float
    largest: Member


def costs(members: list[Member]) -> list[Cost]:
    """A row for each exercise, of those whose answers were run."""
    found = []
    for name, graded in by_exercise(members).items():
        ran = [each for each in graded if _entry(each, name)["seconds"]]
        if ran:
            slowest = max(ran, key=lambda each: _entry(each, name)["seconds"])
            largest = max(ran, key=lambda each: _entry(each, name)["peak_mb"])
            seconds = [_entry(each, name)["seconds"] for each in ran]
            peaks = [_entry(each, name)["peak_mb"] for each in ran]
            found.append(
                Cost(
                    name,
                    statistics.median(seconds),
                    max(seconds),
                    slowest,
                    statistics.median(peaks),
                    max(peaks),
                    largest,
                )
            )
    return found


def slowest(members: list[Member]) -> list[tuple[Member, float]]:
    """The submissions that took longest, with their seconds."""
    ranked = sorted(members, key=lambda each: -total(each))
    return [(each, total(each)) for each in ranked[:SLOWEST] if total(each)]


def total(member: Member) -> float:
    """Seconds of a submission, from reading to the last exercise."""
    return member.record.get("seconds") or 0.0


def _entry(member: Member, name: str) -> dict:
    return member.record["exercises"][name]
