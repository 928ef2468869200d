"""The students' labkit: without the answers to come, and without the teachers' half."""

import ast
import shutil
from collections.abc import Sequence
from pathlib import Path

from labkit.checks.spec import answers
from labkit.course.source import Lab
from labkit.course.stripped import PACKAGE, leave_out

TEACHERS = ("_data", "course", "grading")  # _data: a kit has them as data/


def write_labkit(top: Path, labs: Sequence[Lab]) -> None:
    """Write labkit/ of a kit, with the answers of all labs but the last one.

    Args:
        top: the kit's folder.
        labs: those in the kit, in order.
    """
    target = top / "labkit"
    shutil.copytree(PACKAGE, target, ignore=_unwanted, copy_function=shutil.copyfile)
    leave_out(top, answers(labs[-1].name))
    given = {"__init__.py", *(f"{lab.topic}.py" for lab in labs)}
    for path in (target / "exercises").iterdir():
        if path.name not in given:
            path.unlink()
    _without_commands(target / "commands")


def _unwanted(folder: str, entries: list[str]) -> list[str]:
    """What `copytree` leaves out of a folder."""
    top = Path(folder) == PACKAGE
    return [
        entry
        for entry in entries
        if entry == "__pycache__"
        or entry.startswith(".")
        or (top and entry in TEACHERS)
    ]


def _without_commands(folder: Path) -> None:
    """Take out the teachers' commands: the modules that `teachers.py` registers."""
    teachers = folder / "teachers.py"
    tree = ast.parse(teachers.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "labkit.commands":
            for alias in node.names:
                (folder / f"{alias.name}.py").unlink()
    teachers.unlink()
