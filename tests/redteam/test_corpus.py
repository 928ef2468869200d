"""Every submission of the red team gets its right answer, as root and as a user."""

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .case import CANARY, FULL
from .corpus import (
    CASES,
    HONEST,
    OF_ADA,
    Graded,
    grade,
    hand_in,
    holding,
    ordinary_user,
    problems,
)

pytestmark = [pytest.mark.slow, pytest.mark.needs("bwrap")]

USERS = ("root", "user") if os.geteuid() == 0 else ("user",)


@pytest.fixture(scope="module", params=USERS)
def graded(request) -> Iterator[Graded]:
    """The whole class, graded by root or by an ordinary user."""
    folder = Path(
        tempfile.mkdtemp(prefix="labkit-class-")
    )  # pytest's are for root only
    hand_in(folder, CASES.values())
    other = request.param == "user" and os.geteuid() == 0
    yield grade(folder, ordinary_user(folder) if other else ())
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", CASES)
def test_case_gets_its_right_answer(name, graded):
    assert problems(CASES[name], graded) == []


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_have_full_marks_and_no_flag(student, graded):
    assert graded.points(student) == FULL
    assert graded.records[student]["flags"] == []
    assert graded.page(student)


def test_run_ends_well_and_every_student_has_one_record(graded):
    assert graded.code == 0, graded.log
    assert set(graded.records) == {*HONEST, *(case.folder for case in CASES.values())}


def test_no_process_is_left(graded):
    assert graded.left == []


def test_no_file_outside_the_outputs_has_changed(graded):
    assert graded.changed == []
    assert not Path("/tmp/labkit-owned").exists()


def test_nothing_secret_is_in_the_outputs(graded):
    hidden = {text for case in CASES.values() for text in case.hides}
    assert holding(graded.out, CANARY, *hidden) == []
    of_others = [path for path in holding(graded.out, OF_ADA) if "ada/" not in path]
    assert {Path(path.partition(":")[0]).name for path in of_others} <= {"gradebook.db"}


def test_table_of_grades_names_every_student_as_its_folder(graded):
    path = graded.out / "grades.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert all(len(row) == len(header) for row in rows)
    names = {row[0] for row in rows}
    for case in CASES.values():
        assert case.folder in names or not case.folder.isprintable()
