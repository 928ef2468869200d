"""Commands that train a pair of networks, or show one."""

import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from labkit.errors import LabkitError


def train(
    context: typer.Context,
    dataset: Annotated[
        str | None,
        Argument(
            help="digits (if absent), fashion, coloured-digits, stacked-digits (these"
            " come with labkit), mnist, fashion-mnist, emnist, svhn, cifar-10,"
            " cifar-100, celeba, or folder:PATH with pictures."
        ),
    ] = None,
    dataset_option: Annotated[
        str | None, Option("--dataset", help="The same, as an option.")
    ] = None,
    preset: Annotated[
        str | None, Option(help="fast (if absent), classic or dcgan.")
    ] = None,
    loss: Annotated[
        str | None,
        Option(
            help="vanilla (if absent), minimax, least-squares, hinge, wgan-clip, wgan-gp"
            " or relativistic (with R1 and R2)."
        ),
    ] = None,
    spectral_norm: Annotated[
        bool | None,
        Option("--spectral-norm", help="Bound the critic's slope layer by layer."),
    ] = None,
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
    betas: Annotated[
        tuple[float, float] | None, Option(help="Adam's two decay rates: 0.5 0.999.")
    ] = None,
    latent_dim: Annotated[int | None, Option(help="Length of z.")] = None,
    base_channels: Annotated[
        int | None, Option(help="Width of the generator; the critic's follows.")
    ] = None,
    smoothing: Annotated[
        float | None, Option(help="Real labels become 1 - this, 0.1 say.")
    ] = None,
    flipping: Annotated[
        float | None,
        Option(help="Share of labels that are wrong on purpose, 0.05 say."),
    ] = None,
    weight_decay: Annotated[
        float | None, Option(help="Of the critic's weights, 0.0001 say.")
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
    tensorboard: Annotated[
        bool | None,
        Option(
            "--tensorboard", help="Write the run for TensorBoard too, into its folder."
        ),
    ] = None,
) -> None:
    """Train a GAN; without arguments on digits, in less than a minute.

    What you leave out, the preset decides. Ctrl-C saves and stops.
    """
    from labkit import training

    given = {name: value for name, value in context.params.items() if value is not None}
    also = given.pop("dataset_option", None)
    if also and given.setdefault("dataset", also) != also:
        raise LabkitError(
            f"two data sets are named, {dataset} and --dataset {also}: choose one."
        )
    if resume:
        _refuse(given.keys() - {"resume", "tensorboard"})
        run = training.resume(resume, tensorboard=bool(tensorboard))
    else:
        folder = _new_folder(given.get("dataset", "digits"))
        run = training.train(**{"out": folder} | given)
    typer.echo(f"The run is in {run.folder}")


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
