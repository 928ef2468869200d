"""`nbgrader autograde` with its kernels in labkit's sandbox, as a teacher runs it."""

import ast
import os
import re
import socket
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

import labkit

pytestmark = [pytest.mark.slow, pytest.mark.needs("bwrap")]

# Importing it would cost this process ten seconds that its child needs anyway.
MODULE = Path(labkit.__file__).parent / "grading" / "nbgrader.py"
DOCSTRING = str(ast.get_docstring(ast.parse(MODULE.read_text(encoding="utf-8"))))
SETTINGS = DOCSTRING[DOCSTRING.index("    c.Autograde") : DOCSTRING.index("That is")]
CONFIG = "c = get_config()\n" + "\n".join(
    line.removeprefix("    ") for line in SETTINGS.splitlines()
)
CANARY = "CANARY-41c6"
RIGHT = "def add(a, b): return a + b"

# Whatever it can reach it prints; what it prints stays in the graded notebook.
THIEF = r"""
import os, socket
def add(a, b): return a - b
found = []
for top in ("/", "@COURSE@", "/proc/1/root", "/proc/1/cwd", os.path.expanduser("~")):
    for folder, folders, files in os.walk(top):
        known = ("/proc", "/sys", "/usr", "/kit/labkit", "/kit/data", *@PYTHON@)
        folders[:] = [f for f in folders if not os.path.join(folder, f).startswith(known)]
        found += [os.path.join(folder, name) for name in files]
print("found", [path for path in found if path.endswith((".db", ".ipynb", ".py"))])
print("beside", sorted(os.listdir(".")), open("own/helper.txt").read())
print("secrets", [name for name in os.environ if "SECRET" in name])
for name in os.listdir("/proc"):
    try:
        print("process", open(f"/proc/{name}/environ").read().count("SECRET"))
    except OSError:
        pass
print("user", os.getuid(), open("/proc/self/status").read().split("CapEff:")[1].split()[0])
try:
    socket.create_connection(("127.0.0.1", @PORT@), timeout=2)
    print("network reached")
except OSError as error:
    print("network", error)
for path in ("@COURSE@/gradebook.db", "/kit/labkit/x.py", os.__file__):
    try:
        open(path, "a").write("mine")
        print("wrote", path)
    except OSError as error:
        print("refused", error)
open("mine.txt", "w").write("a folder of its own")
import IPython.display
display(IPython.display.HTML("<script>alert(1)</script>"))
display({"text/plain": "b", "image/png": "iVBO\n", "text/html": "<b>"}, raw=True)
display({"image/png": '"><script>'}, raw=True)
print("x" * 3_000_000)
"""

# What a teacher types, in one process: importing nbgrader is what takes long.
PROGRAM = """
import os, sys
from jupyter_core.application import NoStart
from nbgrader.apps.nbgraderapp import NbGraderApp

def nbgrader(*words):
    NbGraderApp.clear_instance()
    app = NbGraderApp.instance()
    try:
        app.initialize(list(words))
        app.start()
    except (NoStart, SystemExit) as end:
        print("end", words, repr(end))
    app.subapp.clear_instance()

nbgrader("generate_assignment", "ps1", "--create")
nbgrader("autograde", "ps1", "--student=right")
nbgrader("autograde", "ps1", "--student=thief")
os.environ["PATH"] = "/nonexistent"
sys.modules["labkit.grading.sandbox.bubblewrap"].own_user.cache_clear()
nbgrader("autograde", "ps1", "--student=unlucky")
"""


def course_cell(name: str, source: str, points: int = 0) -> NotebookNode:
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "grade_id": name,
        "grade": bool(points),
        "solution": not points,
        "locked": bool(points),
        "task": False,
        "schema_version": 3,
    } | ({"points": points} if points else {})
    return cell


def notebook(answer: str, hidden: str = "") -> NotebookNode:
    found = new_notebook(
        cells=[
            course_cell("add", answer),
            course_cell("add_test", f"assert add(1, 1) == 2\n{hidden}", 3),
            course_cell("table_test", "assert open('table.csv').read() == '1,2'", 2),
        ]
    )
    found.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    return found


class Graded:
    """A course of one tiny assignment, graded by nbgrader."""

    def __init__(self, root: Path, answers: dict[str, str]) -> None:
        self.root = root
        source = root / "source" / "ps1"
        source.mkdir(parents=True)
        (source / "table.csv").write_text("1,2")
        (root / "nbgrader_config.py").write_text(CONFIG)
        hidden = f"### BEGIN HIDDEN TESTS\nassert add(40, 2) == 42, {CANARY!r}\n"
        hidden += "### END HIDDEN TESTS"
        solution = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"
        nbformat.write(notebook(solution, hidden), source / "ps1.ipynb")
        for student, answer in answers.items():
            folder = root / "submitted" / student / "ps1"
            folder.mkdir(parents=True)
            nbformat.write(notebook(answer), folder / "ps1.ipynb")
            (folder / "book.txt").symlink_to(root / "gradebook.db")
            (folder / "all").symlink_to(root / "source")
            (folder / "own").mkdir()
            (folder / "own" / "helper.txt").write_text("mine")
        # nbgrader calls alembic by its bare name.
        path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=root,
            env=os.environ | {"HOME": str(root), "A_SECRET": "x", "PATH": path},
            capture_output=True,
            check=False,
            text=True,
        )
        self.log = done.stdout + done.stderr

    def scores(self) -> dict[str, float]:
        query = """select student_id, sum(auto_score) from grade
            join submitted_notebook n on n.id = grade.notebook_id
            join submitted_assignment a on a.id = n.assignment_id group by 1"""
        with sqlite3.connect(self.root / "gradebook.db") as book:
            return dict(book.execute(query).fetchall())

    def outputs(self, student: str) -> list[NotebookNode]:
        path = self.root / "autograded" / student / "ps1" / "ps1.ipynb"
        return nbformat.read(path, as_version=4).cells[0].outputs


@pytest.fixture(scope="module")
def network() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, network: socket.socket) -> Graded:
    root = tmp_path_factory.mktemp("course")
    python = [sys.prefix, sys.base_prefix, str(Path(sys.prefix).resolve())]
    thief = THIEF.replace("@COURSE@", str(root)).replace("@PYTHON@", repr(python))
    thief = thief.replace("@PORT@", str(network.getsockname()[1]))
    return Graded(root, {"right": RIGHT, "thief": thief, "unlucky": RIGHT})


def test_marks_are_nbgraders_own(graded: Graded) -> None:
    scores = graded.scores()
    assert scores["right"] == 5, graded.log
    assert scores["thief"] == 2


def test_a_thief_sees_nothing(graded: Graded, network: socket.socket) -> None:
    text = graded.outputs("thief")[0].text
    lines = text.splitlines()
    assert lines[0] == "found []"
    assert lines[1] == "beside ['own', 'table.csv'] mine"
    assert lines[2] == "secrets []"
    assert {line for line in lines if line.startswith("process")} <= {"process 0"}
    assert re.search(r"^user [1-9]\d{4} 0000000000000000$", text, re.MULTILINE)
    assert "network [Errno" in text
    with pytest.raises(BlockingIOError):
        network.accept()
    assert text.count("\nrefused") == 3
    assert "wrote" not in text
    assert CANARY not in text


def test_output_is_bounded_and_harmless(graded: Graded) -> None:
    path = graded.root / "autograded" / "thief" / "ps1" / "ps1.ipynb"
    assert path.stat().st_size < 2_000_000
    _, html, picture, fake, flood = graded.outputs("thief")
    assert html.data == {"text/plain": "<IPython.core.display.HTML object>"}
    assert picture.data == {"text/plain": "b", "image/png": "iVBO\n"}
    assert fake.data == {}
    assert flood.text.startswith("xxx")
    assert flood.text.endswith("[more was printed than is kept]\n")


def test_without_a_sandbox_nothing_is_graded(graded: Graded) -> None:
    assert "bubblewrap is not installed" in graded.log
    assert not (graded.root / "autograded" / "unlucky" / "ps1").exists()
    assert graded.scores()["unlucky"] is None
