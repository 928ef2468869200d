"""The code cells of a notebook or of a Python file, as syntax trees."""

import __future__

import ast
import copy
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labkit.checks.names import Names, names_of
from labkit.checks.notebook import MAX_SOURCE, Raw, Unreadable, read_notebook
from labkit.errors import LabkitError

HEADER = re.compile(r"# *%%(?P<rest>.*)")
ROLE = re.compile(r"""\b(?P<role>exercise|check)=["'](?P<name>\w+)["']""")
DEFINITION = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)
# Magics whose cell, or line, runs as if they were not there.
TRANSPARENT = ("time", "timeit", "capture", "prun")


class SubmissionError(LabkitError):
    """A file that is neither a notebook nor Python; the text says why."""


@dataclass(frozen=True)
class Cell:
    """Some statements that stand or fall together.

    Attributes:
        number: counts from 1; in a notebook its place among all cells.
        source: the text of a notebook's cell; "" for a file's, which can be read there.
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
    def names(self) -> list[Names]:
        """What each statement brings and needs; what it seems to, without a tree."""
        if self.error:
            return [Names(sure=set(DEFINITION.findall(self.source)))]
        return _names(self.tree)


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
    except FileNotFoundError:
        raise SubmissionError(f"{path} does not exist.") from None
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror}.") from None
    return (
        _of_notebook(path, content)
        if path.suffix == ".ipynb"
        else _of_file(path, content)
    )


def _of_notebook(path: Path, content: bytes) -> list[Cell]:
    """Read one's own notebook: what is odd about it is for its author to mend."""
    try:
        notebook = read_notebook(content)
    except Unreadable as error:
        raise SubmissionError(f"{path}: {error}") from None
    if notebook.notes:
        text = notebook.notes[0][1]
        raise SubmissionError(f"{path}: {text} Open it in JupyterLab and save it.")
    return code_cells(notebook.cells, path.name)


def code_cells(cells: Sequence[Raw], file: str) -> list[Cell]:
    """Turn the code cells among a notebook's cells into syntax trees.

    Args:
        cells: all of them, in order.
        file: the notebook's name, for tracebacks.
    """
    found, flags = [], 0
    for raw in cells:
        if raw.type == "code":
            flags |= _future(parse(raw.source)[0])
            found.append(code_cell(raw, file, flags))
    return found


def code_cell(raw: Raw, file: str, flags: int) -> Cell:
    """Turn one code cell into a syntax tree.

    Args:
        raw: the cell.
        file: the notebook's name, for tracebacks.
        flags: compiler flags, set by this cell and those above.
    """
    tree, error = parse(raw.source)
    name = f"<{file}, cell {raw.number}>"
    return Cell(raw.number, raw.source, name, raw.grade_id, tree, error, flags)


@functools.lru_cache(maxsize=4096)
def parse(source: str) -> tuple[ast.Module, SyntaxError | None]:
    """Parse a notebook's cell, magics and all; calls of `check` are left out."""
    if len(source) >= MAX_SOURCE:
        return ast.Module([], []), SyntaxError("the cell is too long to be read")
    try:
        return _statements(_tree(source)), None
    except SyntaxError as error:
        return ast.Module([], []), error
    except (ValueError, RecursionError, MemoryError) as error:
        return ast.Module([], []), SyntaxError(str(error))


@functools.lru_cache(maxsize=4096)
def _names(tree: ast.Module) -> list[Names]:
    return [names_of(statement) for statement in tree.body]


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(source))
        return ast.fix_missing_locations(_Magics().visit(tree))


class _Magics(ast.NodeTransformer):
    """Puts what is timed or captured in the place of the magic that does it."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        body, below = _body_of(node.value)
        if body is None:
            return self.generic_visit(node)
        inner = _tree(body)
        ast.increment_lineno(inner, node.lineno - 1 + below)
        return inner.body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        body, _ = _body_of(node)
        if body is None:
            return self.generic_visit(node)
        inner = ast.parse(body.strip(), mode="eval").body
        return ast.copy_location(inner, node)


def _body_of(node: ast.AST) -> tuple[str | None, int]:
    """The code that a transparent magic runs, and how many lines below it begins."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="run_cell_magic"),
            args=[ast.Constant(name), _, ast.Constant(str(body))],
        ) if name in TRANSPARENT:
            return body, 1
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"),
            args=[ast.Constant("time"), ast.Constant(str(body))],
        ):
            return body, 0
    return None, 0


def _of_file(path: Path, content: bytes) -> list[Cell]:
    try:
        text = content.decode("utf-8-sig")
        tree = ast.parse(text, str(path))
    except UnicodeDecodeError:
        raise SubmissionError(
            f"{path} is not text in UTF-8. Is it really Python?"
        ) from None
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
    cells = []
    for number, (line, nodes) in enumerate(groups.items(), start=1):
        role = ROLE.search(headers.get(line, ""))
        grade_id = role["name"] + "_check" * (role["role"] == "check") if role else ""
        part = _statements(ast.Module(nodes, []))
        cells.append(Cell(number, "", str(path), grade_id, part, None, flags))
    return cells


def _statements(tree: ast.Module) -> ast.Module:
    """Leave out `check(...)`: whoever reads this will check; one import a statement."""
    kept: list[ast.stmt] = []
    for node in tree.body:
        match node:
            case ast.Expr(ast.Call(func=ast.Name("check"))):
                continue
            case ast.Import(names) | ast.ImportFrom(names=names):
                for alias in names:
                    kept.append(copy.copy(node))
                    kept[-1].names = [alias]
            case _:
                kept.append(node)
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
