"""The stub module of a lab: its exercises without the notebook around them."""

import ast
import sys

import nbformat

from labkit.course.rules import free_names
from labkit.course.source import Lab

HEADER = '''"""Exercises of lab {lab}, for an editor and pytest instead of a notebook.

Made by `labkit build` from {where}. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa
'''


def stub_module(lab: Lab, student: str) -> str:
    """Make the module from the student's notebook, so that the two never disagree.

    Args:
        lab: the source; tells which of labkit's own names the exercises use.
        student: text of the student's notebook.

    Returns:
        The module: the notebook's imports, then its exercise cells.
    """
    notebook = nbformat.reads(student, as_version=4)
    used = {name for cell in lab.having("exercise") for name in free_names(cell.source)}
    imports, exercises = set(), []
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and graded.get("solution"):
            exercises.append(cell.source.strip())
        elif cell.cell_type == "code" and not graded:
            imports |= _imports(cell.source, used)
    head = HEADER.format(lab=lab.name, where=lab.where)
    parts = [head + "".join(f"\n{block}" for block in _in_order(imports)), *exercises]
    return "\n\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _imports(source: str, used: set[str]) -> set[str]:
    """The imports of a lecture cell; of labkit's, only what an exercise uses."""
    found = set()
    for node in ast.parse(source).body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        names = {alias.asname or alias.name for alias in node.names}
        if _package(ast.unparse(node)) != "labkit" or names & used:
            found.add(ast.unparse(node))
    return found


def _in_order(imports: set[str]) -> list[str]:
    """Sorted as ruff sorts them: standard library, others, labkit; one block each."""
    blocks: dict[int, list[str]] = {}
    for statement in sorted(imports, key=lambda text: (text.startswith("from"), text)):
        package = _package(statement)
        place = 0 if package in sys.stdlib_module_names else 1 + (package == "labkit")
        blocks.setdefault(place, []).append(statement)
    return ["\n".join(blocks[place]) + "\n" for place in sorted(blocks)]


def _package(statement: str) -> str:
    return statement.split()[1].partition(".")[0]
