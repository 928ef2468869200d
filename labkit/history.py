"""What happened in a run, number by number, and the alarm when it goes wrong."""

import torch
from torch import Tensor

from labkit.errors import LabkitError

PER_STEP = ("critic_loss", "generator_loss", "d_real", "d_fake", "d_fake_after")
PER_EPOCH = ("epoch_step", "seconds", "images_per_second")
FLUSH_EVERY = 50
EXPLODED = 1e3
GUESSING = (0.693, 0.693, 0.5, 0.5, 0.5)  # a step's numbers, of a critic that guesses


class TrainingDiverged(LabkitError):
    """A loss became NaN or exploded; the text says where and what to try."""


class History(dict):
    """Lists of numbers by name, filled without waiting for the device at every step.

    Keys with one value a step: critic_loss, generator_loss, d_real (mean D(x)), d_fake
    and d_fake_after (mean D(G(z)) before and after the critic's step). Keys with one
    value an epoch: epoch_step, seconds, images_per_second.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__({name: [] for name in PER_STEP + PER_EPOCH})
        self._waiting = torch.zeros(FLUSH_EVERY, len(PER_STEP), device=device)
        self._count = 0

    def add(self, row: Tensor) -> None:
        """Keep one step's numbers, a tensor in the order of PER_STEP."""
        self._waiting[self._count] = row
        self._count += 1
        if self._count == FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Bring the waiting numbers into the lists.

        Raises:
            TrainingDiverged: a loss among them is not finite or is enormous.
        """
        rows = self._waiting[: self._count].tolist()
        self._count = 0
        for row in rows:
            for name, value in zip(PER_STEP, row, strict=True):
                self[name].append(value)
            for name, value in zip(PER_STEP[:2], row, strict=False):
                if not abs(value) < EXPLODED:  # also catches NaN
                    raise TrainingDiverged(_diagnosis(self, name))

    def end_epoch(self, step: int, seconds: float, images: int) -> None:
        """Note the end of an epoch in which `images` were shown."""
        spent = seconds - (self["seconds"][-1] if self["seconds"] else 0.0)
        self["images_per_second"].append(images / spent if spent > 0 else 0.0)
        self["epoch_step"].append(step)
        self["seconds"].append(seconds)

    def latest(self) -> tuple[float, ...]:
        """The numbers of the latest step in the lists, in the order of PER_STEP."""
        known = len(self["critic_loss"]) > 0
        return tuple(self[name][-1] for name in PER_STEP) if known else GUESSING

    def mean(self, name: str, last: int) -> float:
        """Mean of the latest `last` values of a per-step list; NaN if there are none."""
        values = self[name][-last:]
        return sum(values) / len(values) if values else float("nan")


def _diagnosis(history: History, loss: str) -> str:
    step = len(history["critic_loss"])
    value = history[loss][-1]
    d_real, d_fake = history["d_real"][-1], history["d_fake"][-1]
    if d_real > 0.99 and d_fake < 0.01:
        cause = "the critic has won: it is sure of every image, so its scores run away"
        remedy = "a lower learning rate, or smoothing=0.1, or instance noise=0.1"
    elif value != value:
        cause = "an update threw the weights out of range"
        remedy = "a learning rate ten times lower, or precision='fp32'"
    else:
        cause = "the loss grows without bound"
        remedy = "a learning rate ten times lower; does the critic end in raw logits?"
    return (
        f"training diverged at step {step}: {loss} = {value:.4g} "
        f"(D(x) {d_real:.3f}, D(G(z)) {d_fake:.3f}).\n"
        f"Likely cause: {cause}.\nTry {remedy}."
    )
