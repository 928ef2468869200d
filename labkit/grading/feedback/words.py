"""How a record is put into words on a student's page."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

NOTES = 12  # shown at most

# What a flag means for the student. A kind that is not listed is for the teacher alone:
# "tampering" is for a human to read and to talk about, "trusted" is about the machine.
FLAGS = {
    "unreadable": "Your notebook could not be opened. Open it in JupyterLab, save it, "
    "and hand it in again.",
    "truncated": "The end of your notebook file is missing, as after a broken upload. "
    "Hand it in again.",
    "not a notebook": "The file is not a notebook. Hand in the .ipynb file.",
    "no notebook": "No notebook was found in what you handed in.",
    "empty": "The notebook that you handed in is empty.",
    "refused file": "Only ordinary files can be graded, and this one is not.",
    "renamed": "Your notebook has another name than the lab's. It was found all the "
    "same.",
    "several notebooks": "You handed in more than one notebook; one of them was "
    "graded.",
    "old format": "Your notebook is in an old format. It was read all the same.",
    "duplicate answer": "An answer is there more than once. The last one counts.",
    "metadata lost": "Your notebook lost the names of its cells, as happens in some "
    "editors. The answers were found by what they define.",
    "checks changed": "A check's cell was changed or deleted. That costs nothing: the "
    "marks come from checks of their own.",
    "time limit": "A cell took too long and was stopped.",
    "memory limit": "A cell asked for more memory than there is for one submission.",
    "died": "A cell ended Python itself. The other answers were graded without it.",
    "output capped": "A cell printed so much that the rest was dropped. That costs "
    "nothing.",
    "late": "This was handed in after the deadline.",
}

STATES = {  # state -> sign and words
    "right": ("✓", "right"),
    "partly": ("◐", "partly right"),
    "wrong": ("✗", "not right yet"),
    "open": ("○", "not begun"),
    "waiting": ("…", "not marked yet"),
    "marked": ("✎", "marked by your teacher"),
}


def title(name: str) -> str:
    """A lab's or an answer's name for people: 04_losses -> 04 · losses."""
    digits, _, rest = name.partition("_")
    if digits.isdecimal() and rest:
        return f"{digits} · {rest.replace('_', ' ')}"
    return name.replace("_", " ")


def moment(iso: str | None) -> str:
    """A time for people; what cannot be read as one is given back, None as ""."""
    try:
        when = datetime.fromisoformat((iso or "").replace(" UTC", "+00:00"))
    except ValueError:
        return iso or ""
    zone = f" {when.tzname()}" if when.tzinfo else ""
    return f"{when.day} {when:%B %Y, %H:%M}{zone}"


def mark(value: float) -> str:
    """Points with two places, fewer where those are zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points(value: float | None, most: float | None) -> str:
    """A mark and what it is out of; a dash where one is not known yet."""
    shown = "–" if value is None else mark(value)
    return f"{shown} of {mark(most)}" if most is not None else shown


def headline(name: str, message: str) -> str:
    """The first line of a check's message, without its sign and the exercise's name."""
    first = message.strip().partition("\n")[0]
    return re.sub(rf"^[✓✗] {re.escape(name)} · ", "", first)


def state(value: float, most: float, message: str) -> str:
    """One of STATES for an exercise."""
    if value >= most:
        return "right"
    if value > 0:
        return "partly"
    return "open" if "· still the stub" in message.partition("\n")[0] else "wrong"


def findings(exercise: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The properties that were looked at; what the message told is not told again."""
    told = exercise["message"]
    total = sum(finding["weight"] for finding in exercise["findings"])
    for finding in exercise["findings"]:
        advice = finding["weight"] == 0
        if advice and finding["passed"]:
            continue
        message = "" if finding["passed"] else finding["message"].strip()
        new = message and message not in told
        told += message
        yield {
            "kind": "advice" if advice else "passed" if finding["passed"] else "failed",
            "name": finding["name"],
            "points": exercise["max_points"] * finding["weight"] / (total or 1),
            "message": message if new else "",
        }


def notes(flags: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """What flags mean for the student, each once; those for the teacher are left out."""
    unique = {(flag["kind"], flag["text"]): flag for flag in flags}
    return [
        {"sentence": FLAGS[kind], "detail": text}
        for kind, text in unique
        if kind in FLAGS
    ][:NOTES]
