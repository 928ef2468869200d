"""Saving a training run so that it goes on bit for bit where it stood."""

import dataclasses
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from labkit import runtime
from labkit.errors import LabkitError
from labkit.history import PER_EPOCH, PER_STEP

if TYPE_CHECKING:
    from labkit.loop import Trainer

NAME = "checkpoint.pt"
FORMAT = "labkit-checkpoint-1"


def _parts(trainer: "Trainer") -> dict[str, Any]:
    return {
        "critic": trainer.critic.network,
        "generator": trainer.generator.network,
        "average": trainer.average.network,
        "opt_critic": trainer.opt_critic,
        "opt_generator": trainer.opt_generator,
    }


def save(trainer: "Trainer", path: Path) -> None:
    """Write everything that decides how the run goes on, in one atomic step."""
    history = trainer.history
    state = {
        "format": FORMAT,
        "config": dataclasses.asdict(trainer.config),
        "pace": dataclasses.asdict(trainer.pace),
        "step": trainer.step,
        "batches": trainer.batches_seen,
        "seconds": trainer.seconds,
        "averaged": trainer.average.updates,
        "frames": len(trainer.state.film),
        "random": runtime.random_state(),
        "history": {
            name: torch.tensor(history[name], dtype=torch.float64)
            for name in PER_STEP + PER_EPOCH
        },
        **{name: part.state_dict() for name, part in _parts(trainer).items()},
    }
    runtime.atomic_write(path, lambda file: torch.save(state, file))


def load(trainer: "Trainer", path: Path) -> None:
    """Put a trainer, built with the same settings, where the saved one stood.

    Raises:
        LabkitError: there is no checkpoint, it is damaged, or it is of other networks.
    """
    state = read(path)
    try:
        for name, part in _parts(trainer).items():
            part.load_state_dict(state[name])
    except (RuntimeError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise LabkitError(
            f"{path} is a checkpoint of other networks than these: {reason}\n"
            "Resume with the settings (and the networks) the run was started with."
        ) from error
    trainer.step, trainer.seconds = state["step"], state["seconds"]
    trainer.change(**state.get("pace", {}))  # older checkpoints have neither
    trainer.batches_seen = state.get(
        "batches", state["step"] * trainer.pace.critic_steps
    )
    trainer.average.updates = state["averaged"]
    trainer.random = state["random"]
    for name, values in state["history"].items():
        trainer.history[name] = [
            int(value) if name == "epoch_step" else value for value in values.tolist()
        ]
    trainer.state.read_frames(state["frames"], trainer.data.image_shape)


def read(path: Path) -> dict[str, Any]:
    """Read a checkpoint's data; nothing in it is executed."""
    if not path.is_file():
        raise LabkitError(
            f"there is no checkpoint at {path}. A run's folder has one as soon as "
            "training has begun."
        )
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise LabkitError(f"{path} is damaged or cut short: {error}") from error
    except Exception as error:  # weights_only refuses foreign objects by pickle errors
        raise LabkitError(f"{path} is not a labkit checkpoint: {error}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise LabkitError(f"{path} is not a labkit checkpoint ({FORMAT}).")
    return state
