"""The `labkit` command: each subcommand calls the module that does the work.

Those modules load torch, which takes seconds: they are imported when a command runs,
never for `--help`.
"""

import sys
from importlib.util import find_spec

import typer

from labkit.commands import course, generators, pictures, training
from labkit.errors import LabkitError

app = typer.Typer(
    help="DCGAN Lab: learn generative adversarial networks by building one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)(course.lab)
for command in (
    training.train,
    pictures.generate,
    pictures.interpolate,
    pictures.film,
    generators.evaluate,
    generators.export,
    generators.zoo,
    training.summary,
    course.check,
    course.reset,
    course.doctor,
):
    app.command()(command)
if find_spec("labkit.commands.teachers"):  # not in a kit for students
    from labkit.commands import teachers

    teachers.add_to(app)


def main() -> None:
    """Run the command line; what the user can mend is one message, exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know ✓ or ✗: print a ? there rather than stop.
        stream.reconfigure(errors="replace")
    try:
        app(prog_name="labkit")
    except LabkitError as error:
        print(f"labkit: {error}", file=sys.stderr)
        sys.exit(2)
    except NotImplementedError as error:
        if not (said := _left_out(error)):
            raise
        print(f"labkit: {said}", file=sys.stderr)
        sys.exit(2)


def _left_out(error: NotImplementedError) -> str | None:
    """In a kit: say whose answer a stub stands for; None for any other error."""
    from labkit.recorded import left_out, needed

    name = left_out(error)
    return name and (
        f"{needed(name)}\nWhat you chose (--loss, --preset) asks for it: leave that out, "
        "and labkit takes what this kit has."
    )
