"""Commands for those who mark: grade what was handed in."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


def grade(
    lab: Annotated[str, Argument(help="The lab's folder name, 04_losses say.")],
    submitted: Annotated[
        Path | None,
        Option(help="Holds STUDENT/LAB/*.ipynb; the course's submitted/ if absent."),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="For records, grade book, feedback; the course folder if absent."),
    ] = None,
    student: Annotated[
        str | None, Option(help="Only this one: the folder's name.")
    ] = None,
    jobs: Annotated[
        int | None,
        Option(
            help="Submissions at a time; one a processor if absent. Slurm: its jobs."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        Option(
            metavar="local|slurm|tcp://HOST:PORT",
            help="Grade with Dask's workers: here, in Slurm jobs, or those of a scheduler"
            " that runs. All see the same files.",
        ),
    ] = None,
    seed: Annotated[
        int | None, Option(help="Of the hidden inputs; drawn afresh if absent.")
    ] = None,
    cell_seconds: Annotated[
        float | None, Option(help="Limit of one cell; the lab's own if absent.")
    ] = None,
    force: Annotated[
        bool, Option("--force", help="Grade again what has not changed, too.")
    ] = False,
    diff: Annotated[
        bool, Option("--diff", help="Write nothing; show whose marks would change.")
    ] = False,
    trust_submissions: Annotated[
        bool,
        Option(
            "--trust-submissions",
            help="Run submissions without a sandbox: they may read and change all that"
            " you may. Every grade says so.",
        ),
    ] = False,
) -> None:
    """Grade the submissions of a lab, in a sandbox (for instructors).

    What is graded already and has not changed is kept. Exit code 0: each has a grade or
    a flag that says why not; 1: some could not be graded; 2: wrong use.
    """
    from rich.console import Console

    from labkit.grading import engine
    from labkit.grading.books.errors import GradebookError
    from labkit.grading.records import RecordsError

    console = Console()
    try:
        report = engine.grade(
            lab,
            submitted=submitted,
            out=out,
            student=student,
            jobs=jobs,
            seed=seed,
            cell_seconds=cell_seconds,
            force=force,
            trust=trust_submissions,
            diff=diff,
            console=console,
            scheduler=scheduler,
        )
    except KeyboardInterrupt:
        typer.echo(
            "labkit: stopped. What has been graded is kept; the same command goes on.",
            err=True,
        )
        raise typer.Exit(130) from None
    except (RecordsError, GradebookError) as error:
        typer.echo(f"labkit: {error}", err=True)
        raise typer.Exit(1) from None
    console.print(report)
    for name, fault in report.faults.items():
        typer.echo(f"labkit: {name!r} could not be graded: {fault}", err=True)
    raise typer.Exit(bool(report.faults))


def lint_lab(
    lab: Annotated[str, Argument(help="The lab's folder name, 04_losses say.")],
) -> None:
    """Look whether a lab's grading is fit for release (for instructors).

    Grades the reference 20 times, the untouched notebook, and mutants of the reference.
    Exit code 0: fit; 1: something is wrong; 2: wrong use.
    """
    from rich.console import Console

    from labkit.grading.lint.gate import lint

    console = Console()
    report = lint(lab, console=console)
    console.print(report)
    raise typer.Exit(not report.fit)
