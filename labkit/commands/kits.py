"""Commands that make what students get: `labkit build` and `labkit kit`."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


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


def kit(
    lab: Annotated[str, Argument(help="The last lab in it, 04_losses say.")],
    out: Annotated[
        Path | None,
        Option(help="Folder for the zip; build/kits if none.", show_default=False),
    ] = None,
) -> None:
    """Make a zip for students: the labs up to one, without the answers to come.

    What it leaves out is looked for in it before it is written: a kit with a leak is
    refused. The first time the labs are run to record their lectures, a minute each.
    """
    from labkit.course.kit import make_kit

    typer.echo(make_kit(lab, out, say=typer.echo))
