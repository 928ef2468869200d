"""Commands of kits: make one for students, and begin a lab afresh in it."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


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


def reset(
    lab: Annotated[str, Argument(help="04_losses, say.")],
) -> None:
    """Get a fresh notebook of a lab, and keep yours beside it.

    04_losses.ipynb becomes 04_losses-mine.ipynb, or -mine-2 if there is one already.
    """
    from labkit.reset import reset

    done = reset(lab)
    if not done:
        typer.echo(f"The notebook of {lab} is fresh already: nothing to do.")
        return
    typer.echo(f"{done[0].name} is fresh.")
    for path in done[1:]:
        typer.echo(f"Yours is {path.name}, beside it.")
