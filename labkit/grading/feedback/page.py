"""One page for one student and one lab: what was marked, how, and why.

The page is a single file without scripts, made to be kept, printed and read on a phone.
It shows what the student handed in, the messages of the checks and the words of the
teacher, and nothing else that a record or a document holds.
"""

import base64
import functools
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from labkit.errors import LabkitError
from labkit.grading.feedback import words
from labkit.grading.feedback.parts import code, outputs, prose
from labkit.grading.feedback.visible import visible
from labkit.runtime import atomic_write

FOLDER = Path(__file__).parent
TOLD = ("points", "max_points", "findings", "message")  # of an exercise in a record
HEAD_BYTES = 2000  # of a page: its fingerprint is among them


def write(
    out: Path,
    record: dict[str, Any],
    document: dict[str, Any] | None,
    marks: dict[str, Any],
) -> Path:
    """Write the student's page, if it is not already there word for word.

    It is feedback/<student>/<lab>/<lab>.html: nbgrader's release_feedback finds it.

    Args:
        out: the folder that holds the records.
        record: the student's last line of records/<lab>.jsonl.
        document: what was read of the notebook; None if it cannot be read.
        marks: the student's entry of `gradebook.marks`, or {} for those of the record.

    Returns:
        The page's path.

    Raises:
        LabkitError: the student's or the lab's name is not the name of a file.
    """
    path = place(out, record)
    content = page(record, document, marks).encode()
    if not path.is_file() or path.read_bytes() != content:
        atomic_write(path, lambda file: file.write_bytes(content))
    return path


def place(out: Path, record: dict[str, Any]) -> Path:
    """Where `write` puts the page; the arguments and errors are those of `write`."""
    for name in (record["student"], record["lab"]):
        if name in ("", ".", "..") or {"/", "\0", os.sep} & set(name):
            raise LabkitError(
                f"a page for {name!r} would not lie in the feedback folder; "
                "a student and a lab are called as their folders are."
            )
    lab = record["lab"]
    return Path(out) / "feedback" / record["student"] / lab / f"{lab}.html"


def is_current(out: Path, record: dict[str, Any], marks: dict[str, Any]) -> bool:
    """Tell whether the page is there, made from this record, these marks and this code.

    The arguments are those of `write`, which need not be called when this is true.
    """
    try:
        with place(out, record).open("rb") as file:
            return _fingerprint(record, marks).encode() in file.read(HEAD_BYTES)
    except OSError:
        return False


def page(
    record: dict[str, Any], document: dict[str, Any] | None, marks: dict[str, Any]
) -> str:
    """Write the page as HTML; the arguments are those of `write`."""
    document = document or {}
    exercises = [
        _exercise(name, exercise, document, marks)
        for name, exercise in record["exercises"].items()
    ]
    answers = list(_written(document, marks, record["exercises"]))
    entries = exercises + answers
    for count, entry in enumerate(entries, start=1):
        entry["anchor"] = f"part-{count}"
    most = sum(entry["most"] or 0 for entry in entries)
    style = (FOLDER / "feedback.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        style=Markup(style),
        fingerprint=_fingerprint(record, marks),
        style_hash=f"sha256-{digest}",
        lab=words.title(record["lab"]),
        student=record["student"],
        attempt=record["attempt"],
        handed_in=words.moment(record.get("submission", {}).get("timestamp")),
        graded=words.moment(record.get("graded")),
        score=marks.get("score", sum(entry["points"] or 0 for entry in entries)),
        most=marks.get("max", most),
        late=marks.get("late", 0),
        parts=[part for part in (_sum("exercises", exercises),
                                 _sum("written answers", answers)) if part],
        bar=list(_bar(entries, most)),
        notes=words.notes(record.get("flags", []) + document.get("flags", [])),
        exercises=exercises,
        answers=answers,
    )  # fmt: skip


def _fingerprint(record: dict[str, Any], marks: dict[str, Any]) -> str:
    """Names what a page is made from; of the record only what the page may tell."""
    parts = {key: record.get(key) for key in ("student", "lab", "attempt", "graded")}
    parts["submission"] = record.get("submission")
    parts["exercises"] = {
        name: {key: exercise[key] for key in TOLD}
        for name, exercise in record["exercises"].items()
    }
    parts["notes"] = words.notes(record.get("flags", []))
    text = json.dumps([_version(), parts, marks], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _version() -> str:
    """Names the code that makes pages."""
    files = sorted([*FOLDER.glob("feedback*.*"), FOLDER / "visible.py"])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@functools.cache
def _template() -> jinja2.Template:
    """The template: whatever it prints is made visible, then escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: (
            value if isinstance(value, Markup) else visible(str(value))
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["states"] = words.STATES
    environment.filters |= {"mark": words.mark, "points": words.points}
    return environment.get_template("feedback.html.j2")


def _exercise(
    name: str, exercise: dict[str, Any], document: dict, marks: dict
) -> dict[str, Any]:
    """What the page says about one exercise."""
    override = marks.get("manual", {}).get(name, {}).get("points")
    points, most = exercise["points"], exercise["max_points"]
    cells = {cell["number"]: cell for cell in document.get("cells", [])}
    answer = cells.get(document.get("answers", {}).get(name))
    return {
        "name": name,
        "points": points if override is None else override,
        "most": most,
        "automatic": None if override is None else points,
        "state": words.state(points, most, exercise["message"]),
        "found": words.headline(name, exercise["message"]),
        "message": exercise["message"],
        "findings": list(words.findings(exercise)),
        "comment": marks.get("comments", {}).get(name, ""),
        "code": answer and code(answer["source"]),
        "outputs": list(outputs(name, answer, cells)) if answer else [],
    }


def _written(document: dict, marks: dict, exercises: dict) -> Iterator[dict[str, Any]]:
    """The written answers: those that were looked for, then those that have marks."""
    manual = marks.get("manual", {})
    found = document.get("written", {})
    for grade_id in dict.fromkeys([*found, *manual]):
        if grade_id in exercises:
            continue
        mark = manual.get(grade_id, {})
        points = mark.get("points")
        yield {
            "name": words.title(grade_id).partition(" · ")[2] or grade_id,
            "points": points,
            "most": mark.get("max_points"),
            "state": "waiting" if points is None else "marked",
            "text": prose(found.get(grade_id, {}).get("text", "")),
            "comment": marks.get("comments", {}).get(grade_id, ""),
        }


def _sum(what: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """One part of the score: the exercises, or the written answers."""
    marked = [entry for entry in entries if entry["points"] is not None]
    return entries and {
        "what": what,
        "points": sum(entry["points"] for entry in marked),
        "most": sum(entry["most"] or 0 for entry in entries),
        "waiting": len(entries) - len(marked),
    }


def _bar(entries: list[dict[str, Any]], most: float) -> Iterator[dict[str, Any]]:
    """The score as a row of boxes, 1000 wide: each as wide as its points, and filled."""
    left = 0.0
    for entry in entries:
        if not entry["most"]:
            continue
        width = 1006 * entry["most"] / most - 6  # after each box but the last a gap
        share = min(max((entry["points"] or 0) / entry["most"], 0), 1)
        yield {
            "x": f"{left:.1f}",
            "width": f"{max(width, 1):.1f}",
            "filled": f"{max(width, 1) * share:.1f}",
            "waiting": entry["points"] is None,
        }
        left += width + 6
