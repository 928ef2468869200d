"""From a lab to its source notebook: nbgrader's metadata, and nothing that varies."""

from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode, v4

from labkit.course.rules import Graded
from labkit.course.source import Cell, Lab

# No version of Python in here: it would differ from one author to the next.
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python", "file_extension": ".py"},
}


def source_notebook(lab: Lab, registry: Mapping[str, Graded]) -> NotebookNode:
    """Make the notebook with the solutions in it, as nbgrader wants it.

    Cell ids are the grade ids, and the lab with a running number elsewhere, so that
    the same source gives the same bytes.
    """
    cells = []
    for cell in lab.cells:
        running = sum(not made.metadata.get("nbgrader") for made in cells)
        make = (
            v4.new_markdown_cell if cell.cell_type == "markdown" else v4.new_code_cell
        )
        cells.append(
            make(
                source=cell.source,
                id=cell.grade_id or f"{lab.name}-{running + 1:02d}",
                metadata=_metadata(cell, registry),
            )
        )
    notebook = v4.new_notebook(cells=cells, metadata=METADATA)
    nbformat.validate(notebook)
    return notebook


def _metadata(cell: Cell, registry: Mapping[str, Graded]) -> dict:
    metadata: dict = {"tags": list(cell.tags)} if cell.tags else {}
    if not cell.grade_id:
        return metadata
    graded: dict = {
        "schema_version": 3,
        "grade_id": cell.grade_id,
        "solution": cell.role in ("exercise", "written"),
        "grade": cell.role in ("check", "written"),
        "locked": cell.role == "check",
        "task": False,
    }
    if graded["grade"]:
        points = registry[cell.name].points if cell.role == "check" else cell.points
        graded["points"] = int(points) if points == int(points) else points
    return metadata | {"nbgrader": graded}
