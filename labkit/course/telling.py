"""Cells of a lecture whose output tells an answer, and so is shown to nobody else.

An exercise without parameters is answered by a value: names of bugs, a text to share.
Whatever is made of that value may show it, in a picture's title say.
"""

import ast

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from labkit.course.source import bound_names


def telling(notebook: NotebookNode) -> set[str]:
    """Find the lecture's cells that use such an answer, or what they made of one.

    Args:
        notebook: of a lab, released or solved.

    Returns:
        The cells' ids.
    """
    transform = TransformerManager().transform_cell
    answers: set[str] = set()
    found = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        source = transform(cell.source)
        tree = ast.parse(source)
        if "nbgrader" in cell.metadata:
            answers.update(filter(None, map(_answered_by_a_value, tree.body)))
        elif any(
            isinstance(node, ast.Name) and node.id in answers for node in ast.walk(tree)
        ):
            found.add(cell.id)
            answers |= bound_names(source)
    return found


def _answered_by_a_value(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef) and not any(ast.iter_child_nodes(node.args)):
        return node.name
    return None
