"""Which notebook of a folder counts: the lab's own name, the only one, the fullest."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labkit.checks.words import shortened
from labkit.grading.keys import submission_key
from labkit.grading.records import Record
from labkit.grading.submissions import Flag, Refused, Submission, read

Fullness = Callable[[str, bytes], Any]


@dataclass(frozen=True)
class Chosen:
    """The notebook that counts.

    Attributes:
        info: a record's "submission": file, sha256, bytes, timestamp; "candidates", a
            hash, where there were several of equal right.
        content: its bytes; None if there is nothing to read.
        flags: what was odd about finding it.
    """

    info: dict[str, Any]
    content: bytes | None = None
    flags: list[Flag] = field(default_factory=list)


def choose(
    submission: Submission,
    lab: str,
    max_bytes: int,
    before: Record | None,
    fullness: Fullness,
) -> Chosen:
    """Choose the notebook of a submission and read it.

    Args:
        submission: what was found in the folder.
        lab: the notebook should have its name.
        max_bytes: of a notebook that is read at all.
        before: the student's last record: the same candidates give the same choice.
        fullness: (name, content) -> how much work a notebook holds, to be compared.
    """
    problem, flags = submission.problem, list(submission.refused)
    keys: dict[str, str] = {}
    for name in submission.files:
        try:
            keys[name] = submission_key(read(submission, name, max_bytes))
        except Refused as refused:
            flags.append(refused.flag)
    info = {"file": None, "sha256": None, "bytes": 0}
    info["timestamp"] = submission.timestamp
    if not keys:
        return Chosen(info, flags=[problem, *flags] if problem else flags)
    expected = f"{lab}.ipynb"
    name = expected if expected in keys else next(iter(keys))
    if expected not in keys and len(keys) > 1:
        info["candidates"] = _digest(keys)
        known = (before or {}).get("submission", {})
        if known.get("candidates") == info["candidates"]:
            name = known["file"]
        else:
            name = max(
                keys, key=lambda name: fullness(name, read(submission, name, max_bytes))
            )
    content = read(submission, name, max_bytes)
    info |= {"file": name, "sha256": submission_key(content), "bytes": len(content)}
    return Chosen(info, content, [*_oddities(name, expected, keys), *flags])


def _oddities(name: str, expected: str, keys: dict[str, str]) -> list[Flag]:
    found = []
    if name != expected:
        text = f"the notebook is called {shortened(name)}, not {expected}"
        found.append({"kind": "renamed", "text": text})
    if len(keys) > 1:
        others = ", ".join(shortened(other) for other in keys if other != name)
        text = f"graded is {shortened(name)}; the folder also holds {others}"
        found.append({"kind": "several notebooks", "text": text})
    return found


def _digest(keys: dict[str, str]) -> str:
    return hashlib.sha256(repr(sorted(keys.items())).encode()).hexdigest()
