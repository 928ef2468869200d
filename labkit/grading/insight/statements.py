"""Code without what a copy changes first: names, comments, layout.

Python's own parser reads it and `ast.unparse` writes each statement again in one line;
nothing is run.
"""

import ast
import contextlib
import copy
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from pygments.lexers import PythonLexer
from pygments.token import Comment, Name

from labkit.grading.feedback.parts import COLOURED

ANY = "v"  # stands for every name that the code itself makes
LIMIT = COLOURED  # characters of an answer; a longer one is cut
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
SAYS_NOTHING = {"pass", "return", "return v", "else:", "...", f"{ANY} = {ANY}"}


@dataclass(frozen=True)
class Statement:
    """A statement in the form that all spellings of it share.

    Attributes:
        text: one line; of a loop, a branch or a definition only its head.
        first, last: the lines of the source that it takes, from 1.
    """

    text: str
    first: int
    last: int


def statements(source: str) -> list[Statement]:
    """Take code apart, in its order; docstrings, comments and annotations are dropped.

    Args:
        source: anything. What is no Python is taken line by line.
    """
    try:
        tree = parsed(source)
        found = list(_taken(_Plain(_made(tree)), tree.body))
    except UNREADABLE:
        found = list(_lines(source[:LIMIT]))
    return [one for one in found if one.text not in SAYS_NOTHING]


def parsed(source: str) -> ast.Module:
    """Parse the first LIMIT characters of a student's code.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: one of UNREADABLE.
    """
    with warnings.catch_warnings():  # of odd escapes: a matter of the student's
        warnings.simplefilter("ignore")
        return ast.parse(source[:LIMIT])


def own_lines(source: str, stub: str) -> str:
    """Code without the docstrings and comments that the stub gave to all.

    Args:
        source: an answer.
        stub: the cell as it was released.
    """
    given = {line.strip() for line in stub.splitlines()}
    given = {line for line in given if line.startswith("#")}
    lines = source.splitlines()
    drop = {n for n, line in enumerate(lines, start=1) if line.strip() in given}
    with contextlib.suppress(*UNREADABLE):
        for node in ast.walk(parsed(source)):
            inner = getattr(node, "body", None)
            if isinstance(inner, list) and len(inner) > 1 and _is_text(inner[0]):
                drop |= set(range(inner[0].lineno, inner[0].end_lineno + 1))
    kept = [line for n, line in enumerate(lines, start=1) if n not in drop]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


class _Plain(ast.NodeTransformer):
    """Puts ANY for the names that the code makes itself."""

    def __init__(self, made: set[str]) -> None:
        self._made = made

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._name(node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        name = ANY if f".{node.attr}" in self._made else node.attr
        return ast.Attribute(self.visit(node.value), name, node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._name(node.arg))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.Assign([node.target], node.value, lineno=node.lineno))

    def head(self, node: ast.stmt) -> str:
        """The statement in one line, without the statements inside."""
        node = copy.copy(node)
        for inner in ("body", "orelse", "finalbody", "handlers", "cases"):
            if hasattr(node, inner):
                setattr(node, inner, [ast.Pass()] if inner == "body" else [])
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            node.name, node.returns = self._name(node.name), None
        text = ast.unparse(self.visit(node))
        return text.partition("\n")[0]

    def _name(self, name: str) -> str:
        return ANY if name in self._made else name


def _made(tree: ast.Module) -> set[str]:
    """The names that code makes: variables, arguments; ".x" for what objects get."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(f".{node.attr}")
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found


def _taken(plain: _Plain, body: list[ast.stmt]) -> Iterator[Statement]:
    for node in body:
        inner = getattr(node, "body", None)
        if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_text(node):
            continue
        last = inner[0].lineno - 1 if inner else node.end_lineno
        text = "try:" if isinstance(node, (ast.Try, ast.TryStar)) else plain.head(node)
        yield Statement(text, node.lineno, max(node.lineno, last))
        for part in ("body", "orelse", "finalbody"):
            yield from _taken(plain, getattr(node, part, []))
        for branch in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from _taken(plain, branch.body)


def _is_text(node: ast.stmt) -> bool:
    """A docstring, or another text that stands for itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lines(source: str) -> Iterator[Statement]:
    """The lines of what is no Python, without comments and spaces."""
    for number, line in enumerate(source.splitlines(), start=1):
        tokens = PythonLexer().get_tokens(line)
        words = [
            ANY if kind is Name else text.strip()
            for kind, text in tokens
            if kind not in Comment
        ]
        if any(words):
            yield Statement(" ".join(filter(None, words)), number, number)
