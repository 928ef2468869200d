"""The `labkit` command: each subcommand calls the module that does the work.

Those modules load torch, which takes seconds: they are imported when a command runs,
never for `--help`.
"""

import itertools
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from labkit.errors import LabkitError

app = typer.Typer(
    help="DCGAN Lab: learn generative adversarial networks by building one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
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


@app.command()
def train(
    context: typer.Context,
    dataset: Annotated[
        str,
        Argument(
            help="digits, fashion (both come with labkit), mnist, fashion-mnist, emnist,"
            " svhn, cifar-10, cifar-100, celeba, or folder:PATH with pictures."
        ),
    ] = "digits",
    preset: Annotated[str, Option(help="fast, classic or dcgan.")] = "fast",
    images: Annotated[
        int | None, Option(help="Stop after this many real images.")
    ] = None,
    seconds: Annotated[
        float | None, Option(help="Stop after this many seconds.")
    ] = None,
    epochs: Annotated[
        int | None, Option(help="Stop after this many times through the data.")
    ] = None,
    image_size: Annotated[
        int | None,
        Option(help="Pixels a side: 28, 32 or 64; the data's own if absent."),
    ] = None,
    batch_size: Annotated[int | None, Option(help="Images a step.")] = None,
    lr: Annotated[float | None, Option(help="Learning rate of both players.")] = None,
    latent_dim: Annotated[int | None, Option(help="Length of z.")] = None,
    base_channels: Annotated[
        int | None, Option(help="Width of the generator; the critic's follows.")
    ] = None,
    smoothing: Annotated[
        float | None, Option(help="Real labels become 1 - this, 0.1 say.")
    ] = None,
    noise: Annotated[
        float | None, Option(help="Instance noise on what the critic sees, fading.")
    ] = None,
    critic_steps: Annotated[
        int | None, Option(help="Critic steps for each generator step.")
    ] = None,
    ema: Annotated[
        float | None, Option(help="Decay of the generator's running average; 0: none.")
    ] = None,
    seed: Annotated[int | None, Option(help="Of weights, batches and z.")] = None,
    device: Annotated[
        str | None, Option(help="cpu, cuda or mps; chosen if absent.")
    ] = None,
    precision: Annotated[
        str | None, Option(help="auto, fp32 or bf16; auto if absent.")
    ] = None,
    out: Annotated[
        Path | None, Option(help="Folder for the run's files; a new one in runs/.")
    ] = None,
    resume: Annotated[
        Path | None, Option(help="Go on with the run in this folder.")
    ] = None,
) -> None:
    """Train a GAN; without arguments on digits, in less than a minute.

    What you leave out, the preset decides. Ctrl-C saves and stops.
    """
    from labkit import training

    given = {name: value for name, value in context.params.items() if value is not None}
    if resume:
        _refuse(given.keys() - {"resume", "dataset", "preset"})
        run = training.resume(resume)
    else:
        run = training.train(**{"out": _new_folder(dataset)} | given)
    typer.echo(f"The run is in {run.folder}")


@app.command()
def generate(
    run: Annotated[
        Path, Argument(help="A run's folder, or a generator.safetensors file.")
    ],
    count: Annotated[int, Option(min=1, help="How many pictures.")] = 64,
    seed: Annotated[int, Option(help="Of z: the same seed, the same pictures.")] = 0,
    out: Annotated[Path, Option(help="The PNG to write.")] = Path("generated.png"),
) -> None:
    """Draw new pictures with a trained generator, as one PNG."""
    from labkit import export, latent, show
    from labkit.runtime import atomic_write

    images = latent.sample(export.load_generator(run), count, seed)
    atomic_write(out, lambda file: show.save_png(images, file, gap=2))
    typer.echo(f"{count} pictures in {out}")


@app.command()
def summary(
    preset: Annotated[str, Option(help="fast, classic or dcgan.")] = "fast",
    image_size: Annotated[int, Option(help="Pixels a side: 28, 32 or 64.")] = 28,
    channels: Annotated[int, Option(help="1 for grey, 3 for colour.")] = 1,
) -> None:
    """Print both networks of a preset, layer by layer."""
    import torchinfo

    from labkit.presets import build

    image_shape = (channels, image_size, image_size)
    critic, generator = build(preset, image_shape)
    for network, size in ((critic, image_shape), (generator, (generator.latent_dim,))):
        drawn = torchinfo.summary(
            network,
            (1, *size),
            col_names=("output_size", "kernel_size", "num_params"),
            col_width=16,
            device="cpu",
            verbose=0,
        )
        typer.echo(drawn)


@app.command()
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


@app.command()
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


@app.command()
def doctor() -> None:
    """Look whether everything the lab needs is here, and say how to mend it.

    Exit code 1 when something needed is missing.
    """
    from labkit.doctor import report

    raise typer.Exit(not report())


def _new_folder(dataset: str) -> Path:
    """The first of runs/digits-1, runs/digits-2, ... that is not there yet."""
    name = re.sub(r"[^\w.-]+", "-", dataset).strip("-")
    folders = (Path("runs", f"{name}-{number}") for number in itertools.count(1))
    return next(folder for folder in folders if not folder.exists())


def _refuse(names: Iterable[str]) -> None:
    """A resumed run keeps its settings, or it would not be the same run."""
    if names:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(names))
        raise LabkitError(
            f"--resume keeps the run's own settings: leave out {options}."
        )
