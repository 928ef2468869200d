"""The students' labkit: without the answers to come, and without the teachers' half."""

import ast
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from labkit.checks.spec import answers
from labkit.course.source import Lab
from labkit.course.stripped import PACKAGE, leave_out

TEACHERS = ("course", "grading")


def write_labkit(top: Path, labs: Sequence[Lab]) -> None:
    """Write labkit/ of a kit, with the answers of all labs but the last one.

    Args:
        top: the kit's folder.
        labs: those in the kit, in order.
    """
    target = top / "labkit"
    root = PACKAGE.parent
    for path in course_files(root):
        parts = path.relative_to(root).parts
        if parts[0] == "labkit" and parts[1] not in TEACHERS:
            copy(path, top.joinpath(*parts))
    leave_out(top, answers(labs[-1].name))
    given = {"__init__.py", *(f"{lab.topic}.py" for lab in labs)}
    for path in (target / "exercises").iterdir():
        if path.name not in given:
            path.unlink()
    _without_commands(target / "commands")


def course_files(root: Path) -> list[Path]:
    """The files of a course that an installed labkit has, modules and data, in order.

    pyproject.toml says which. Whatever else lies beside them, marks or a list of names,
    is nobody's business but the teacher's.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    setup = project["tool"]["setuptools"]
    found: set[Path] = set()
    for package in setup["packages"]:
        place = setup["package-dir"].get(package, package.replace(".", "/"))
        for pattern in ("*.py", *setup["package-data"].get(package, [])):
            found |= set((root / place).glob(pattern))
    return sorted(
        path for path in found if path.is_file() and not path.name.startswith(".")
    )


def copy(path: Path, target: Path) -> None:
    """Copy a file's content, into a folder that is made if it is missing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _without_commands(folder: Path) -> None:
    """Take out the teachers' commands: the modules that `teachers.py` registers."""
    teachers = folder / "teachers.py"
    tree = ast.parse(teachers.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "labkit.commands":
            for alias in node.names:
                (folder / f"{alias.name}.py").unlink()
    teachers.unlink()
