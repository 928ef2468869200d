"""The cells of a notebook or of a Python file, as syntax trees."""

import __future__

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.errors import LabkitError

HEADER = re.compile(r"# *%%(?P<rest>.*)")
ROLE = re.compile(r"""\b(?P<role>exercise|check)=["'](?P<name>\w+)["']""")
DEFINITION = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


class SubmissionError(LabkitError):
    """A file that is neither a notebook nor Python; the text says why."""


@dataclass(frozen=True)
class Cell:
    """Some statements that stand or fall together.

    Attributes:
        number: counts from 1.
        source: the text that the tree was made from.
        filename: names the cell in tracebacks.
        grade_id: nbgrader's name of the cell, "" if it has none.
        tree: its statements, calls of `check` left out.
        error: instead of a tree, why there is none.
        flags: the compiler flags that `from __future__` has set so far.
    """

    number: int
    source: str
    filename: str
    grade_id: str = ""
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    error: SyntaxError | None = None
    flags: int = 0

    @property
    def defines(self) -> set[str]:
        """The names that it defines at its top level, imports left out."""
        if self.error:
            return set(DEFINITION.findall(self.source))
        return {name for node in self.tree.body for name in _bound(node)}


def read_cells(path: Path) -> list[Cell]:
    """Read the code cells of a notebook, or the statements of a Python file.

    Percent cells (`# %%`) of a Python file are cells; without them each statement is
    one.

    Raises:
        SubmissionError: the file is missing, or is something else.
    """
    if path.is_dir():
        raise SubmissionError(
            f"{path} is a folder; name the notebook or .py file in it."
        )
    if path.suffix not in (".ipynb", ".py"):
        raise SubmissionError(
            f"{path} is neither a notebook (.ipynb) nor Python (.py)."
        )
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise SubmissionError(f"{path} does not exist.") from None
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SubmissionError(
            f"{path} is not text in UTF-8. Is it really a notebook or Python?"
        ) from None
    return list(
        _of_notebook(path, text) if path.suffix == ".ipynb" else _of_file(path, text)
    )


def _of_notebook(path: Path, text: str) -> Iterator[Cell]:
    from IPython.core.inputtransformer2 import TransformerManager

    flags = 0
    for number, cell in enumerate(_code_cells(path, text), start=1):
        source = cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else source
        metadata = cell.get("metadata") or {}
        grade_id = str((metadata.get("nbgrader") or {}).get("grade_id", ""))
        tree, error = ast.Module([], []), None
        try:
            source = TransformerManager().transform_cell(source)
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as failed:
            error = (
                failed if isinstance(failed, SyntaxError) else SyntaxError(str(failed))
            )
        flags |= _future(tree)
        name = f"<{path.name}, code cell {number}>"
        yield Cell(number, source, name, grade_id, _without_checks(tree), error, flags)


def _code_cells(path: Path, text: str) -> list[dict[str, Any]]:
    problem = f"{path} is not a notebook"
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"{problem}: it is not JSON ({error}).") from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise SubmissionError(
            f"{path} is a notebook in an old format. Open it in JupyterLab and save it."
        )
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError(f"{problem}: there is no list of cells in it.")
    found = [cell for cell in cells if cell.get("cell_type") == "code"]
    for cell in found:
        source, metadata = cell.get("source", ""), cell.get("metadata") or {}
        lines = source if isinstance(source, list) else [source]
        nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else 0
        if not all(isinstance(line, str) for line in lines) or not (
            nbgrader is None or isinstance(nbgrader, dict)
        ):
            raise SubmissionError(f"{problem}: one of its code cells is damaged.")
    return found


def _of_file(path: Path, text: str) -> Iterator[Cell]:
    try:
        tree = ast.parse(text, str(path))
    except SyntaxError as error:
        place = f"line {error.lineno}: {error.msg}"
        raise SubmissionError(f"{path} is not Python ({place}).") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SubmissionError(f"{path} is not Python ({error}).") from None
    headers = {
        line: match["rest"]
        for line, content in enumerate(text.splitlines(), start=1)
        if (match := HEADER.match(content))
    }
    flags = _future(tree)
    groups: dict[int, list[ast.stmt]] = {}
    for node in tree.body:
        above = [line for line in headers if line < node.lineno]
        groups.setdefault(max(above, default=0) if headers else node.lineno, []).append(
            node
        )
    for number, (line, nodes) in enumerate(groups.items(), start=1):
        role = ROLE.search(headers.get(line, ""))
        grade_id = role["name"] + "_check" * (role["role"] == "check") if role else ""
        part = _without_checks(ast.Module(nodes, []))
        yield Cell(number, "", str(path), grade_id, part, None, flags)


def _without_checks(tree: ast.Module) -> ast.Module:
    """Leave out the statements `check(...)`: whoever reads this will check anyway."""
    kept = [
        node
        for node in tree.body
        if not (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "check"
        )
    ]
    return ast.Module(kept, tree.type_ignores)


def _future(tree: ast.Module) -> int:
    """The compiler flags of `from __future__ import ...`, for all that follows."""
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    features = [getattr(__future__, name, None) for name in names]
    return sum({feature.compiler_flag for feature in features if feature})


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign) and node.value:
        targets = [node.target]
    return {
        leaf.id
        for target in targets
        for leaf in ast.walk(target)
        if isinstance(leaf, ast.Name) and isinstance(leaf.ctx, ast.Store)
    }
