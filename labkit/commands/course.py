"""Commands of the course: open it, check answers, begin afresh, look after it."""

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
    typer.echo(f"{done[0]} is fresh.")
    for path in done[1:]:
        typer.echo(f"Yours is {path}, beside it.")


def doctor() -> None:
    """Look whether everything the lab needs is here, and say how to mend it.

    Exit code 1 when something needed is missing.
    """
    from labkit.doctor import report

    raise typer.Exit(not report())
