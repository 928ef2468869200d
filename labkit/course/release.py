"""The student's notebooks, by nbgrader's own generate_assignment."""

import copy
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from labkit.course.errors import BuildError


def student_notebooks(
    sources: Mapping[str, NotebookNode], config: Config
) -> dict[str, str]:
    """Turn source notebooks into what students get.

    nbgrader works in a temporary course without a grade book (its --no-db): in the
    real one it refuses to change a lab that has submissions, and deletes the released
    folder when it refuses.

    Args:
        sources: lab name -> source notebook.
        config: the course's nbgrader settings.

    Returns:
        Lab name -> the text of its notebook file.

    Raises:
        BuildError: nbgrader refused a notebook; its log is in the message.
    """
    # here and not above: nbgrader takes two seconds to import
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log

    made = {}
    with tempfile.TemporaryDirectory(prefix="labkit-build-") as folder:
        config = config.copy()
        config.CourseDirectory.root = folder
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        course = CourseDirectory(config=config)
        for lab, notebook in sources.items():
            source = Path(course.format_path(course.source_directory, ".", lab))
            source.mkdir(parents=True)
            write_notebook(notebook, source / f"{lab}.ipynb")
            course.assignment_id = lab
            outcome = capture_log(GenerateAssignment(coursedir=course, config=config))
            if not outcome["success"]:
                raise BuildError(f"{lab}: nbgrader refused it\n{outcome['log']}")
            release = Path(course.format_path(course.release_directory, ".", lab))
            made[lab] = (release / f"{lab}.ipynb").read_text(encoding="utf-8")
    return made


def as_released(notebook: NotebookNode, config: Config) -> NotebookNode:
    """Turn one source notebook into the student's, in this process and in no time.

    The same steps of nbgrader as in `student_notebooks`, without its files.
    """
    from nbgrader import preprocessors

    made, resources = copy.deepcopy(notebook), {}
    for step in (
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        preprocessors.ClearOutput,
        preprocessors.ComputeChecksums,
    ):
        made, resources = step(config=config).preprocess(made, resources)
    return made


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as nbformat does, with the same line ends on every system."""
    path.write_text(notebook_text(notebook), encoding="utf-8", newline="\n")


def notebook_text(notebook: NotebookNode) -> str:
    """The text of a notebook's file."""
    return nbformat.writes(notebook) + "\n"
