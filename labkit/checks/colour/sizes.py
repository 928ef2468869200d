"""Lab 10's sizes: 64 pixels for certain; 32, unless a network says that it cannot."""

from dataclasses import replace
from typing import Any

from labkit.checks.spec import Finding
from labkit.checks.words import told

REWORDED = (
    ("28 → 14 → 7 → ?", "64 → 32 → 16 → ?"),
    ("4 → 8 → 16 → 32,\n  7 → 14 → 28.", "4 → 8 → 16 → 32 → 64."),
    ("and how often is it doubled?", "and does each layer double it exactly?"),
)


def offered(obs: dict[str, Any]) -> list[str]:
    """The shapes beside (3, 64, 64) that the network is asked for.

    One that raises an error of its own for 32 pixels knows its limits: that is allowed.
    """
    return ["64 grey"] if _refuses(obs) else ["64 grey", "32"]


def size_advice(obs: dict[str, Any]) -> Finding:
    """32 pixels are possible too."""
    text = told(
        "it refuses images of 32 pixels, by an error of its own",
        "That is honest, and enough for this lab.",
        "How many layers fewer would 32 pixels need?",
    )
    return Finding("32 pixels", not _refuses(obs), text, weight=0)


def larger(finding: Finding) -> Finding:
    """The same finding; where its text follows a picture's size, it speaks of 64."""
    text = finding.message
    for old, new in REWORDED:
        text = text.replace(old, new)
    return replace(finding, message=text)


def _refuses(obs: dict[str, Any]) -> bool:
    error = obs["errors"].get("32")
    return error is not None and error["line"].startswith(("raise", "assert"))
