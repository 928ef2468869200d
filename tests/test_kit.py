"""Kits: what is in the zip, that it is the same each time, and that it works alone."""

import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import v4

from labkit.checks import REGISTRY
from labkit.course import kit as module
from labkit.course import kit_labkit, kit_notebooks, kit_papers, site_labs
from labkit.course.errors import BuildError
from labkit.course.kit import make_kit
from labkit.course.leaks import Row
from labkit.course.telling import telling

REPO = Path(__file__).parents[1]
LAB = "01_the_game"
TOP = f"dcgan-kit-{LAB}"
RUN = site_labs.run  # before `make` puts another in its place
NOW = v4.new_output("stream", text="as in the run with answers\n")


def shown(notebook, keep):
    """Stands in for running a lab: every cell of code shows one line."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [NOW]
    return notebook


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Make the kit without running labs or scanning: both have tests of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_labs, "run", shown)
        patch.setattr(module.leaks, "scan", lambda *_: [Row("nothing", "here")])

        def made(out=None):
            out = out or tmp_path_factory.mktemp("out")
            return make_kit(LAB, out, REPO, say=lambda _: None)

        yield made


@pytest.fixture(scope="module")
def archive(make) -> Path:
    return make()


@pytest.fixture(scope="module")
def kit(archive, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unzipped")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    return folder / TOP


def run(kit, *arguments):
    return subprocess.run(
        [sys.executable, "-B", "-m", "labkit", *arguments],
        cwd=kit,
        env=os.environ | {"PYTHONPATH": str(kit)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_same_course_gives_the_same_bytes(make, archive):
    again = make()
    assert again.name == archive.name == f"{TOP}.zip"
    assert again.read_bytes() == archive.read_bytes()


def test_a_file_has_another_date_when_its_content_is_another(tmp_path):
    """Else Python takes the compiled copy of the module that was there before."""
    top = tmp_path / "kit"
    top.mkdir()
    dates = []
    for text in ("a = 1", "a = 2", "a = 1"):
        (top / "a.py").write_text(text, "utf-8")
        (top / "b.py").write_text("b = 1", "utf-8")
        module.pack(top, tmp_path / "kit.zip")
        with zipfile.ZipFile(tmp_path / "kit.zip") as zipped:
            dates.append([entry.date_time for entry in zipped.infolist()])
    assert dates[0] == dates[2]
    assert dates[0][0] != dates[1][0]
    assert dates[0][1] == dates[1][1]


def test_everything_lies_in_one_folder_with_plain_modes_and_old_dates(archive):
    with zipfile.ZipFile(archive) as zipped:
        entries = zipped.infolist()
    assert {entry.filename.partition("/")[0] for entry in entries} == {TOP}
    assert all(1980 <= entry.date_time[0] < 2020 for entry in entries)
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)


def test_it_has_the_labs_up_to_its_own_and_no_half_of_the_teachers(kit):
    assert {path.name for path in kit.iterdir()} == {
        *("START_HERE.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt"),
        *("environment.yml", "labkit", "notebooks", "data"),
    }
    names = ["00_warmup", LAB]
    assert sorted(path.name for path in (kit / "notebooks").iterdir()) == names
    stubs = {path.stem for path in (kit / "labkit" / "exercises").iterdir()}
    assert stubs == {"__init__", "warmup", "the_game"}
    assert not (kit / "labkit" / "course").exists()
    assert not (kit / "labkit" / "grading").exists()
    start = (kit / "START_HERE.md").read_text("utf-8")
    assert all(f"`{name}`" in start for name in names)
    assert "02_critic" not in start
    assert max(map(len, start.splitlines())) < 110


def test_what_else_lies_in_the_course_is_not_handed_out(tmp_path):
    """Lists of names and solutions land beside data and modules, and git ignores them."""
    root, top = tmp_path / "course", tmp_path / "kit"
    papers = ("LICENSE", "constraints.txt", "environment.yml", "Makefile")
    for name in (*papers, "pyproject.toml"):
        kit_labkit.copy(REPO / name, root / name)
    given = ("digits.npz", "SOURCES.md", "clinic/A.npz", "zoo/digits.onnx")
    others = ("roster.csv", "marks.xlsx", ".ipynb_checkpoints/sol.txt", ".x.npz")
    others = (*others, "clinic/notes.txt", "zoo/marks.json", "recorded/old.json")
    for name in (*given, *others):
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one", "utf-8")
    (root / "labkit" / "notes").mkdir(parents=True)
    for name in ("data.py", "marks.csv", "notes/mine.py", "roster.html"):
        (root / "labkit" / name).write_text("one", "utf-8")
    top.mkdir()
    kit_papers.write_papers(top, read_one(), root)
    copied = {path for path in (top / "data").rglob("*") if path.is_file()}
    own = {top / "data" / name for name in (*given, "kit.json")}
    assert copied == own
    course = {
        path.relative_to(root).as_posix() for path in kit_labkit.course_files(root)
    }
    assert course == {"labkit/data.py", *(f"data/{name}" for name in given)}


def test_its_command_line_has_what_students_have(kit):
    said = run(kit, "--help")
    assert said.returncode == 0, said.stderr
    commands = re.findall(r"^│ ([a-z]+)  ", said.stdout, re.MULTILINE)
    assert commands == [
        *("lab", "train", "generate", "interpolate", "film", "evaluate", "export"),
        *("zoo", "summary", "check", "reset", "doctor"),
    ]


def test_answers_of_earlier_labs_work_and_those_to_come_are_left_out(kit):
    program = (
        "import torch, labkit, labkit.toy\n"
        "print(labkit.data.normalise(torch.tensor([0, 255], dtype=torch.uint8)))\n"
        "try: labkit.toy.optimal_critic(1, 1)\n"
        "except NotImplementedError as error: print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=kit,
        env=os.environ | {"PYTHONPATH": str(kit)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.splitlines() == [
        "tensor([-1.,  1.])",
        "labkit's own optimal_critic is left out here: your turn",
    ], ran.stderr


def test_its_checks_take_a_right_answer_and_explain_a_wrong_one(kit, tmp_path):
    right = "def optimal_critic(p_real, p_fake):\n    both = p_real + p_fake\n"
    right += "    return (p_real / both).nan_to_num(0.5)\n"
    wrong = right.replace("p_real / both", "p_fake / both")
    said = []
    for number, text in enumerate((right, wrong)):
        path = tmp_path / f"{number}.py"
        path.write_text(text, "utf-8")
        said.append(run(kit, "check", str(path), "--exercise", "optimal_critic"))
    assert [each.returncode for each in said] == [0, 1], said[0].stdout + said[0].stderr
    assert "✓ optimal_critic" in said[0].stdout
    assert "✗ optimal_critic · " in said[1].stdout
    assert "Traceback" not in said[1].stdout + said[1].stderr


def test_a_notebook_is_the_released_one_with_a_cell_that_turns_recordings_on(kit):
    path = Path("notebooks", LAB, f"{LAB}.ipynb")
    made = nbformat.read(kit / path, 4)
    released = nbformat.read(REPO / path, 4)
    (first,) = [cell for cell in made.cells if cell.id == kit_notebooks.FIRST_ID]
    assert "%load_ext labkit.recorded" in first.source
    assert next(cell for cell in made.cells if cell.cell_type == "code") is first
    assert [cell for cell in made.cells if cell is not first] == released.cells
    fresh = gzip.decompress((kit / "data" / "fresh" / f"{LAB}.ipynb.gz").read_bytes())
    assert fresh == (kit / path).read_bytes()


def test_lectures_are_recorded_exercises_and_checks_are_not(kit):
    cells = json.loads((kit / "data" / "recorded" / f"{LAB}.json").read_text("utf-8"))
    notebook = nbformat.read(REPO / "notebooks" / LAB / f"{LAB}.ipynb", 4)
    lectures = [
        cell.id
        for cell in notebook.cells
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata
    ]
    assert [cell["id"] for cell in cells] == lectures
    assert all(cell["outputs"] == [dict(NOW)] for cell in cells)
    names = {name for name, each in REGISTRY.items() if each.lab == LAB}
    assert not names & set(lectures)


HUB = REPO / "deploy" / "one-machine" / "ipython_kernel_config.py"


@pytest.mark.parametrize(
    ("released", "options"),
    [(False, []), (True, [f"--config={HUB}"])],
    ids=["a kit's own", "what nbgrader releases on a hub"],
)
def test_run_all_goes_through_where_an_answer_is_left_out(
    kit, released, options, tmp_path
):
    folder = REPO if released else kit
    notebook = nbformat.read(folder / "notebooks" / LAB / f"{LAB}.ipynb", 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    stopped = next(cell for cell in code if "toy.train_points(" in cell.source)
    notebook.cells = code[: code.index(stopped) + 1]
    notebook.cells.append(v4.new_code_cell("print('went', 'on')", id="mine"))
    NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": str(tmp_path)}},
        extra_arguments=options,
    ).execute(env=os.environ | {"PYTHONPATH": str(kit), "IPYTHONDIR": str(tmp_path)})
    said = ["".join(each.get("text", "") for each in c.outputs) for c in notebook.cells]
    assert said[-2].startswith("Recorded: this needs labkit's make_optimizers, ")
    assert said[-2].endswith("\nas in the run with answers\n")
    assert said[-1] == "went on\n"


def test_a_living_widget_is_not_recorded():
    dead = v4.new_output("display_data", {site_labs.WIDGET: {"model_id": "1"}})
    cells = [v4.new_code_cell("1", id="a", outputs=[NOW, dead])]
    (cell,) = kit_notebooks.recordings(v4.new_notebook(cells=cells))
    assert cell["outputs"] == [dict(NOW)]


def test_what_is_made_of_an_answer_is_neither_recorded_nor_on_the_site():
    """Lab 06 paints the names that were found into a picture's title."""
    graded = {"nbgrader": {"solution": True}}
    picture = v4.new_output("display_data", {"text/plain": "labels swapped (A)"})
    cells = [
        v4.new_code_cell("def named(): return 'A'", id="hole", metadata=graded),
        v4.new_code_cell("def sum_of(x): return x", id="code", metadata=graded),
        v4.new_code_cell("bug, x = named(), 3", id="a", outputs=[NOW]),
        v4.new_code_cell("print(bug)", id="b", outputs=[picture]),
        v4.new_code_cell("sum_of(x)", id="c", outputs=[NOW]),
        v4.new_code_cell("sum_of(4)", id="d", outputs=[NOW]),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    solved = v4.new_notebook(cells=cells, metadata=kernel)
    assert [each["id"] for each in kit_notebooks.recordings(solved)] == ["d"]
    page = site_labs.page(solved, solved)
    assert "swapped" not in site_labs.text_of(page)
    assert "your own answer" in page.cells[3].outputs[0].text
    lab = nbformat.read(REPO / "notebooks/06_diagnosis/06_diagnosis.ipynb", 4)
    (painting,) = telling(lab)
    (source,) = [cell.source for cell in lab.cells if cell.id == painting]
    assert "named = diagnosis()" in source


def test_what_its_papers_name_is_there(kit):
    project = tomllib.loads((kit / "pyproject.toml").read_text("utf-8"))
    assert (kit / project["project"]["readme"]).is_file()
    assert set(project["project"]["optional-dependencies"]) == {"train"}
    assert project["project"]["scripts"] == {"labkit": "labkit.cli:main"}
    for package in project["tool"]["setuptools"]["packages"]:
        place = "data" if package == "labkit._data" else package.replace(".", "/")
        assert (kit / place).is_dir(), package
    assert set(project["tool"]["setuptools"]["package-data"]) <= set(
        project["tool"]["setuptools"]["packages"]
    )
    data = project["tool"]["setuptools"]["package-data"]["labkit._data"]
    found = {path for pattern in data for path in (kit / "data").glob(pattern)}
    assert found == {path for path in (kit / "data").rglob("*") if path.is_file()}
    text = (kit / "Makefile").read_text("utf-8")
    assert "-e '.'" in text
    assert not re.search("pytest|sphinx|hub|site:", text)
    dry = subprocess.run(
        ["make", "-n", "lab"], cwd=kit, capture_output=True, text=True, check=False
    )
    assert "-m labkit lab" in dry.stdout
    conda = (kit / "environment.yml").read_text("utf-8")
    assert "- -e .\n" in conda


def test_a_makefile_without_what_a_kit_needs_is_no_silent_loss():
    text = (
        (REPO / "Makefile").read_text("utf-8").replace("\nlab: venv", "\nclass: venv")
    )
    with pytest.raises(BuildError, match="lab:"):
        kit_papers.makefile(text)


@pytest.mark.parametrize("name", ["04_looses", "", "../01_the_game"])
def test_an_unknown_lab_is_refused(name, tmp_path):
    with pytest.raises(BuildError, match=r"there is no lab .*00_warmup, 01_the_game"):
        make_kit(name, tmp_path, REPO)
    assert list(tmp_path.iterdir()) == []


def test_what_would_spoil_a_kit_is_said_before_anything_runs(tmp_path, monkeypatch):
    def never(*_):
        raise AssertionError("a lab was run")

    monkeypatch.setattr(site_labs, "run", never)
    file = tmp_path / "kit.zip"
    file.write_bytes(b"the former one")
    with pytest.raises(BuildError, match=r"--out names a folder.*kit\.zip is a file"):
        make_kit(LAB, file, REPO)
    monkeypatch.setenv("LABKIT_STEPS", "20")
    with pytest.raises(BuildError, match="LABKIT_STEPS=20 is set.*Unset it"):
        make_kit(LAB, tmp_path, REPO)
    assert [path.name for path in tmp_path.iterdir()] == ["kit.zip"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import os\nos._exit(1)", "Kernel died"),
        ("import time\ntime.sleep(60)", "timed out"),
    ],
    ids=["dies", "no end"],
)
def test_a_lab_that_dies_or_does_not_end_is_named(tmp_path, monkeypatch, cell, said):
    monkeypatch.setattr(site_labs, "SECONDS", 2)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    lab = v4.new_notebook(cells=[v4.new_code_cell(cell)], metadata=kernel)
    with pytest.raises(BuildError, match=f"(?s)^03_x stopped: .*{said}"):
        RUN(lab, tmp_path / "03_x.ipynb")


def test_a_kit_with_a_leak_is_not_written_and_the_former_one_stays(
    make, tmp_path, monkeypatch
):
    found = [Row("answers", "here", ["labkit/toy.py:3: an answer"])]
    monkeypatch.setattr(module.leaks, "scan", lambda *_: found)
    (tmp_path / f"{TOP}.zip").write_bytes(b"the former one")
    with pytest.raises(BuildError, match="labkit/toy.py:3: an answer"):
        make(tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"the former one"]


def test_an_output_that_shows_an_answer_is_refused(make, tmp_path, monkeypatch):
    def telling(notebook, keep):
        for cell in shown(notebook, keep).cells:
            if cell.id == "optimal_critic":
                source = cell.source
        lines = source[source.index("BEGIN SOLUTION") :].splitlines()[1:-1]
        text = "\n".join(line for line in lines if "END SOLUTION" not in line)
        for cell in notebook.cells:
            if cell.cell_type == "code" and "nbgrader" not in cell.metadata:
                cell.outputs = [v4.new_output("stream", text=text)]
        return notebook

    monkeypatch.setattr(site_labs, "run", telling)
    monkeypatch.setattr(module, "read_labs", lambda *_: read_one())
    with pytest.raises(BuildError, match="shows the answer"):
        make(tmp_path)
    assert list(tmp_path.iterdir()) == []


def read_one():
    return [module.read_lab(REPO / "solutions" / LAB, REPO)]
