"""What a submission changed that is not its own: a report for a human."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snapshot:
    """How central modules were before any submission ran."""


def snapshot() -> Snapshot:
    """Look at the central modules, once, before any submission runs."""
    return Snapshot()


def changes(before: Snapshot) -> list[str]:
    """Say what is not as it was."""
    return []


def signs(document: dict) -> list[str]:
    """Say what in the source looks like an attack, before anything runs."""
    return []
