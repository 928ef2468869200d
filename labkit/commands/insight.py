"""Commands for those who teach: what a graded class tells about the next hour."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


def report(
    lab: Annotated[str, Argument(help="The lab's folder name, 04_losses say.")],
    out: Annotated[
        Path | None,
        Option(
            help="Holds the records and the grade book; the course folder if absent."
        ),
    ] = None,
) -> None:
    """Write one page about a graded class: points, mistakes, questions (for instructors)."""
    from labkit.course.folder import course_folder
    from labkit.grading import given as lab_given
    from labkit.grading.books.errors import GradebookError
    from labkit.grading.insight.page import write
    from labkit.grading.insight.roster import marks_and_roster
    from labkit.grading.records import RecordsError

    course = course_folder()
    given = lab_given.read(lab, course)
    out = Path(out or course).resolve()
    try:
        path = write(out, given, *marks_and_roster(out, lab))
    except (RecordsError, GradebookError) as error:
        typer.echo(f"labkit: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{path}")
