"""Which names a statement uses, binds, or may have changed."""

import ast
from collections.abc import Mapping
from typing import Any


def used(statement: ast.stmt) -> set[str]:
    """The names that it reads, those inside its functions too."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def bound(statement: ast.stmt) -> set[str]:
    """The names that it gives a value; of `rows[0] = …` and `rows.x = …` that is rows."""
    found: set[str] = set()
    for node in _outside_functions(statement):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.asname or alias.name for alias in node.names]
            found |= {name.partition(".")[0] for name in names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif (
            isinstance(node, (ast.Attribute, ast.Subscript))
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        ):
            found.add(node.value.id)
    return found


def lost(statement: ast.stmt, space: Mapping[str, Any]) -> set[str]:
    """The networks in training and the optimisers that it would have changed."""
    from torch.nn import Module
    from torch.optim import Optimizer

    values = {name: space.get(name) for name in used(statement)}
    return {
        name
        for name, value in values.items()
        if isinstance(value, Optimizer)
        or (isinstance(value, Module) and value.training)
    }


def _outside_functions(node: ast.AST) -> list[ast.AST]:
    """The statement and all in it, but for the insides of functions and classes."""
    found = [node]
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            found += _outside_functions(child)
    return found
