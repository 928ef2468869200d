"""What a course says about a lab that is to be graded."""

import difflib
from dataclasses import dataclass
from pathlib import Path

import nbformat

from labkit.checks import REGISTRY
from labkit.checks.spec import Exercise
from labkit.course.release import nbgrader_config
from labkit.course.source import read_lab
from labkit.errors import LabkitError


@dataclass(frozen=True)
class Given:
    """A lab as its students got it.

    Attributes:
        lab: its folder name, "04_losses".
        course: the course folder.
        submitted: where nbgrader collects the submissions.
        exercises: in the registry's order.
        released: the cells of the students' notebook: {"grade_id", "type", "source"}.
        written: grade_ids of the answers in words.
    """

    lab: str
    course: Path
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
    labs = sorted(path.parent.name for path in sources.glob("[0-9][0-9]_*/*.py"))
    if not exercises or lab not in labs:
        close = difflib.get_close_matches(lab, labs, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise LabkitError(
            f"there is no lab called {lab!r} in {course}.{hint} "
            f"The labs are: {', '.join(labs) or 'none'}."
        )
    notebook = course / settings.get("release_directory", "release")
    notebook = notebook / lab / f"{lab}.ipynb"
    return Given(
        lab=lab,
        course=course,
        submitted=course / settings.get("submitted_directory", "submitted"),
        exercises=exercises,
        released=_cells(notebook, lab),
        written=[
            cell.name for cell in read_lab(sources / lab, course).having("written")
        ],
    )


def _cells(notebook: Path, lab: str) -> list[dict[str, str]]:
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (OSError, ValueError, nbformat.validator.ValidationError):
        raise LabkitError(
            f"{notebook}, which the students got, is missing or no notebook. "
            f"Make it again: labkit build {lab}"
        ) from None
    return [
        {
            "grade_id": cell.metadata.get("nbgrader", {}).get("grade_id", ""),
            "type": cell.cell_type,
            "source": cell.source,
        }
        for cell in cells
    ]
