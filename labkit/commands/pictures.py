"""Commands that look at a trained generator."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option


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
