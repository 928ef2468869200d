"""Training runs for tables: quiet, on one thread, their budgets in CPU-seconds."""

import contextlib
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

import labkit
from labkit import loop
from labkit.config import TrainConfig, configure
from labkit.data import ImageSet

COUNT = 10_000  # generated images to measure


@dataclass(frozen=True)
class Trained:
    """What a run leaves: images it has seen, CPU-seconds it took, images it makes."""

    seen: int
    seconds: float
    fakes: torch.Tensor


def train_each(
    data: ImageSet,
    seeds: Sequence[int],
    preset: str = TrainConfig().preset,
    **settings: Any,
) -> Iterator[Trained]:
    """Train one run per seed; other programs on the machine hardly change the budget.

    Args:
        data: what to train on.
        seeds: one run each.
        preset: as in `labkit train --preset`.
        settings: of `labkit.config.configure`: `seconds=30`, `loss="hinge"`.
    """
    torch.set_num_threads(1)
    loop.time.perf_counter = time.process_time  # budgets count CPU-seconds
    for seed in seeds:
        config = configure(preset, seed=seed, threads=1, **settings)
        trainer = loop.Trainer(config, data)
        with contextlib.redirect_stdout(io.StringIO()):  # keep the table alone
            run = trainer.run()
        seen = trainer.batches_seen * config.batch_size
        yield Trained(seen, trainer.seconds, labkit.sample(run.generator, COUNT))
