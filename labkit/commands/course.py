"""Commands of the course: open it, check answers, build it, look after it."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


def lab(
    context: typer.Context,
    browser: Annotated[
        bool,
        Option(
            "--browser/--no-browser",
            help="Open a browser, or only print the address.",
            show_default=False,
        ),
    ] = True,
) -> None:
    """Open JupyterLab on the first notebook.

    Further arguments go to `jupyter lab`, --port=9000 say.
    """
    from labkit.lab import open_lab

    open_lab(browser, context.args)


def check(
    path: Annotated[Path, Argument(help="A notebook, or a .py file.")],
    exercise: Annotated[
        list[str] | None, Option(help="Only this one; may be repeated.")
    ] = None,
    as_json: Annotated[
        bool, Option("--json", help="A JSON list, for machines.")
    ] = False,
) -> None:
    """Check the exercises solved in a file.

    Exit code 0: all pass; 1: some fail; 2: the file cannot be read.
    """
    from labkit.checks.report import report

    raise typer.Exit(report(path, exercise, as_json))


def build(
    labs: Annotated[
        list[str] | None,
        Argument(metavar="LAB", help="02_critic, say; all if none."),
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Write nothing; exit code 1 if a file is stale.")
    ] = False,
) -> None:
    """Build notebooks and stubs from the sources in solutions/ (for instructors)."""
    from labkit.course.build import build, drift

    found = drift(labs) if check else build(labs)
    for line in found:
        typer.echo(line)
    raise typer.Exit(bool(check and found))


def doctor() -> None:
    """Look whether everything the lab needs is here, and say how to mend it.

    Exit code 1 when something needed is missing.
    """
    from labkit.doctor import report

    raise typer.Exit(not report())
