"""Small mistakes put into a right answer, one at a time: what a check has to notice.

A mutant that gets full marks is either as right as the reference, or shows a hole in
the check. The mistakes are those that students make: labels swapped, a mean that is a
sum, a forgotten detach, one pixel too many.
"""

import ast
import copy
from collections.abc import Iterator

from labkit.course.source import BEGIN, END
from labkit.grading.lint.mistakes import Change, changes

Path = list[tuple[str, int | None]]  # fields and indices, from a module to a node


def mutants(source: str, name: str) -> Iterator[tuple[str, str]]:
    """Make the mutants of one answer.

    Args:
        source: of the cell that holds it.
        name: of the function or class in it; nothing else is changed, and of a cell
            with solution markers only what stands between them: what students write.

    Returns:
        Iterator over (label, source): "line 5: tanh -> sigmoid", and the whole cell with
        that one change, as `ast.unparse` writes it. No two are the same program.

    Raises:
        ValueError: the source does not define the name.
    """
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    at = [
        index
        for index, node in enumerate(tree.body)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name
    ]
    if not at:
        raise ValueError(f"the source does not define {name}")
    answer = tree.body[at[-1]]
    known, written = _names(answer), _written(source)
    for path, node, parent in _nodes(answer, tree, [("body", at[-1])]):
        if node.lineno not in written:
            continue
        for change in changes(node, parent, known):
            mutated = _unparsed(_changed(tree, path, change))
            if mutated is not None and mutated not in seen:
                seen.add(mutated)
                yield f"line {node.lineno}: {change.label}", mutated


def _written(source: str) -> set[int]:
    """Numbers of the lines between solution markers; of all lines if there are none."""
    lines = list(enumerate(source.splitlines(), start=1))
    begins = [number for number, line in lines if BEGIN.fullmatch(line)]
    ends = [number for number, line in lines if END.fullmatch(line)]
    holes = [range(*hole) for hole in zip(begins, ends, strict=True)]
    return {number for hole in holes or [range(len(lines) + 1)] for number in hole}


def _nodes(
    node: ast.AST, parent: ast.AST, path: Path
) -> Iterator[tuple[Path, ast.AST, ast.AST]]:
    """All statements and expressions from a node down, each with its parent.

    Left out is what changes nothing where there is only a CPU: docstrings, types, and
    on what device a tensor is made.
    """
    if isinstance(node, (ast.expr, ast.stmt)):
        yield path, node, parent
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_params"):
            continue
        parts = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, part in parts:
            if isinstance(part, ast.AST) and not _is_idle(part):
                yield from _nodes(part, node, [*path, (field, index)])


def _is_idle(node: ast.AST) -> bool:
    """Tell a docstring, and `device=…`."""
    if isinstance(node, ast.keyword):
        return node.arg == "device"
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _names(answer: ast.AST) -> set[str]:
    """The variables of an answer: its parameters and what it assigns."""
    found = {node.arg for node in ast.walk(answer) if isinstance(node, ast.arg)}
    return found | {
        node.id
        for node in ast.walk(answer)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _changed(node: ast.AST, path: Path, change: Change) -> ast.AST:
    """The tree with what is at `path` replaced; shares the rest with the original."""
    (field, index), *rest = path
    changed = copy.copy(node)
    value = getattr(node, field)
    if index is None:
        part = _changed(value, rest, change) if rest else change.nodes[0]
    else:
        new = [_changed(value[index], rest, change)] if rest else change.nodes
        part = [*value[:index], *new, *value[index + 1 :]]
        if field == "body" and not part:
            part = [ast.Pass()]
    setattr(changed, field, part)
    return changed


def _unparsed(tree: ast.AST) -> str | None:
    """The text of a program; None if Python would not take it."""
    try:
        text = ast.unparse(tree)
        compile(text, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return text
