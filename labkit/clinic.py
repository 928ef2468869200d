"""The bug clinic: recorded runs that went wrong, known by their curves and films.

    run = clinic.load("A")                  # one of the six patients, or "healthy"
    run = clinic.record("labels swapped")   # the same kind of run, made afresh

`python -m labkit.clinic FOLDER` records all seven again, three minutes on one core.
The same torch on the same processor gives the same files; others round differently,
and then a run keeps its illness but not every number.
"""

import contextlib
import hashlib
import io
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from labkit import presets
from labkit.bugs import BUGS, Setup
from labkit.config import configure
from labkit.data import data_folder
from labkit.data import load as load_data
from labkit.errors import BadValue, LabkitError
from labkit.history import PER_STEP
from labkit.loop import Trainer
from labkit.runtime import atomic_write, isolated

HEALTHY = "healthy"
NAMES = tuple(BUGS)
FRAME_STEPS = (0, 20, 60, 150, 300)
STEPS, SEED = FRAME_STEPS[-1], 1
PICTURES = 36  # of the fixed z in a frame
WIDTH = 32  # of the generator: half of the fast preset, for speed

# Which letter has which bug, as salted hashes: whoever searches the files for an answer
# finds none, and no file name or size gives one away. It is no lock: a loop over NAMES
# opens it, as `diagnosis` does. Marks for that loop are a matter between the student
# and the written answers.
SEALS = {
    "A": "cd305a28ffd882d1cca39b8b36f2dc80",
    "B": "4fb2102ba092438970d8d8cd61de45a1",
    "C": "8539ac51f235c94c0817ad6055dccbbf",
    "D": "072a5eb3c1e4cb3a3699253875ea6f83",
    "E": "43f2ba30f46779d70facd837512834ce",
    "F": "d452b57d5d0dc50310907be73229b389",
}


@dataclass(frozen=True)
class Record:
    """What is kept of a run.

    Attributes:
        history: critic_loss, generator_loss, d_real, d_fake, d_fake_after: one number
            a step, as in `labkit.history.History`.
        film: the fixed z at `frame_steps`, each uint8 (36, 1, 28, 28).
        frame_steps: the steps at which the frames were drawn.
    """

    history: Mapping[str, list[float]]
    film: list[Tensor]
    frame_steps: list[int]


def load(name: str) -> Record:
    """Read a run that comes with labkit.

    Args:
        name: a letter from "A" to "F", or "healthy".

    Raises:
        BadValue: there is no such run.
        LabkitError: its file is missing or damaged.
    """
    file = {HEALTHY.upper(): HEALTHY} | {letter: letter for letter in SEALS}
    if str(name).strip().upper() not in file:
        letters = ", ".join(SEALS)
        raise BadValue(f"the clinic has the runs {letters} and {HEALTHY}; got {name!r}")
    path = data_folder() / "clinic" / f"{file[str(name).strip().upper()]}.npz"
    try:
        with np.load(path, allow_pickle=False) as found:
            history = {key: found[key].tolist() for key in PER_STEP}
            film = list(torch.from_numpy(found["film"]))
            return Record(history, film, found["frame_steps"].tolist())
    except (OSError, ValueError, KeyError) as error:
        raise LabkitError(
            f"{path} is missing or damaged ({error}). Restore it with git checkout,"
            f" or make it again: python -m labkit.clinic {path.parent}"
        ) from error


def record(name: str, steps: int = STEPS, seed: int = SEED) -> Record:
    """Train a small GAN on the digits with one bug in it, and keep what can be seen.

    Args:
        name: one of `NAMES`; "nothing is wrong" trains the healthy run.
        steps: how long; all 300 take about 20 seconds of one core.
        seed: of weights, batches and z.
    """
    if name not in BUGS:
        raise BadValue(f"the clinic knows {', '.join(NAMES)}; got {name!r}")
    data = load_data("digits")
    with isolated(seed):
        pair = presets.build("fast", data.image_shape, base_channels=WIDTH)
        setup = Setup(data, *pair)
        BUGS[name](setup)
    plain = {"ema": 0.0, "decay": False, "precision": "fp32", "device": "cpu"}
    size = {"batch_size": 64, "images": 64 * steps, "seed": seed, "threads": 1}
    config = configure("fast", **plain | size | setup.settings)
    pair_of_steps = setup.critic_step, setup.generator_step
    trainer = Trainer(config, setup.data, setup.critic, setup.generator, pair_of_steps)
    stops = sorted({min(step, steps) for step in FRAME_STEPS} | {steps})
    film = []
    for stop in stops:
        with contextlib.redirect_stdout(io.StringIO()):  # its lines are for long runs
            run = trainer.run(steps=stop - trainer.step)
        film.append(run.samples[:PICTURES].clone())
    return Record({key: run.history[key] for key in PER_STEP}, film, stops)


def key(name: object) -> str:
    """Reduce a name to its letters and digits: "Labels-Swapped " is "labelsswapped"."""
    return re.sub(r"[^a-z0-9]", "", str(name).casefold())


def is_right(letter: str, name: object) -> bool:
    """Tell whether a run has the bug of that name."""
    return SEALS[letter] == _seal(letter, name)


def diagnosis() -> dict[str, str]:
    """Labkit's own answer: the name of the bug of each run."""
    return {
        letter: next(name for name in NAMES if is_right(letter, name))
        for letter in SEALS
    }


def _seal(letter: str, name: object) -> str:
    return hashlib.sha256(f"clinic/{letter}/{key(name)}".encode()).hexdigest()[:32]


def write(run: Record, path: Path) -> None:
    """Write a record as .npz, the same bytes for the same record."""
    arrays = {key: np.array(run.history[key], np.float32) for key in PER_STEP}
    arrays["film"] = torch.stack(run.film).numpy()
    arrays["frame_steps"] = np.array(run.frame_steps)
    atomic_write(path, lambda file: np.savez(file, **arrays))


def main(folder: Path, steps: int = STEPS) -> None:
    """Record the six patients and the healthy run into a folder."""
    for letter, name in {HEALTHY: NAMES[0], **diagnosis()}.items():
        write(record(name, steps), folder / f"{letter}.npz")
        print(f"{letter}: recorded")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m labkit.clinic FOLDER")
    main(Path(sys.argv[1]))
