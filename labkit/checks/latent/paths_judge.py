"""Lab 07: `lerp` and `slerp`, judged."""

from typing import Any

import numpy as np

from labkit.checks.latent import paths_words as words
from labkit.checks.latent.paths import Calls
from labkit.checks.spec import Finding


def judge(name: str, obs: dict[str, Any]) -> list[Finding]:
    """Findings: a z like its ends, values, ends, batches, equal and opposite ends."""
    calls = Calls(name, obs)
    kind = words.kind(calls)
    findings = [Finding("a z like its ends", not kind, kind, 0.5)]

    def add(title: str, wrong: Any, message: Any, weight: float) -> None:
        text = kind or (message(calls, wrong) if wrong else "")
        findings.append(Finding(title, not text, text, weight))

    luck = not np.array_equal(
        *(call.get("value", 0) for call in calls.of("again")), equal_nan=True
    )
    add("the same every time", luck, words.luck, 0.25)
    values = calls.wrong("corner", "shell", "vector")
    add("values", values, words.values, 3)
    add("batches (B, D)", values or calls.wrong("batch"), words.batches, 1.5)
    add("both ends", values or calls.wrong("ends"), words.ends, 1)
    add("equal ends", values or calls.wrong("same"), words.degenerate, 1)
    add("opposite ends", values or calls.wrong("opposite"), words.degenerate, 0.5)
    changed = [call for call in calls.all if call.get("kept") is False]
    add("input kept", changed, words.changed, 0.25)
    return findings
