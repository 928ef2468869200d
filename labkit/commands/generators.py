"""Commands on generators as files: measure one, export one, list those of the zoo."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer import Option

from labkit.commands.files import Source, open_generator, suffix, writing
from labkit.errors import LabkitError

if TYPE_CHECKING:
    from torch import nn


def evaluate(
    run: Source,
    dataset: Annotated[
        str | None,
        Option(help="Compare with its test images; what it was trained on if absent."),
    ] = None,
    count: Annotated[int, Option(help="Pictures to draw, 50 to 10000.")] = 2000,
    seed: Annotated[int, Option(min=0, help="Of z.")] = 0,
    inception: Annotated[
        bool,
        Option(
            "--inception",
            help="Also FID and KID as in papers, if torch-fidelity and its weights are"
            " here.",
        ),
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="A JSON object, for machines.")
    ] = False,
) -> None:
    """Measure a generator against test images, beside sets of known quality.

    Takes 10 to 30 seconds of one core.
    """
    dataset = dataset or _trained_on(run)
    from labkit import metrics

    generator = open_generator(run)
    papers = _inception(generator, dataset, count, seed) if inception else {}
    found = metrics.evaluate(generator, dataset, count, seed)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found) | papers))
        return
    heading, *rows = found.rows()
    table = Table(*heading, title=f"{run}: {count} pictures, test images of {dataset}")
    for row in rows:
        table.add_row(*row)
    for name, value in papers.items():
        table.add_row(name, f"{value:.3f}")
    Console().print(table)


def _inception(
    generator: "nn.Module", dataset: str, count: int, seed: int
) -> dict[str, float]:
    """FID and KID of the papers, at the size that the generator draws."""
    from labkit import data, latent, metrics

    fakes = latent.sample(generator, count, seed)
    real = data.load(dataset, image_size=fakes.shape[-1], split="test").images
    return metrics.inception_distances(fakes, real)


def export(
    run: Source,
    out: Annotated[Path, Option(help="The .onnx file.")] = Path("generator.onnx"),
) -> None:
    """Write a generator as an ONNX file, checked against the network itself.

    Its input is z (batch, latent_dim), its output images (batch, C, H, W) in [-1, 1].
    """
    suffix(out, ".onnx")
    from labkit.onnx_export import save_onnx

    generator = open_generator(run)
    with writing(out):
        error = save_onnx(generator, out)
    typer.echo(f"{out}: differs from torch by {error:.1e} at most")


def zoo() -> None:
    """List the trained generators that come with labkit, and verify their files.

    `zoo:NAME` stands for one wherever a generator is expected. Exit code 1 when a file
    is missing or altered.
    """
    from labkit import zoo

    table = Table("name", "draws", "latent_dim", "size", "FID_c", "trained by")
    for name, entry in zoo.entries().items():
        size = "×".join(map(str, entry["image_shape"]))
        distance = entry["metrics"].get("FID_c", "")
        texts = (entry["draws"], entry["latent_dim"], size, distance, entry["command"])
        table.add_row(name, *map(str, texts))
    Console().print(table)
    states = zoo.verify()
    wrong = {name: state for name, state in states.items() if state != "ok"}
    for name, state in wrong.items():
        typer.echo(f"{zoo.folder() / name} is {state}: git checkout brings it back")
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{len(states)} files, all with the right sha256")


def _trained_on(source: str) -> str:
    """The data set of a run or of one of the zoo."""
    from labkit import zoo

    if source.startswith(zoo.PREFIX):
        name = source.removeprefix(zoo.PREFIX)
        zoo.find(name)
        return zoo.entries()[name]["dataset"]
    path = Path(source)
    folder = path if path.is_dir() else path.parent
    try:
        return json.loads((folder / "config.json").read_text("utf-8"))["dataset"]
    except (OSError, ValueError, KeyError):
        raise LabkitError(
            f"{source} does not say what it was trained on: add --dataset digits, or "
            "another data set."
        ) from None
