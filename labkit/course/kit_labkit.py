"""The students' labkit: without the answers to come, and without the teachers' half."""

import ast
import shutil
from collections.abc import Sequence
from pathlib import Path

from labkit.checks.spec import answers
from labkit.course.source import Lab
from labkit.course.stripped import PACKAGE, leave_out

TEACHERS = ("_data", "course", "grading")  # _data: a kit has them as data/
# What `labkit --help` shows in a kit.
COMMANDS = (
    *("lab", "train", "generate", "interpolate", "film", "evaluate", "export", "zoo"),
    *("summary", "check", "reset", "doctor"),
)


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
    _keep_commands(target)


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


def _keep_commands(package: Path) -> None:
    """Take the teachers' commands out of cli.py, and their functions out of commands/.

    A command stands in cli.py as `module.function`, of a module of labkit.commands.
    """
    cli = package / "cli.py"
    source = cli.read_text("utf-8")
    known = {path.stem for path in (package / "commands").glob("*.py")}
    named = {
        (node.value.id, node.attr)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in known
    }
    kept = {module for module, name in named if name in COMMANDS}
    cli.write_text(_students_cli(source, kept, known), "utf-8", newline="\n")
    needed = _with_helpers(kept, package / "commands")
    for path in sorted((package / "commands").glob("*.py")):
        if path.stem not in needed:
            path.unlink()
            continue
        gone = {n for m, n in named if m == path.stem and n not in COMMANDS}
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        functions = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name in gone
        ]
        path.write_text(_without(text, functions), "utf-8", newline="\n")


def _with_helpers(modules: set[str], folder: Path) -> set[str]:
    """Modules of a folder, with what they import of it."""
    found, new = {"__init__"}, set(modules)
    while new:
        found.add(current := new.pop())
        for node in ast.walk(ast.parse((folder / f"{current}.py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                new |= {node.module.rpartition("labkit.commands.")[2]}
        new = {each for each in new if (folder / f"{each}.py").is_file()} - found
    return found


def _students_cli(source: str, kept: set[str], known: set[str]) -> str:
    """cli.py with the commands of `COMMANDS` only."""
    gone: list[ast.AST] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module == "labkit.commands":
            names = ", ".join(sorted(kept))
            source = source.replace(
                ast.get_source_segment(source, node) or "",
                f"from labkit.commands import {names}",
            )
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            gone += [
                each
                for each in node.iter.elts
                if isinstance(each, ast.Attribute) and each.attr not in COMMANDS
            ]
        elif isinstance(node, ast.Expr):
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if used & (known - kept):
                gone.append(node)
    return _without(source, gone)


def _without(source: str, nodes: Sequence[ast.AST]) -> str:
    """A source without the lines of some of its nodes, decorators included."""
    lines = source.splitlines(keepends=True)
    for node in nodes:
        first = min(
            [node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]
        )
        lines[first - 1 : node.end_lineno] = [""] * (node.end_lineno - first + 1)
    return "".join(lines)
