"""The settings of a training run, checked before anything starts."""

import dataclasses
import math
from dataclasses import dataclass

from labkit.errors import LabkitError
from labkit.objectives import OBJECTIVES
from labkit.presets import PRESETS


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a run goes; written into its folder.

    Attributes:
        dataset: a name `labkit.data.load` knows.
        image_size: pixels a side; None keeps the data set's own.
        preset: "fast", "classic" or "dcgan".
        latent_dim, base_channels: the generator's; None means the preset's.
        images: how many real images to show; this or `seconds` ends the run.
        seconds: how long to train, in wall-clock seconds, instead of `images`.
        batch_size: images a step, at least 2.
        lr: Adam's learning rate. betas: its two decay rates.
        loss: what the players play for, a name in `labkit.objectives`.
        spectral_norm: divide the critic's weights by their largest singular value.
        smoothing: real labels become 1 - smoothing, in [0, 0.5).
        flipping: the share of images whose label is wrong on purpose, in [0, 0.5).
        weight_decay: of the critic's weights, apart from Adam (AdamW).
        noise: standard deviation of instance noise on the critic's input; it fades
            to 0 over the run.
        critic_steps: critic steps for each generator step.
        ema: decay of the running average of the generator's weights; 0 for none.
        decay: keep the learning rate for half of the run, then let it fall to 0.
        seed: of weights, batches and z.
        device: "cpu", "cuda", …; None chooses.
        precision: "auto", "fp32" or "bf16".
        threads: CPU threads; None leaves torch's setting.
    """

    dataset: str = "digits"
    image_size: int | None = None
    preset: str = "fast"
    latent_dim: int | None = None
    base_channels: int | None = None
    images: int | None = 45_000
    seconds: float | None = None
    batch_size: int = 64
    lr: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    loss: str = "vanilla"
    spectral_norm: bool = False
    smoothing: float = 0.0
    flipping: float = 0.0
    weight_decay: float = 0.0
    noise: float = 0.0
    critic_steps: int = 1
    ema: float = 0.0
    decay: bool = False
    seed: int = 0
    device: str | None = None
    precision: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        """Refuse values that make no sense, with the reason."""
        rules = [
            (self.preset in PRESETS, "preset", f"one of {', '.join(PRESETS)}"),
            (
                (self.images is None) != (self.seconds is None),
                "images",
                "given, or seconds is, and not both",
            ),
            (self.seconds is None or self.seconds > 0, "seconds", "above 0"),
            (self.batch_size >= 2, "batch_size", "2 or more: BatchNorm needs company"),
            (0 < self.lr < 1, "lr", "between 0 and 1, 0.0002 say"),
            (
                len(self.betas) == 2 and all(0 <= beta < 1 for beta in self.betas),
                "betas",
                "two numbers in [0, 1), 0.5 and 0.999 say",
            ),
            (self.loss in OBJECTIVES, "loss", f"one of {', '.join(OBJECTIVES)}"),
            (0 <= self.smoothing < 0.5, "smoothing", "in [0, 0.5): from 0.5 on, real "
             "images would be called fake"),
            (0 <= self.flipping < 0.5, "flipping", "in [0, 0.5): from 0.5 on, labels "
             "say nothing or the opposite"),
            (0 <= self.weight_decay < 1, "weight_decay", "in [0, 1), 0.0001 say"),
            (self.noise >= 0, "noise", "0 or more"),
            (self.critic_steps >= 1, "critic_steps", "1 or more"),
            (0 <= self.ema < 1, "ema", "in [0, 1), 0.997 say"),
            (self.latent_dim is None or self.latent_dim >= 1, "latent_dim",
             "1 or more"),
            (self.base_channels is None or self.base_channels >= 4, "base_channels",
             "4 or more"),
            (self.precision in ("auto", "fp32", "bf16"), "precision",
             "auto, fp32 or bf16"),
            (self.threads is None or self.threads >= 1, "threads", "1 or more"),
        ]  # fmt: skip
        for holds, name, expected in rules:
            if not holds:
                value = getattr(self, name)
                raise LabkitError(f"{name} is to be {expected}; got {value!r}.")
        self._demand_a_step()
        objective = OBJECTIVES[self.loss]
        for name in ("smoothing", "flipping"):
            if getattr(self, name) and not objective.labels:
                raise LabkitError(
                    f"{name} changes labels; the loss {self.loss} has no labels. Leave "
                    f"{name} out, or take the loss vanilla or minimax."
                )
        if self.spectral_norm and objective.clip is not None:
            raise LabkitError(
                f"{self.loss} keeps the critic smooth by clipping its weights, "
                "spectral_norm by rescaling them: one undoes the other. Choose one."
            )
        if not all(
            math.isfinite(value)
            for value in dataclasses.astuple(self)
            if isinstance(value, float)
        ):
            raise LabkitError("the settings of a run are finite numbers")

    def _demand_a_step(self) -> None:
        """Refuse a run that would be over before its first generator step."""
        step = self.batch_size * self.critic_steps
        if self.images is not None and self.images < step:
            batches = "one batch"
            if self.critic_steps > 1:
                batches = f"{self.critic_steps} batches, one for each critic step,"
            raise LabkitError(
                f"images is to be at least {step}, {batches} of {self.batch_size}; got "
                f"{self.images}. Show more images, or take a smaller batch_size or "
                "fewer critic_steps."
            )


def configure(preset: str = "fast", **given: object) -> TrainConfig:
    """Make the settings of a run: the preset's recipe, the loss's, what was given.

    Values that are None count as not given.
    """
    if preset not in PRESETS:
        raise LabkitError(f"the presets are {', '.join(PRESETS)}; got {preset!r}.")
    given = {name: value for name, value in given.items() if value is not None}
    if "seconds" in given and "images" not in given:
        given["images"] = None
    recipe = {"preset": preset, **PRESETS[preset].recipe}
    if (loss := given.get("loss")) in OBJECTIVES:
        recipe |= OBJECTIVES[loss].recipe
        if not OBJECTIVES[loss].labels:
            recipe.pop("smoothing", None)
    return TrainConfig(**recipe | given)
