"""Commands for those who collect: from a platform's download to submitted/."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


def collect(
    files: Annotated[
        list[Path],
        Argument(
            metavar="FILES...",
            help="What Moodle or Canvas gave you: zips, or the folders they hold. Also"
            " folders and notebooks named after students.",
        ),
    ],
    lab: Annotated[
        str | None,
        Option(help="The lab's folder name; needed where the files do not name it."),
    ] = None,
    roster: Annotated[
        Path | None,
        Option(
            help="Who the students are: Moodle's grading worksheet, a grade book of"
            " Moodle or Canvas, or a CSV with id, name, email."
        ),
    ] = None,
) -> None:
    """Collect a Moodle or Canvas download of a lab (for instructors).

    Each notebook goes to submitted/STUDENT/LAB/. What it replaces is kept in earlier/
    beside it. Exit code 0: all taken; 1: some files were not, and why is told; 2: wrong
    use.
    """
    from rich.console import Console

    from labkit.grading.collecting.collect import collect as run
    from labkit.grading.collecting.report import report

    done = run(files, lab, roster)
    Console().print(report(done))
    raise typer.Exit(bool(done.problems or not done.taken))
