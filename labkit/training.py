"""Training a GAN: the two steps, the two optimisers, and `train`, which does it all."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from labkit.errors import LabkitError
from labkit.losses import critic_loss, generator_loss
from labkit.penalties import clip_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.loop import Run, Trainer


def make_optimizers(
    critic: nn.Module,
    generator: nn.Module,
    lr: float = 2e-4,
    betas: tuple[float, float] = (0.5, 0.999),
) -> tuple[Optimizer, Optimizer]:
    """Give each player an Adam of its own (Radford et al. 2016, section 4).

    Returns:
        (opt_critic, opt_generator), each over exactly its own network's parameters.
    """

    def adam(network: nn.Module) -> Optimizer:
        weights = list(network.parameters())
        on_gpu = weights[0].is_cuda  # where the step can be recorded as a CUDA graph
        rate = torch.tensor(lr, device=weights[0].device) if on_gpu else lr
        return torch.optim.Adam(weights, rate, betas, fused=True, capturable=on_gpu)

    return adam(critic), adam(generator)


def critic_step(
    critic: nn.Module,
    generator: nn.Module,
    opt_critic: Optimizer,
    real: Tensor,
    z: Tensor,
    loss: "Callable[[Tensor, Tensor], Tensor]" = critic_loss,
    penalty: "Callable[[nn.Module, Tensor, Tensor], Tensor] | None" = None,
    clip: float | None = None,
) -> Tensor:
    """Teach the critic, on one batch, to tell real images from fakes.

    Args:
        critic, generator: the players; the generator is left as it is.
        opt_critic: optimiser over the critic's parameters.
        real: real images (B, C, H, W) in [-1, 1].
        z: latent vectors (B, latent_dim) from N(0, 1).
        loss: (real logits, fake logits) → scalar.
        penalty: (critic, real, fake) → scalar that is added to the loss.
        clip: cut the weights to ± this after the update (`clip_weights`).

    Returns:
        The loss from before the update, without the penalty, a 0-d tensor without graph.
    """
    fake = generator(z).detach()  # the generator does not learn in this step
    value = loss(critic(real), critic(fake))
    total = value if penalty is None else value + penalty(critic, real, fake)
    opt_critic.zero_grad()
    total.backward()
    opt_critic.step()
    if clip is not None:
        clip_weights(critic, clip)
    return value.detach()


def generator_step(
    critic: nn.Module,
    generator: nn.Module,
    opt_generator: Optimizer,
    z: Tensor,
    loss: "Callable[..., Tensor]" = generator_loss,
    real: Tensor | None = None,
) -> Tensor:
    """Teach the generator, on one batch, to be taken for real.

    Args:
        critic, generator: the players; the critic is left as it is.
        opt_generator: optimiser over the generator's parameters.
        z: latent vectors (B, latent_dim) from N(0, 1).
        loss: fake logits → scalar; (fake logits, real logits) → scalar if `real` is
            given.
        real: real images (B, C, H, W), for a loss that compares fakes with them.

    Returns:
        The loss from before the update, a 0-d tensor without graph.
    """
    critic.requires_grad_(False)  # its gradients would be computed and thrown away
    try:
        logits = [] if real is None else [critic(real)]
        value = loss(critic(generator(z)), *logits)
        opt_generator.zero_grad()
        value.backward()
    finally:
        critic.requires_grad_(True)
    opt_generator.step()
    return value.detach()


def shortened(steps: int) -> int:
    """Cut a run's length to LABKIT_STEPS, and say so, where that variable is set.

    `LABKIT_STEPS=20 labkit lab` lets a lab be looked through without waiting for it.

    Raises:
        LabkitError: the variable is not a whole number above 0.
    """
    most = os.environ.get("LABKIT_STEPS", "")
    if not most:
        return steps
    if not most.isdecimal() or int(most) < 1:
        raise LabkitError(
            f"LABKIT_STEPS is to be a whole number above 0; got {most!r}."
        )
    if int(most) >= steps:
        return steps
    print(f"LABKIT_STEPS: this run ends after {most} of its {steps} steps")
    return int(most)


def train(
    dataset: str = "digits",
    preset: str = "fast",
    *,
    epochs: int | None = None,
    critic: nn.Module | None = None,
    generator: nn.Module | None = None,
    steps: "tuple[Callable[..., Any], Callable[..., Any]] | None" = None,
    out: str | Path | None = None,
    on_epoch: "Callable[[Run], None] | None" = None,
    tensorboard: bool = False,
    **settings: Any,
) -> "Run":
    """Train a GAN from beginning to end.

    Args:
        dataset: a name `labkit.data.load` knows.
        preset: "fast", "classic" or "dcgan": networks and recipe.
        epochs: how often to go through the data, instead of `images` or `seconds`.
        critic, generator: your own networks, in place of the preset's.
        steps: your own (critic_step, generator_step).
        out: new folder for the run's files; None keeps everything in memory.
        on_epoch: called with the run at the start and after every epoch.
        tensorboard: write the run for TensorBoard too, into `out`/tensorboard.
        **settings: any attribute of `TrainConfig`: images, seconds, lr, seed, …

    Returns:
        The run: `.generator` (averaged weights, eval mode), `.critic`, `.history`,
        `.film` (one picture of the fixed z an epoch), `.folder`.

    Raises:
        LabkitError: senseless settings, unreadable data, or training that diverged.
    """
    trainer = prepare(
        dataset, preset, epochs=epochs, critic=critic, generator=generator,
        steps=steps, out=out, **settings,
    )  # fmt: skip
    return carry_out(trainer, on_epoch, tensorboard)


def prepare(
    dataset: str = "digits",
    preset: str = "fast",
    *,
    epochs: int | None = None,
    critic: nn.Module | None = None,
    generator: nn.Module | None = None,
    steps: "tuple[Callable[..., Any], Callable[..., Any]] | None" = None,
    out: str | Path | None = None,
    **settings: Any,
) -> "Trainer":
    """Make all that `train` needs, and do not train yet: arguments as there."""
    from labkit import kit, together
    from labkit.config import configure
    from labkit.data import load
    from labkit.loop import Trainer

    if epochs is not None:
        ends = [
            name for name in ("images", "seconds") if settings.get(name) is not None
        ]
        if ends:
            raise LabkitError(
                f"epochs and {ends[0]} both say when to stop: choose one."
            )
        if epochs < 1:
            raise LabkitError(f"epochs is to be 1 or more; got {epochs}.")
    if steps is None and kit.lacks(together.LAB):
        settings = {"loss": together.LOSS} | settings
    config = configure(preset, dataset=dataset, **settings)
    data = load(config.dataset, config.image_size)
    if epochs is not None:
        config = replace(config, images=epochs * len(data), seconds=None)
    trainer = Trainer(config, data, critic, generator, steps, out)
    if trainer.checkpoint_path is not None and trainer.checkpoint_path.exists():
        raise LabkitError(
            f"{out} holds a run already. Go on with it (resume), or choose another "
            "folder: nothing was changed."
        )
    return trainer


def resume(
    folder: str | Path,
    *,
    critic: nn.Module | None = None,
    generator: nn.Module | None = None,
    steps: "tuple[Callable[..., Any], Callable[..., Any]] | None" = None,
    on_epoch: "Callable[[Run], None] | None" = None,
    tensorboard: bool = False,
) -> "Run":
    """Go on with a run from its checkpoint, as if it had not been interrupted.

    Args:
        folder: the run's folder.
        critic, generator, steps: those of the run, if it was started with your own.
        on_epoch: called with the run after every epoch.
        tensorboard: write the whole run for TensorBoard, into its folder.

    Raises:
        LabkitError: there is no checkpoint, it is damaged, or of other networks.
    """
    from labkit import checkpoint
    from labkit.config import TrainConfig
    from labkit.data import load
    from labkit.loop import Trainer

    saved = checkpoint.read(Path(folder) / checkpoint.NAME)
    config = TrainConfig(**saved["config"])
    data = load(config.dataset, config.image_size)
    trainer = Trainer(config, data, critic, generator, steps, folder)
    trainer.load()
    return carry_out(trainer, on_epoch, tensorboard)


def carry_out(
    trainer: "Trainer",
    on_epoch: "Callable[[Run], None] | None" = None,
    tensorboard: bool = False,
    turns: "Callable[[Trainer], str] | None" = None,
) -> "Run":
    """Train to the end, with TensorBoard looking on if it is wanted.

    Args:
        trainer: what `prepare` has made.
        on_epoch, turns: as in `Trainer.run`.
        tensorboard: as in `train`.
    """
    if not tensorboard:
        return trainer.run(on_epoch=on_epoch, turns=turns)
    from labkit.tensorboard import TensorBoard

    folder = trainer.state.folder
    if folder is None:
        raise LabkitError(
            "TensorBoard reads files: give the run a folder, out='runs/mine' say."
        )
    with TensorBoard(folder / "tensorboard") as board:

        def tell(run: "Run") -> None:
            board(run)
            if on_epoch is not None:
                on_epoch(run)

        run = trainer.run(on_epoch=tell, turns=turns)
        board(run)  # what came after the last whole epoch
    return run
