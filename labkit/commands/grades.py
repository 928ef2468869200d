"""`labkit grades …`: commands for those who hand grades out."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

app = typer.Typer(
    help="Hand grades on to Canvas, Moodle, a spreadsheet (for instructors).",
    no_args_is_help=True,
)


@app.callback()
def grades() -> None:
    """Hand grades on to Canvas, Moodle, a spreadsheet (for instructors)."""


@app.command()
def export(
    format: Annotated[str, Option(metavar="NAME", help="canvas, moodle, csv or json.")],
    roster: Annotated[
        Path | None,
        Option(help="The file that the platform exports; it comes back with grades."),
    ] = None,
    labs: Annotated[
        list[str] | None,
        Option(help="A lab's folder name, again for more; all graded if absent."),
    ] = None,
    column: Annotated[
        list[str] | None,
        Option(
            metavar="LAB=TITLE",
            help="The column of a lab, where its title does not name the lab.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="The file; one in the course folder if absent, and it is told."),
    ] = None,
) -> None:
    """Write the grades into a file that Canvas, Moodle or a spreadsheet reads.

    Marks by hand and the late penalty are in. Exit code 0: all grades are complete and
    in their places; 1: the file is written, and something is missing; 2: wrong use.
    """
    from rich.console import Console

    from labkit.errors import BadValue
    from labkit.grading.books.errors import GradebookError
    from labkit.grading.exports import export as exporting
    from labkit.grading.exports.report import report
    from labkit.grading.records import RecordsError

    if format not in list(exporting.Format):
        known = ", ".join(exporting.Format)
        raise BadValue(f"--format is one of {known}, not {format!r}.")
    names = [name for text in labs or () for name in text.split(",")]
    try:
        done = exporting.export(
            exporting.Format(format), roster, names or None, column, out
        )
    except (RecordsError, GradebookError) as error:
        typer.echo(f"labkit: {error}", err=True)
        raise typer.Exit(1) from None
    Console().print(report(done), soft_wrap=True)
    raise typer.Exit(not done.complete)
