"""The leak scan's code: answers found by their syntax trees, not by their letters.

Of every answer the statements, and the expressions in them, are taken as trees without
layout, comments, docstrings, types and, above all, without the names that its author
chose: variables are numbered as they appear. What people call from outside (`F.pad`,
`.zero_grad`, keywords) and numbers stay. Trees below a size that means something are
left out: half of all programs have them.
"""

import ast
import hashlib
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from labkit.checks.spec import REGISTRY
from labkit.checks.spec import answers as answers_of_labkit
from labkit.course.folder import nbgrader_config
from labkit.course.source import read_lab
from labkit.course.stripped import PACKAGE

SMALLEST = 24  # words of a statement or expression that means something
ROW = 3  # statements in a row: a function's body is found inside a longer one
VARIANT = 60  # the same for what tests try, right and wrong, in the gallery
GALLERY = Path("tests", "exercises", "gallery")
FENCED = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
INDENTED = re.compile(r"(?:^|\n)((?:(?: {4}|\t|>>> |\.\.\. ).*(?:\n|$)|\n)+)")
Word = str | tuple[str]
LEFT_OUT = {"annotation", "returns", "type_comment", "ctx", "decorator_list"}


def answers(lab: str, root: Path) -> dict[str, str]:
    """The trees of all answers to a lab and to the labs after it.

    Args:
        lab: the first lab whose answers count.
        root: the course folder: its solutions, labkit, the gallery of its tests.

    Returns:
        Hash of a tree -> where it stands.
    """
    found: dict[str, str] = {}
    given: set[str] = set()
    folder = root / nbgrader_config(root).CourseDirectory.source_directory
    for path in sorted(folder.glob("[0-9]*/[0-9]*.py")):
        each = read_lab(path.parent, root)
        for cell in each.cells:
            if cell.role == "exercise" and each.name >= lab:
                for hole in cell.holes():
                    for tree, _ in trees(hole):
                        found.setdefault(tree, f"{each.where}, {cell.name}")
            elif cell.role == "lecture" and each.name <= lab:
                given |= {tree for tree, _ in trees(cell.source)}
    for place in answers_of_labkit(lab):
        for tree, _ in trees(_source(place)):
            found.setdefault(tree, place)
    late = {name for name, each in REGISTRY.items() if each.lab >= lab}
    for path in sorted((root / GALLERY).rglob("*.py")):
        if path.stem in late:
            for tree, _ in trees(path.read_text("utf-8"), VARIANT):
                found.setdefault(tree, path.relative_to(root).as_posix())
    return {tree: where for tree, where in found.items() if tree not in given}


def find(known: Mapping[str, str], texts: Iterable[tuple[str, str]]) -> list[str]:
    """Where those trees stand in texts of (place, text), the largest of each place."""
    found: dict[tuple[str, str], str] = {}
    for place, text in texts:
        for part, first in _programs(text):
            for tree, line in trees(part):
                if tree in known:
                    source = known[tree]
                    told = f"{place}:{first + line}: code of {source}"
                    found.setdefault((place, source), told)
    return list(found.values())


def trees(source: str, smallest: int = SMALLEST) -> Iterator[tuple[str, int]]:
    """Hash what means something in a program.

    Yields:
        (hash, line) of every expression, statement, row of three statements, and whole
        block that is long enough.
    """
    try:
        module = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    known: dict[ast.AST, list[Word]] = {}
    _words(module, known)
    for node in ast.walk(module):
        if isinstance(node, (ast.stmt, ast.expr)) and not _is_text(node):
            yield from _hashed([node], known, smallest)
        for block in ("body", "orelse", "finalbody"):
            rows = getattr(node, block, None)
            if isinstance(rows, list):
                rows = [row for row in rows if not _is_text(row)]
                parts = [rows[i : i + ROW] for i in range(len(rows) - ROW + 1)]
                for part in (rows, *parts):
                    yield from _hashed(part, known, smallest)


def _hashed(
    nodes: list[ast.AST], known: Mapping[ast.AST, list[Word]], smallest: int
) -> Iterator[tuple[str, int]]:
    """Hash the words of some nodes, names as numbers in their order."""
    words = [word for node in nodes for word in known.get(node, ())]  # types: none
    if len(words) >= smallest:
        names: dict[str, int] = {}
        told = [
            str(names.setdefault(word[0], len(names))) if type(word) is tuple else word
            for word in words
        ]
        text = " ".join(told)
        yield hashlib.sha256(text.encode()).hexdigest()[:24], nodes[0].lineno


def _words(node: ast.AST, known: dict[ast.AST, list[Word]]) -> list[Word]:
    """A tree as words: kinds of nodes, what is called, and names, each in a tuple."""
    words: list[Word] = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name in LEFT_OUT or value is None:
            continue
        own = name in ("id", "name") or isinstance(node, ast.arg)
        if own or (name == "attr" and _of_self(node)):
            words.append((str(value),))
        elif isinstance(value, (ast.operator, ast.unaryop)):
            words[0] += type(value).__name__
        elif isinstance(value, ast.AST):
            words += _words(value, known)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST) and not _is_text(item):
                    words += _words(item, known)
        else:
            words.append(repr(value))
    known[node] = words
    return words


def _of_self(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Name) and value.id == "self"


def _is_text(node: ast.AST) -> bool:
    """A docstring, or a string alone."""
    value = node.value if isinstance(node, ast.Expr) else node
    return (
        isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and (isinstance(node, ast.Expr))
    )


def _programs(text: str) -> Iterator[tuple[str, int]]:
    """What in a text may be code: all of it, and its fenced and indented blocks."""
    yield text, 0
    for found in (*FENCED.finditer(text), *INDENTED.finditer(text)):
        yield found[1], text[: found.start(1)].count("\n")


def _source(place: str) -> str:
    """The text of a function or class of labkit."""
    module, _, name = place.partition(":")
    path = PACKAGE.parent.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    source = path.read_text("utf-8")
    node = next(
        node for node in ast.parse(source).body if getattr(node, "name", None) == name
    )
    return ast.get_source_segment(source, node) or ""
