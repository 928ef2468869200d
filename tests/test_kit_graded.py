"""A notebook of a kit gets the marks that the same answers get in the course's."""

import json
from pathlib import Path

import pytest

from labkit.course.kit_notebooks import FIRST_ID, with_recordings_on
from labkit.grading import engine
from tests.grading.classroom import make_course, right, slip, submit

LAB = "04_losses"


def outcome(record: dict) -> dict:
    """Points and findings of each exercise; messages quote inputs, which differ."""
    return {
        name: (each["points"], [(f["name"], f["passed"]) for f in each["findings"]])
        for name, each in record["exercises"].items()
    }


@pytest.mark.slow
@pytest.mark.needs("bwrap")
def test_the_added_cell_changes_no_mark_and_raises_no_flag(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", [LAB])
    answers = right(LAB) | {"generator_loss": slip(LAB, "generator_loss")}
    submit(course, "with", LAB, answers, edit=with_recordings_on)
    submit(course, "without", LAB, answers)
    handed_in = (course / "submitted" / "with" / LAB / f"{LAB}.ipynb").read_text(
        "utf-8"
    )
    assert FIRST_ID in handed_in
    engine.grade(LAB, course=course, jobs=1, seed=3)
    lines = (course / "records" / f"{LAB}.jsonl").read_text("utf-8").splitlines()
    records = {record["student"]: record for record in map(json.loads, lines)}
    assert set(records) == {"with", "without"}
    judged = [outcome(records[student]) for student in ("with", "without")]
    assert judged[0] == judged[1]
    points = {name: each[0] for name, each in judged[0].items()}
    assert points["critic_loss"] == 4
    assert points["generator_loss"] < 3
    assert records["with"]["flags"] == records["without"]["flags"] == []
