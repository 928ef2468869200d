"""Every submission of the red team gets its right answer, as root and as a user.

A suite that root runs grades all of them as root, and again as an ordinary user those
whose answer depends on who runs the sandbox (`corpus.MATTERS`).
"""

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
    MATTERS,
    OF_ADA,
    Graded,
    grade,
    hand_in,
    holding,
    ordinary_user,
    problems,
)

pytestmark = [pytest.mark.slow, pytest.mark.needs("bwrap")]

ROOT = os.geteuid() == 0
USERS = ("root", "user") if ROOT else ("user",)
SEEN_AS = {
    "root": CASES.values(),
    "user": [CASES[name] for name in (MATTERS if ROOT else CASES)],
}


@pytest.fixture(scope="module", params=USERS)
def user(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def graded(user) -> Iterator[Graded]:
    """The class, graded by root or by an ordinary user."""
    folder = Path(
        tempfile.mkdtemp(prefix="labkit-class-")
    )  # pytest's are for root only
    hand_in(folder, SEEN_AS[user])
    yield grade(folder, ordinary_user(folder) if user == "user" and ROOT else ())
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("user", "case"),
    [
        pytest.param(user, case, id=f"{user}-{case.name}")
        for user in USERS
        for case in SEEN_AS[user]
    ],
    indirect=["user"],
    scope="module",
)
def test_case_gets_its_right_answer(case, graded):
    assert problems(case, graded) == []


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_have_full_marks_and_no_flag(student, graded):
    assert graded.points(student) == FULL
    assert graded.records[student]["flags"] == []
    assert graded.page(student)


def test_run_ends_well_and_every_student_has_one_record(user, graded):
    assert graded.code == 0, graded.log
    assert set(graded.records) == {*HONEST, *(case.folder for case in SEEN_AS[user])}


def test_no_process_is_left(graded):
    assert graded.left == []


def test_no_file_outside_the_outputs_has_changed(graded):
    assert graded.changed == []
    assert not Path("/tmp/labkit-owned").exists()


def test_nothing_secret_is_in_the_outputs(user, graded):
    hidden = {text for case in SEEN_AS[user] for text in case.hides}
    assert holding(graded.out, CANARY, *hidden) == []
    of_others = [path for path in holding(graded.out, OF_ADA) if "ada/" not in path]
    assert {Path(path.partition(":")[0]).name for path in of_others} <= {"gradebook.db"}


def test_table_of_grades_names_every_student_as_its_folder(user, graded):
    path = graded.out / "grades.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert all(len(row) == len(header) for row in rows)
    names = {row[0] for row in rows}
    for case in SEEN_AS[user]:
        assert case.folder in names or not case.folder.isprintable()
