"""`labkit build` on a small course of its own: what it makes and what it refuses."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import torch

import labkit.course
from labkit.course.build import build, drift
from labkit.course.errors import BuildError
from labkit.course.folder import course_folder, nbgrader_config
from labkit.errors import LabkitError

REPO = Path(__file__).parents[1]
LAB = '''\
# %% [markdown]
# # Doubling
# Twice as much, in two ways.

# %%
import math
from pathlib import Path

import torch
from torch import nn

import labkit
from labkit import show

# %%
torch.arange(3) * 2

# %% exercise="double"
def double(x: float) -> float:
    """Return twice `x`."""
    # about 1 line
    ### BEGIN SOLUTION
    return math.fsum([x, x])  # the long way round
    ### END SOLUTION

# %% check="double"
check("double", double)

# %% tags=["hide-input"]
print("between")

# %% exercise="Doubler"
class Doubler(nn.Module):
    """Doubles what comes in."""

    def __init__(self) -> None:
        super().__init__()
        # about 1 line
        ### BEGIN SOLUTION
        self.factor = nn.Parameter(torch.full((1,), 2.0))
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # about 2 lines
        ### BEGIN SOLUTION
        scaled = x * self.factor[0]
        return scaled
        ### END SOLUTION

# %% check="Doubler"
check("Doubler", Doubler)

# %% [markdown] written="01_why" points=2
# Why two?
#
# <!-- BEGIN SOLUTION -->
# Because one would leave everything as it was.
# <!-- END SOLUTION -->
'''


class Failed(Exception):
    """Stands for labkit.checks.CheckFailed."""


def refuse_stubs(name: str, obj: object) -> None:
    """Stands for labkit.checks.check: content with whatever is not a stub."""
    if name == "double":
        obj(2.0)
    else:
        obj()(torch.ones(2))


def a_check(**exercises: float) -> SimpleNamespace:
    registry = {
        name: SimpleNamespace(lab="01_toy", points=points)
        for name, points in exercises.items()
    }
    return SimpleNamespace(REGISTRY=registry, check=refuse_stubs, CheckFailed=Failed)


CHECKS = a_check(double=1.0, Doubler=2.5)


def make_course(folder: Path, source: str = LAB, name: str = "01_toy") -> Path:
    (folder / "solutions" / name).mkdir(parents=True)
    (folder / "solutions" / name / f"{name}.py").write_text(source)
    shutil.copy(REPO / "nbgrader_config.py", folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    root = make_course(tmp_path_factory.mktemp("course"))
    build(root=root, checks=CHECKS)
    return root


@pytest.fixture
def course(built, tmp_path) -> Path:
    """A built course of the test's own."""
    return shutil.copytree(built, tmp_path / "course")


@pytest.fixture(scope="module")
def generated(built, tmp_path_factory) -> Path:
    """A built course in which nbgrader generated the lab, with its own grade book."""
    from nbgrader.apps import NbGraderAPI

    root = shutil.copytree(built, tmp_path_factory.mktemp("generated") / "course")
    config = nbgrader_config(root)
    config.CourseDirectory.root = str(root)
    result = NbGraderAPI(config=config).generate_assignment("01_toy")
    assert result["success"], result
    return root


def student(root: Path) -> nbformat.NotebookNode:
    return nbformat.read(root / "notebooks/01_toy/01_toy.ipynb", as_version=4)


def source(root: Path) -> nbformat.NotebookNode:
    return nbformat.read(root / "solutions/01_toy/01_toy.ipynb", as_version=4)


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(c for c in notebook.cells if c.id == name)


def test_says_what_it_built(tmp_path):
    root = make_course(tmp_path)
    paths = build(root=root, checks=CHECKS)
    assert [str(path.relative_to(root)) for path in paths] == [
        "solutions/01_toy/01_toy.ipynb",
        "notebooks/01_toy/01_toy.ipynb",
        "labkit/exercises/toy.py",
    ]
    assert set(contents(root)) == {
        *(str(path.relative_to(root)) for path in paths),
        "solutions/01_toy/01_toy.py",
        "nbgrader_config.py",
    }


def test_holes_become_stubs_where_they_were(built):
    notebook = student(built)
    assert cell(notebook, "double").source == (
        "def double(x: float) -> float:\n"
        '    """Return twice `x`."""\n'
        "    # about 1 line\n"
        '    raise NotImplementedError("your turn: replace this line")'
    )
    stubs = [
        line
        for line in cell(notebook, "Doubler").source.splitlines()
        if "your turn" in line
    ]
    assert (
        stubs
        == ['        raise NotImplementedError("your turn: replace this line")'] * 2
    )
    assert cell(notebook, "01_why").source.startswith("Why two?\n\n*Your answer here")


def test_source_notebook_keeps_the_solution(built):
    assert "math.fsum([x, x])" in cell(source(built), "double").source


def test_metadata_is_nbgraders(built):
    notebook = student(built)
    exercise = cell(notebook, "double").metadata
    assert exercise.nbgrader.solution and not exercise.nbgrader.grade
    assert exercise.deletable is False and "editable" not in exercise
    graded = cell(notebook, "Doubler_check").metadata
    assert graded.nbgrader.grade and not graded.nbgrader.solution
    assert graded.nbgrader.points == 2.5 and graded.editable is False
    written = cell(notebook, "01_why").metadata.nbgrader
    assert written.grade and written.solution and written.points == 2
    for metadata in (exercise.nbgrader, graded.nbgrader, written):
        assert metadata.schema_version == 3 and metadata.checksum
    assert cell(notebook, "01_toy-04").metadata == {"tags": ["hide-input"]}


def test_nothing_in_it_varies(built):
    notebook = student(built)
    assert [c.id for c in notebook.cells] == [
        *("01_toy-01", "01_toy-02", "01_toy-03"),
        *("double", "double_check", "01_toy-04", "Doubler", "Doubler_check", "01_why"),
    ]
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info
    for c in notebook.cells:
        if c.cell_type == "code":
            assert c.execution_count is None and c.outputs == []


def test_building_twice_gives_the_same_bytes(course, tmp_path):
    before = contents(course)
    for path in (course / "notebooks", course / "labkit"):
        shutil.rmtree(path)
    build(["01_toy"], root=course, checks=CHECKS)
    assert contents(course) == before


def test_unchanged_files_are_not_touched(course):
    file = course / "notebooks/01_toy/01_toy.ipynb"
    before = file.stat().st_mtime_ns
    build(root=course, checks=CHECKS)
    assert file.stat().st_mtime_ns == before


def test_nbgraders_own_command_gives_the_same_notebook(built, generated):
    released = contents(generated / "notebooks")
    assert released == contents(built / "notebooks")  # and no 01_toy.py, with solutions


def test_stub_module_is_what_the_notebook_has(built):
    module = (built / "labkit/exercises/toy.py").read_text()
    notebook = student(built)
    for name in ("double", "Doubler"):
        assert cell(notebook, name).source in module
    head = module.partition("def double")[0]
    assert "import math\nfrom pathlib import Path\n\nimport torch\n" in head
    assert "labkit import" not in head and "\nimport labkit" not in head


def test_stub_module_is_clean(built):
    file = built / "labkit/exercises/toy.py"
    for command in (["format", "--check"], ["check", "--isolated"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(file)],
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_labkits_own_names_are_imported_when_an_exercise_uses_them(tmp_path):
    uses = LAB.replace("return math.fsum([x, x])", "return labkit.twice_of(x)")
    root = make_course(tmp_path, uses)
    build(root=root, checks=CHECKS)
    module = (root / "labkit/exercises/toy.py").read_text()
    assert "\nimport labkit\n" in module and "show" not in module


def test_drift_is_seen_and_nothing_written(course):
    assert drift(root=course, checks=CHECKS) == []
    file = course / "solutions/01_toy/01_toy.py"
    file.write_text(file.read_text().replace("# Twice as much", "# Two times"))
    (course / "labkit/exercises/toy.py").unlink()
    (course / "labkit/exercises/old.py").write_text("x = 1\n")
    before = contents(course)
    assert drift(root=course, checks=CHECKS) == [
        "notebooks/01_toy/01_toy.ipynb: not what its source gives",
        "labkit/exercises/toy.py: missing",
        "labkit/exercises/old.py: no source for it",
    ]
    assert contents(course) == before
    assert len(drift(["01_toy"], root=course, checks=CHECKS)) == 2


def answer(notebook: nbformat.NotebookNode) -> None:
    cell(notebook, "double").source = "def double(x):\n    return x + x"


def execute(notebook: nbformat.NotebookNode) -> None:
    cell(notebook, "01_toy-04").execution_count = 7


@pytest.mark.parametrize(
    ("work", "held"), [(answer, "answers to double"), (execute, "outputs")]
)
def test_work_in_the_way_is_not_overwritten(work, held, course):
    file = course / "notebooks/01_toy/01_toy.ipynb"
    notebook = student(course)
    work(notebook)
    nbformat.write(notebook, file)
    source_file = course / "solutions/01_toy/01_toy.py"
    source_file.write_text(source_file.read_text().replace("Doubling", "Twice"))
    before = contents(course)
    with pytest.raises(BuildError, match=f"holds {held}: somebody.*Move it away"):
        build(root=course, checks=CHECKS)
    assert contents(course) == before


def test_an_executed_source_notebook_may_be_overwritten(course):
    file = course / "solutions/01_toy/01_toy.ipynb"
    before = file.read_bytes()
    notebook = source(course)
    execute(notebook)
    nbformat.write(notebook, file)
    build(root=course, checks=CHECKS)
    assert file.read_bytes() == before


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_build_is_immune_to_submissions(generated):
    """nbgrader deletes the release when cells change after a submission; we do not."""
    from nbgrader.api import Gradebook

    database = generated / "gradebook.db"
    with Gradebook(f"sqlite:///{database}", "dcgan") as gradebook:
        gradebook.add_student("anna")
        gradebook.update_or_create_submission("01_toy", "anna")
    before = database.read_bytes()
    file = generated / "solutions/01_toy/01_toy.py"
    first, mark, rest = file.read_text().partition('# %% exercise="Doubler"')
    file.write_text(first + LATE_EXERCISE + mark + rest)
    build(root=generated, checks=a_check(double=1, Doubler=2.5, late=1))
    assert "late" in [c.id for c in student(generated).cells]
    assert database.read_bytes() == before


LATE_EXERCISE = """\
# %% exercise="late"
def late():
    # about 1 line
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION

# %% check="late"
check("late", late)

"""

MISTAKES = {
    "exercise without a check": (
        ('# %% check="double"\ncheck("double", double)\n', ""),
        r"01_toy.py:18: no check cell for double",
    ),
    "check without an exercise": (
        ('# %% exercise="double"', "# %%"),
        r"01_toy.py:26: no exercise double before this check",
    ),
    "one exercise twice": (
        ('# %% exercise="Doubler"', '# %% exercise="double"'),
        r"01_toy.py:32: double is already on line 18",
    ),
    "unknown exercise": (
        ("double", "dubble"),
        r"01_toy.py:18: labkit.checks knows no exercise dubble. Did you mean double\?",
    ),
    "no hole": (
        ("    ### BEGIN SOLUTION\n    return", "    return"),
        r"01_toy.py:23: END SOLUTION without a BEGIN SOLUTION",
    ),
    "hole not closed": (
        ("round\n    ### END SOLUTION\n", "round\n"),
        r"01_toy.py:18: BEGIN SOLUTION without an END",
    ),
    "empty hole": (
        ("    return math.fsum([x, x])  # the long way round\n", ""),
        r"01_toy.py:18: double has an empty hole",
    ),
    "marker in a lecture cell": (
        ('print("between")', "### BEGIN SOLUTION\nprint()\n### END SOLUTION"),
        r"01_toy.py:30: a solution marker in a lecture cell",
    ),
    "marker misspelt": (
        ("    ### BEGIN SOLUTION\n    return", "    # BEGIN SOLUTION\n    return"),
        r"01_toy.py:22: not a marker we use: # BEGIN SOLUTION",
    ),
    "check cell with something more": (
        ('check("double", double)', 'check("double", double, seed=3)'),
        r'01_toy.py:27: a check cell is exactly check\("double", double\)',
    ),
    "exercise of another name": (
        ("def double(", "def twice("),
        r"01_toy.py:18: this cell is to define double, and does not",
    ),
    "too much to write": (
        ("    return math.fsum", "    x = x + 0\n" * 15 + "    return math.fsum"),
        r"01_toy.py:18: 16 lines to write in double, at most 15",
    ),
    "key misspelt": (
        ('exercise="double"', 'excercise="double"'),
        r"01_toy.py:18: the header says excercise='double'; known are",
    ),
    "written without points": (
        (" points=2", ""),
        r"01_toy.py:53: a written answer needs its marks",
    ),
    "points on an exercise": (
        ('exercise="double"', 'exercise="double" points=3'),
        r"01_toy.py:18: points= belongs to written answers",
    ),
    "not Python": (
        ('print("between")', "print(between"),
        r"01_toy.py:30: not Python",
    ),
    "name of a lecture cell": (
        ("torch.arange(3) * 2", "TWO = torch.tensor(2)", "([x, x])", "([x, TWO - 2])"),
        r"01_toy.py:18: exercise double uses TWO, which no import",
    ),
    "text before the first cell": (
        ("# %% [markdown]\n# # Doubling", "x = 1\n\n# %% [markdown]\n# # Doubling"),
        r"01_toy.py: 9 lines begin with '# %%' but there are 10 cells",
    ),
    "solution shown in the lecture": (
        ("torch.arange(3) * 2", "scaled_by = 2\nx = 2\nmath.fsum([x, x])"),
        None,
    ),
    "solution told in a hint": (
        ("# Twice as much, in two ways.", "# return math.fsum([x, x])"),
        r"01_toy.py:18: a line of the solution of double is shown in its notebook: ret",
    ),
    "hole where the class is made": (
        (
            "class Doubler(nn.Module):\n",
            "class Doubler(nn.Module):\n"
            + "    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n",
        ),
        r"01_toy.py: its stub module does not run: NotImplementedError",
    ),
    "right without the hole": (
        ("    # about 1 line\n    ###", "    return 2 * x\n    ###"),
        r"01_toy.py:18: double: its check passes on the stub",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named_with_file_and_line(mistake, course):
    swaps, message = MISTAKES[mistake]
    text = LAB
    for old, new in zip(swaps[::2], swaps[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    (course / "solutions/01_toy/01_toy.py").write_text(text)
    before = contents(course)
    if message is None:  # allowed: shorter than what gives an answer away
        build(root=course, checks=CHECKS)
        return
    with pytest.raises(BuildError, match=message):
        build(root=course, checks=CHECKS)
    assert contents(course) == before, "a failed build leaves the former files"


def test_every_mistake_is_told_at_once(course):
    text = LAB.replace("def double(", "def twice(").replace('print("between")', "p(")
    (course / "solutions/01_toy/01_toy.py").write_text(text)
    with pytest.raises(BuildError) as caught:
        build(root=course, checks=CHECKS)
    assert len(caught.value.problems) == 2


def test_exercise_of_the_registry_without_a_cell(course):
    with pytest.raises(
        BuildError, match=r"exercise halve of labkit.checks has no cell"
    ):
        build(root=course, checks=a_check(double=1, Doubler=2, halve=1))


def test_exercise_of_another_lab(course):
    checks = a_check(double=1, Doubler=2)
    checks.REGISTRY["double"].lab = "04_losses"
    with pytest.raises(BuildError, match="double is an exercise of 04_losses"):
        build(root=course, checks=checks)


def test_nbgraders_refusal_is_shown(course):
    settings = course / "nbgrader_config.py"
    settings.write_text(
        settings.read_text().replace('"python": ', '"julia": '), encoding="utf-8"
    )
    before = contents(course)
    with pytest.raises(BuildError, match=r"(?s)01_toy: nbgrader refused it.*code_stub"):
        build(root=course, checks=CHECKS)
    assert contents(course) == before


def test_unknown_lab_and_folder(course, tmp_path):
    with pytest.raises(BuildError, match="no source for 07_x.*there are: 01_toy"):
        build(["07_x"], root=course, checks=CHECKS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildError, match="no nbgrader_config.py in it"):
        build(root=tmp_path / "empty", checks=CHECKS)
    make_course(tmp_path / "odd", name="toy")
    with pytest.raises(BuildError, match="two digits and a name"):
        build(root=tmp_path / "odd", checks=CHECKS)


def test_course_is_found_from_a_folder_in_it(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course / "notebooks" / "01_toy")
    assert course_folder() == course
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="run this in the course folder"):
        course_folder()


def test_notebook_file_is_plain_json_with_one_end_of_line(built):
    raw = (built / "notebooks/01_toy/01_toy.ipynb").read_bytes()
    assert b"\r" not in raw and raw.endswith(b"}\n")
    json.loads(raw)


def test_missing_package_is_one_line(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LabkitError, match=r"needs jupytext.*pip install"):
        importlib.reload(labkit.course)
