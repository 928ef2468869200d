"""Commands that draw: pictures of a trained generator, and the film of a run."""

import itertools
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from labkit.commands.files import Source, open_generator, suffix, write
from labkit.errors import LabkitError

if TYPE_CHECKING:
    from torch import Tensor, nn

STEP_MS = 80  # of a walk; a film of training is slower


class Way(StrEnum):
    """How to go from one z to the next."""

    slerp = "slerp"
    lerp = "lerp"


def generate(
    run: Source,
    count: Annotated[
        int | None, Option(min=1, help="How many pictures; 64 if absent.")
    ] = None,
    seed: Annotated[
        int | None,
        Option(min=0, help="Of z: the same seed, the same pictures; 0 if absent."),
    ] = None,
    seeds: Annotated[
        str | None,
        Option(help="A picture for each of these instead: 3,17,42 say."),
    ] = None,
    truncation: Annotated[
        float | None,
        Option(help="Largest number allowed in z: more typical, fewer kinds; 1 say."),
    ] = None,
    columns: Annotated[int, Option(min=1, help="Pictures in a row.")] = 8,
    single: Annotated[
        Path | None,
        Option(metavar="DIR", help="Write each picture as a file into this folder."),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="The PNG with all of them; generated.png if absent."),
    ] = None,
) -> None:
    """Draw new pictures with a trained generator: one PNG, or a file each."""
    if seeds is not None and (count is not None or seed is not None):
        raise LabkitError("--seeds names every picture: leave out --count and --seed.")
    if out is None and single is None:
        out = Path("generated.png")
    if out is not None:
        suffix(out, ".png")
    chosen = None if seeds is None else _numbers(seeds.split(","))
    from labkit import image_files, latent

    generator = open_generator(run)
    if chosen is None:
        images = latent.sample(generator, count or 64, seed or 0, truncation)
        names = [f"{number:04d}" for number in range(len(images))]
    else:
        images = latent.images(generator, _stops(generator, chosen, truncation))
        names = [f"seed-{number}" for number in chosen]
    if out is not None:
        write(out, lambda file: image_files.save_png(images, file, columns, gap=2))
        typer.echo(f"{_many(len(images), 'picture')} in {out}")
    if single is not None:
        for name, image in zip(names, images.split(1), strict=True):
            write(
                single / f"{name}.png",
                lambda file, image=image: image_files.save_png(image, file),
            )
        typer.echo(f"{_many(len(images), 'file')} in {single}")


def interpolate(
    run: Source,
    seeds: Annotated[
        list[str],
        Argument(metavar="SEED", help="Two or more: the stops of the way."),
    ],
    path: Annotated[
        Way, Option(help="Along an arc (slerp) or a straight line (lerp).")
    ] = Way.slerp,
    steps: Annotated[
        int, Option(min=2, help="Pictures from one stop to the next.")
    ] = 16,
    loop: Annotated[
        bool, Option("--loop", help="Go back from the last stop to the first.")
    ] = False,
    out: Annotated[
        Path, Option(help="A strip (.png) or a film (.gif or .webp).")
    ] = Path("interpolation.png"),
) -> None:
    """Draw the way between two or more z, each given by its seed."""
    kind = suffix(out, ".png", ".gif", ".webp")
    chosen = _numbers(seeds)
    if len(chosen) < 2:
        raise LabkitError("a way has two ends: give two seeds or more, 3 17 say.")
    from labkit import image_files, latent

    generator = open_generator(run)
    stops = _stops(generator, chosen)
    way = {Way.slerp: latent.slerp, Way.lerp: latent.lerp}[path]
    if loop:
        legs = latent.walk(generator, stops, steps, way).split(steps)
    else:
        legs = [
            latent.interpolate(generator, here, there, steps, way)
            for here, there in itertools.pairwise(stops)
        ]
    if kind == ".png":
        pictures = [image for leg in legs for image in leg]
        write(out, lambda file: image_files.save_strip(legs, file))
    else:  # a stop between two legs is seen once
        skipped = 0 if loop else 1
        pictures = [*legs[0], *(image for leg in legs[1:] for image in leg[skipped:])]
        frames = [image[None] for image in pictures]
        write(out, lambda file: image_files.save_film(frames, file, STEP_MS, STEP_MS))
    typer.echo(f"{_many(len(pictures), 'picture')} in {out}")


def film(
    run: Annotated[Path, Argument(metavar="RUN", help="A run's folder.")],
    out: Annotated[
        Path, Option(help="A film (.gif or .webp), or some of its frames (.png).")
    ] = Path("film.gif"),
) -> None:
    """Show how the pictures of the same z changed while a run was trained."""
    kind = suffix(out, ".gif", ".webp", ".png")
    from labkit import image_files, runs

    frames = runs.read_film(run)
    if kind == ".png":
        rows = [frame[:8] for frame in _some(frames, 12)]
        write(out, lambda file: image_files.save_strip(rows, file))
        typer.echo(
            f"{_many(len(rows), 'frame')} of {len(frames)}, a row each, in {out}"
        )
    else:
        write(out, lambda file: image_files.save_film(frames, file))
        typer.echo(f"{_many(len(frames), 'frame')} in {out}")


def _numbers(texts: list[str]) -> list[int]:
    """Seeds from text."""
    for text in texts:
        if not text.strip().isdecimal() or int(text) >= 2**63:
            raise LabkitError(
                f"seeds are whole numbers from 0 up, 3 17 42 say; got {text!r}."
            )
    return [int(text) for text in texts]


def _stops(
    generator: "nn.Module", seeds: list[int], truncation: float | None = None
) -> "Tensor":
    """The first z of each seed, (N, latent_dim)."""
    import torch

    from labkit import latent

    size = generator.latent_dim
    return torch.cat([latent.draw(size, 1, seed, truncation) for seed in seeds])


def _some(frames: "list[Tensor]", count: int) -> "list[Tensor]":
    """At most so many of them, evenly spread, the first and the last included."""
    last = len(frames) - 1
    if last < count:
        return frames
    return [frames[round(k * last / (count - 1))] for k in range(count)]


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
