"""Adds trained generators to the zoo, data/zoo.

    python benchmarks/zoo.py add RUN_FOLDER NAME "what it draws"
    python benchmarks/zoo.py remove NAME

`add` copies the weights of a finished run, exports them to ONNX, measures them, and
writes all of it, with the command that trains the same run and the sha256 of both
files, into data/zoo/zoo.json. An entry of that name is replaced. The folder stays
below 25 MB, or nothing is added.
"""

import argparse
import hashlib
import json
import shutil
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from torch.nn import Module

from labkit import zoo
from labkit.config import TrainConfig, configure
from labkit.errors import LabkitError
from labkit.export import load_generator
from labkit.metrics import evaluate
from labkit.onnx_export import save_onnx
from labkit.runtime import atomic_write

LARGEST = 25e6  # bytes of the whole folder
COUNT = 10_000  # images for each metric
OUR_PART = "MIT"
LICENCES = {"fashion": "Fashion-MNIST, MIT"}  # what the others are made of:
MNIST = "MNIST, CC BY-SA 3.0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    jobs = parser.add_subparsers(required=True)
    adding = jobs.add_parser("add")
    adding.add_argument("run", type=Path)
    adding.add_argument("name")
    adding.add_argument("draws")
    adding.set_defaults(job=lambda args: add(args.run, args.name, args.draws))
    removing = jobs.add_parser("remove")
    removing.add_argument("name")
    removing.set_defaults(job=lambda args: remove(args.name))
    args = parser.parse_args()
    try:
        args.job(args)
    except LabkitError as error:
        sys.exit(f"zoo: {error}")


def add(run: Path, name: str, draws: str) -> None:
    """Put the generator of a finished run into the zoo."""
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    generator = load_generator(run)
    weights, onnx = (
        zoo.folder() / f"{name}.{kind}" for kind in ("safetensors", "onnx")
    )
    source = run / "generator.safetensors"
    atomic_write(weights, lambda file: shutil.copyfile(source, file))
    error = save_onnx(generator, onnx)
    entry = {
        "draws": draws,
        "dataset": config["dataset"],
        "latent_dim": generator.latent_dim,
        "image_shape": list(generator.image_shape),
        "command": command(config),
        "seed": config["seed"],
        "metrics": measure(generator, config["dataset"]),
        "licence": f"{OUR_PART}; trained on {LICENCES.get(config['dataset'], MNIST)}",
        "sha256": {path.name: digest(path) for path in (weights, onnx)},
    }
    print(json.dumps(entry, indent=1, ensure_ascii=False))
    print(f"ONNX differs from torch by {error:.1e} at most")
    size = sum(path.stat().st_size for path in zoo.folder().iterdir())
    if size > LARGEST:
        remove(name)
        raise LabkitError(
            f"the zoo would have {size / 1e6:.1f} MB; {name} is out again."
        )
    write(zoo.entries() | {name: entry})
    print(f"{name} is in the zoo, which has {size / 1e6:.1f} MB now")


def remove(name: str) -> None:
    """Take a generator out of the zoo, its files too."""
    for path in zoo.folder().glob(f"{name}.*"):
        path.unlink()
    write({other: entry for other, entry in zoo.entries().items() if other != name})


def command(config: dict[str, Any]) -> str:
    """The command line that trains this run: what differs from the preset's recipe."""
    usual = configure(config["preset"])
    words = ["labkit", "train", config["dataset"]]
    if config["preset"] != TrainConfig().preset:
        words += ["--preset", config["preset"]]
    for name in (field.name for field in fields(TrainConfig)):
        value, before = config.get(name), getattr(usual, name)
        value = tuple(value) if isinstance(value, list) else value
        hidden = name in ("dataset", "preset", "threads", "device")
        if (
            hidden
            or value is None
            or value == before
            and name not in ("seed", "images")
        ):
            continue
        words += [f"--{name.replace('_', '-')}"]
        if value is not True:
            words += map(str, value if isinstance(value, tuple) else (value,))
    return " ".join(words)


def measure(generator: Module, dataset: str) -> dict[str, float]:
    """What `labkit evaluate --count 10000` says."""
    values = evaluate(generator, dataset, COUNT).values
    return {name: float(f"{value:.3g}") for name, value in values.items()}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(entries: dict[str, dict[str, Any]]) -> None:
    text = json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
    path = zoo.folder() / zoo.LIST
    atomic_write(path, lambda file: file.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    main()
