"""The teachers' commands. A kit for students has none of them (`labkit kit`)."""

import typer

from labkit.commands import collecting, grades, grading, insight, kits


def add_to(app: typer.Typer) -> None:
    """Register them, each under its function's name."""
    for command in (
        kits.build,
        kits.kit,
        collecting.collect,
        grading.grade,
        grading.lint_lab,
        insight.report,
    ):
        app.command()(command)
    app.add_typer(grades.app, name="grades")
