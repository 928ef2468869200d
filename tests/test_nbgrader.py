"""The whole round with the real nbgrader, as a teacher types it.

Everything happens in a copy of the course: build, generate, students hand in, grade,
feedback. Submissions keep the imports, the exercises and the checks; the lecture's
cells are left out, as students may, because training networks is not what is tested.
"""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from labkit.checks import REGISTRY
from labkit.course.build import build
from labkit.course.lint import leaks
from labkit.course.source import read_lab
from tests.kernels import forked_kernels

REPO = Path(__file__).parents[1]

# A round costs nbgrader up to a minute a lab. That all labs are sound is tested by their
# build and by their notebooks; several exercises in one by the tests of `labkit grade`.
LAB = "00_warmup"
FILE = Path(LAB, f"{LAB}.ipynb")
# A slip: the exercise, what is replaced in its solution, and by what.
SLIP = ("rescale", "127.5", "255")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def kernels() -> Iterator[None]:
    """Nbgrader's kernels are forks of one process that has torch loaded."""
    with forked_kernels("python3"):
        yield


def nbgrader(course: Path, *arguments: str) -> str:
    """Run a command in the course folder; its log."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HOME": str(course)},
        capture_output=True,
        check=False,
        text=True,
    )
    log = done.stdout + done.stderr
    assert done.returncode == 0, log
    return log


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if grade_id(c) == name)


def grade_id(c: NotebookNode) -> str:
    return c.metadata.get("nbgrader", {}).get("grade_id", "")


def without_lecture(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [
        c
        for c in notebook.cells
        if grade_id(c) or re.search(r"^(import|from) ", c.source, re.MULTILINE)
    ]
    return notebook


def hand_in(
    course: Path,
    student: str,
    edit: Callable[[NotebookNode], None] | None = None,
    answered: bool = True,
) -> None:
    """Submit the released notebook, filled from the reference, then edited."""
    notebook = without_lecture(read(course / "notebooks" / FILE))
    reference = read(course / "solutions" / FILE)
    for c in notebook.cells:
        if answered and c.metadata.get("nbgrader", {}).get("solution"):
            c.source = cell(reference, grade_id(c)).source
    if edit is not None:
        edit(notebook)
    path = course / "submitted" / student / FILE
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def plant_slip(notebook: NotebookNode) -> None:
    exercise, right, wrong = SLIP
    answer = cell(notebook, exercise)
    assert right in answer.source, "the solution has changed: plant another slip"
    answer.source = answer.source.replace(right, wrong)


def warn(notebook: NotebookNode) -> None:
    """An answer that warns: right, and noisy on stderr."""
    answer = cell(notebook, "rescale")
    answer.source = answer.source.replace(
        "### BEGIN SOLUTION", "import warnings; warnings.warn('noise')"
    )


def delete_check(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if grade_id(c) != "rescale_check"]


def grade(course: Path) -> None:
    """What a teacher types once the submissions are there; "*" is every lab."""
    nbgrader(course, "generate_assignment", "*", "--force")
    log = nbgrader(course, "autograde", "*")
    assert "checksum" not in log, "nbgrader takes honest submissions for tampered"
    nbgrader(course, "generate_feedback", "*")


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    """The course folder in which a handful of students were graded."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(REPO / "nbgrader_config.py", course)
    shutil.copytree(
        REPO / "solutions" / LAB,
        course / "solutions" / LAB,
        ignore=shutil.ignore_patterns("*.ipynb"),
    )
    build(root=course)
    hand_in(course, "reference")
    hand_in(course, "slip", plant_slip)
    hand_in(course, "untouched", answered=False)
    hand_in(course, "noisy", warn)
    hand_in(course, "deleter", delete_check)
    grade(course)
    return course


@pytest.fixture(scope="module")
def marks(graded) -> Callable[[str], dict[str, tuple[float | None, float]]]:
    """Student -> {cell: (marks, full marks)}, from nbgrader's grade book."""
    from nbgrader.api import Gradebook

    def look_up(student: str) -> dict[str, tuple[float | None, float]]:
        with Gradebook(f"sqlite:///{graded}/gradebook.db", "dcgan") as gradebook:
            notebook = gradebook.find_submission_notebook(LAB, LAB, student)
            return {
                grade.name: (grade.auto_score, grade.max_score)
                for grade in notebook.grades
            }

    return look_up


# Check cell -> full marks, from the registry.
CHECKS = {
    f"{name}_check": exercise.points
    for name, exercise in REGISTRY.items()
    if exercise.lab == LAB
}


def only_checks(marks: dict[str, tuple]) -> dict[str, tuple]:
    return {name: pair for name, pair in marks.items() if name.endswith("_check")}


def test_reference_gets_full_marks(marks):
    full = {name: (points, points) for name, points in CHECKS.items()}
    assert only_checks(marks("reference")) == full


def test_untouched_notebook_gets_nothing(marks):
    got = marks("untouched")
    assert {name: points for name, (_, points) in only_checks(got).items()} == CHECKS
    assert {score for score, _ in got.values()} == {0}


def test_slip_loses_exactly_its_exercise(marks):
    got = only_checks(marks("slip"))
    lost = [name for name, (score, points) in got.items() if score != points]
    assert lost == [f"{SLIP[0]}_check"]
    assert got[lost[0]][0] == 0


def test_warnings_of_an_answer_cost_nothing(marks):
    """nbgrader takes everything a check cell writes to stderr for a failure."""
    assert marks("noisy")["rescale_check"][0] == CHECKS["rescale_check"]


def test_deleted_check_is_graded_all_the_same(marks):
    assert marks("deleter") == marks("reference")


def test_feedback_says_why_and_shows_no_answer(graded):
    page = graded / "feedback" / "untouched" / LAB / f"{LAB}.html"
    text = html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
    assert "still the stub" in text
    source = read_lab(graded / "solutions" / LAB, graded)
    assert leaks(source, "feedback", text.splitlines()) == []


def test_sources_are_not_copied_to_where_submissions_run(graded):
    folders = (graded / "autograded").glob(f"*/{LAB}")
    copied = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    assert {path.suffix for path in copied} == {".ipynb"}


def test_validate_tells_solved_from_untouched(graded):
    solved = nbgrader(graded, "validate", str("submitted/reference" / FILE))
    assert "Success! Your notebook passes all the tests." in solved
    untouched = nbgrader(graded, "validate", str("submitted/untouched" / FILE))
    assert "rescale" in untouched and "still the stub" in untouched
