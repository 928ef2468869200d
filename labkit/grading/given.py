"""What a course says about a lab that is to be graded."""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.checks import REGISTRY
from labkit.checks.spec import Exercise
from labkit.course.folder import nbgrader_config
from labkit.errors import LabkitError


@dataclass(frozen=True)
class Given:
    """A lab as its students got it.

    Attributes:
        lab: its folder name, "04_losses".
        course: the course folder.
        source: where its source lies, solutions in it.
        submitted: where nbgrader collects the submissions.
        exercises: in the registry's order.
        released: the cells of the students' notebook: {"grade_id", "type", "source"}.
        written: grade_ids of the answers in words.
    """

    lab: str
    course: Path
    source: Path
    submitted: Path
    exercises: list[Exercise]
    released: list[dict[str, str]]
    written: list[str]


def read(lab: str, course: Path) -> Given:
    """Read what is known of a lab.

    Raises:
        LabkitError: there is no such lab, or its notebook has not been built.
    """
    settings = nbgrader_config(course).CourseDirectory
    sources = course / settings.get("source_directory", "source")
    exercises = [one for one in REGISTRY.values() if one.lab == lab]
    files = sources.glob("[0-9][0-9]_*/*.py")
    labs = sorted(path.stem for path in files if path.stem == path.parent.name)
    if not exercises or lab not in labs:
        close = difflib.get_close_matches(lab, labs, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise LabkitError(
            f"there is no lab called {lab!r} in {course}.{hint} "
            f"The labs are: {', '.join(labs) or 'none'}."
        )
    notebook = course / settings.get("release_directory", "release")
    notebook = notebook / lab / f"{lab}.ipynb"
    cells = _cells(notebook, lab)
    return Given(
        lab=lab,
        course=course,
        source=sources / lab / f"{lab}.py",
        submitted=course / settings.get("submitted_directory", "submitted"),
        exercises=exercises,
        released=[
            {key: cell[key] for key in ("grade_id", "type", "source")} for cell in cells
        ],
        written=[cell["grade_id"] for cell in cells if cell["written"]],
    )


def _cells(notebook: Path, lab: str) -> list[dict[str, Any]]:
    """The cells of a notebook that `labkit build` made, with their place in grading.

    That is nbgrader's: what is both an answer and marked as such is one in words.
    """
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        return [_cell(cell, cell["metadata"].get("nbgrader", {})) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise LabkitError(
            f"{notebook}, which the students got, is missing or no notebook. "
            f"Make it again: labkit build {lab}"
        ) from None


def _cell(cell: dict[str, Any], role: dict[str, Any]) -> dict[str, Any]:
    return {
        "grade_id": role.get("grade_id", ""),
        "type": cell["cell_type"],
        "source": "".join(cell["source"]),
        "written": bool(role.get("solution") and role.get("grade")),
    }
