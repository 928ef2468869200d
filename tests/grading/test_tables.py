"""grades.csv as a spreadsheet reads it, and the summary as a terminal shows it."""

import csv
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from labkit.grading.books.tables import summary, write_csv

NAMES = [
    "ada",
    "Smith, Jr",
    'the "quick"',
    '=HYPERLINK("http://example.org")',
    "O'Brien\nsecond line",
    "\u202eada",  # right-to-left mark
    "аda",  # a Cyrillic а
    "علی",
    "[bold]x[/bold]",
    "\x1b[31mred",
]


def record(
    student: str, points: float = 4, flags: dict[str, str] | None = None
) -> dict[str, Any]:
    exercises = {
        "critic_loss": {"points": points, "max_points": 4},
        "generator_loss": {"points": 3, "max_points": 3},
    }
    told = [{"kind": kind, "text": text} for kind, text in (flags or {}).items()]
    return {"student": student, "exercises": exercises, "flags": told}


def mark(points: float | None = None, late: float = 0) -> dict[str, Any]:
    manual = {"04_why": {"points": points, "max_points": 2}}
    score = 7 + (points or 0) - late
    return {"manual": manual, "comments": {}, "late": late, "score": score, "max": 9}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "grades.csv"


def test_a_row_has_every_mark_in_its_column(path):
    records = [record("ada"), record("bob", 2.0 / 3, {"late": "a day", "died": "x"})]
    marks = {"ada": mark(1.5, late=0.85), "bob": mark(None)}
    write_csv(path, {"04_losses": (records, marks)})
    ada, bob = read(path)
    assert list(ada) == [
        *("student", "lab", "critic_loss", "generator_loss", "04_why"),
        *("late penalty", "score", "max score", "flags"),
    ]
    assert list(ada.values()) == [
        *("ada", "04_losses", "4", "3", "1.5", "0.85", "7.65", "9", "")
    ]
    assert bob["critic_loss"] == "0.6667"
    assert bob["04_why"] == ""  # nobody has marked it yet
    assert bob["flags"] == "late: a day; died: x"


def test_a_manual_mark_counts_instead_of_ours(path):
    marks = {"ada": mark(2) | {"score": 7.5}}
    marks["ada"]["manual"]["critic_loss"] = {"points": 2.5, "max_points": 4}
    write_csv(path, {"04_losses": ([record("ada")], marks)})
    assert [row["critic_loss"] for row in read(path)] == ["2.5"]
    assert [row["score"] for row in read(path)] == ["7.5"]


def test_labs_share_a_table_with_empty_fields(path):
    other = record("ada")
    other["exercises"] = {"rescale": {"points": 1, "max_points": 2}}
    write_csv(path, {"00_warmup": ([other], {}), "04_losses": ([record("ada")], {})})
    warmup, losses = read(path)
    assert (warmup["rescale"], warmup["critic_loss"]) == ("1", "")
    assert (losses["rescale"], losses["critic_loss"]) == ("", "4")
    assert (warmup["score"], warmup["max score"]) == ("1", "2")


def test_names_come_back_verbatim(path):
    write_csv(path, {"04_losses": ([record(name) for name in NAMES], {})})
    assert [row["student"] for row in read(path)] == NAMES


def test_a_name_that_is_no_utf8_is_written_all_the_same(path):
    write_csv(path, {"04_losses": ([record("caf\udce9")], {})})
    assert read(path)[0]["student"] == r"caf\xe9"


def shown(*arguments: Any, width: int = 100) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(summary(*arguments))
    return captured.get()


def test_summary_of_a_big_class_lists_only_the_flagged():
    records = [record(f"student-{n:03d}", n % 5) for n in range(200)]
    records[17]["flags"] = [{"kind": "time limit", "text": "Cell 3 ran for 10 s."}]
    records[18]["flags"] = [{"kind": "time limit", "text": "Cell 4 ran for 10 s."}]
    text = shown("04_losses", records, {f"student-{n:03d}": mark() for n in range(200)})
    assert len(text.splitlines()) < 15
    assert "200 students, mean 7.0 of 9 points" in text
    assert "time limit 2" in text
    assert "student-017" in text and "Cell 4 ran for 10 s." in text
    assert "student-019" not in text
    assert "200 written answers wait" in text
    assert "40 of 200" in text  # full marks for critic_loss


def test_summary_cannot_be_written_into_by_names_and_flags():
    records = [record(name, flags={"died": "[red]\x1b[2J\rtext"}) for name in NAMES]
    text = shown("04_losses", records, {})
    assert not any(ord(sign) < 32 and sign != "\n" for sign in text)
    assert "\u202e" not in text
    assert "⟨U+202E⟩ada" in text and "⟨U+001B⟩[31mred" in text
    assert "[bold]x[/bold]" in text  # no markup of ours


def test_summary_of_nobody():
    assert "no submissions" in shown("04_losses", [], {})
