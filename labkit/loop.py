"""The training loop: batches and two steps in; history, film and checkpoints out."""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from labkit import checkpoint, contestants, runtime
from labkit.averaging import Average
from labkit.config import TrainConfig
from labkit.data import ImageSet, to_uint8
from labkit.errors import LabkitError
from labkit.graph import graphed
from labkit.history import History, TrainingDiverged
from labkit.interrupt import interrupt_calls
from labkit.objectives import OBJECTIVES
from labkit.players import CriticPlayer, GeneratorPlayer
from labkit.progress import Progress
from labkit.runs import Run, is_finite
from labkit.training import make_optimizers, shortened

FILM_SIZE = 64  # pictures of the fixed z in a frame
SAVE_EVERY = 60.0  # seconds between checkpoints inside a long epoch


class Trainer:
    """Trains one pair of networks, can be stopped, saved and resumed at any step.

    Args:
        config: the settings.
        data: training images.
        critic, generator: networks; the preset's are built where None.
        steps: (critic_step, generator_step) to train with; labkit's own when None.
        out: folder for checkpoint, history and pictures; None writes nothing.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: ImageSet,
        critic: nn.Module | None = None,
        generator: nn.Module | None = None,
        steps: tuple[Callable[..., Any], Callable[..., Any]] | None = None,
        out: str | Path | None = None,
    ) -> None:
        if steps is not None:
            contestants.refuse_beside_own_steps(config)
        self.config = config
        self.objective = OBJECTIVES[config.loss]
        self.device = runtime.device(config.device)
        self.data = data.to(self.device)
        self.batches_per_epoch = len(data) // config.batch_size
        if self.batches_per_epoch < config.critic_steps:
            raise LabkitError(
                f"a step takes {config.critic_steps} batches of {config.batch_size} "
                f"images; {data.name} has {len(data)}. Choose a smaller batch_size."
            )
        networks = contestants.networks(config, data.image_shape, critic, generator)
        self.random = networks.random
        self._seat(networks.critic, networks.generator)
        self.own_steps = steps is None
        self.critic_step, self.generator_step = steps or contestants.own_steps(config)
        self.total_steps = self._length()
        self.step, self.seconds = 0, 0.0
        self.history = History(self.device)
        folder = Path(out) if out is not None else None
        self.state = Run(
            config, self.critic.network, self.average.network, self.history, folder
        )
        self._stop = threading.Event()

    def _seat(self, critic: nn.Module, generator: nn.Module) -> None:
        """Move the networks to the device and give them what training needs."""
        config = self.config
        dtype = runtime.precision(config.precision, self.device)
        self.critic = CriticPlayer(critic.to(self.device), dtype)
        self.generator = GeneratorPlayer(generator.to(self.device), dtype)
        self.average = Average(generator, config.ema)
        self.opt_critic, self.opt_generator = make_optimizers(
            critic, generator, config.lr, config.betas
        )
        for group in self.opt_critic.param_groups:
            group |= {
                "weight_decay": config.weight_decay,
                "decoupled_weight_decay": True,
            }
        rng = torch.Generator().manual_seed(config.seed)
        fixed = torch.randn(FILM_SIZE, generator.latent_dim, generator=rng)
        self.fixed_z = fixed.to(self.device)

    @property
    def done(self) -> float:
        """How much of the run is over, from 0 to 1."""
        if self.config.seconds is not None:
            return min(1.0, self.seconds / self.config.seconds)
        return min(1.0, self.step / self.total_steps)

    def _length(self) -> int | None:
        """How many steps the run has; None when it is measured in seconds."""
        if self.config.images is None:
            return None
        images = self.config.batch_size * self.config.critic_steps
        return shortened(self.config.images // images)

    @property
    def batches_seen(self) -> int:
        return self.step * self.config.critic_steps

    def stop(self) -> None:
        """Ask the loop to save and stop after the present step (from any thread)."""
        self._stop.set()

    def run(
        self, steps: int | None = None, on_epoch: Callable[[Run], None] | None = None
    ) -> Run:
        """Train to the end of the run, or for `steps` more steps.

        Ctrl-C finishes the step, saves and stops.

        Raises:
            TrainingDiverged: a loss became NaN or exploded.
        """
        self._stop.clear()
        runtime.keep_freed_memory()
        tell = on_epoch or (lambda run: None)
        goal = math.inf if steps is None else self.step + steps
        self._progress = Progress(self)
        with (
            runtime.isolated(threads=self.config.threads),
            interrupt_calls(self.stop),
            contextlib.closing(self._progress),
        ):
            runtime.set_random_state(self.random)
            if not self.state.film:
                self._show_epoch(tell)
            self._train_until(goal, tell)
            self.random = runtime.random_state()
            self._settle()
        return self.state

    def _train_until(self, goal: float, tell: Callable[[Run], None]) -> None:
        batches = self._batches()
        iterate = graphed(self) if self.own_steps else self.iterate
        begun, before, saved = time.perf_counter(), self.seconds, time.perf_counter()
        while self.done < 1 and self.step < goal and not self._stop.is_set():
            self._follow_schedule()
            real = [next(batches) for _ in range(self.config.critic_steps)]
            self._keep(iterate(real))
            self.average.update()
            self.step += 1
            self.seconds = before + time.perf_counter() - begun
            self._progress.update()
            if self.batches_seen % self.batches_per_epoch < self.config.critic_steps:
                self._show_epoch(tell)
                saved = time.perf_counter()
            elif time.perf_counter() - saved > SAVE_EVERY:
                self.save()
                saved = time.perf_counter()

    def iterate(self, real_batches: list[Tensor]) -> Tensor:
        """One iteration: k critic steps, then a generator step.

        Returns:
            (5,): critic loss, generator loss, D(x), D(G(z)) before and after the
            critic's step.
        """
        critic, generator = self.critic, self.generator
        for real in real_batches:
            z = torch.randn(len(real), self.generator.latent_dim, device=self.device)
            critic.real = real
            critic_value = self.critic_step(critic, generator, self.opt_critic, real, z)
        said = [critic.said_real, critic.said_fake]
        critic.real = real.new_empty(0)  # from here on, the latest images are fakes
        beside = {"real": real} if self.own_steps and self.objective.compares else {}
        generator_value = self.generator_step(
            critic, generator, self.opt_generator, z, **beside
        )
        generator.forget()
        values = [critic_value, generator_value, *said, critic.said_fake]
        return torch.stack(
            [torch.as_tensor(v, dtype=torch.float32, device=self.device).detach()
             for v in values]
        )  # fmt: skip

    def _batches(self) -> Iterator[Tensor]:
        """Batches from where the run stands, epoch after epoch, without end."""
        epoch, start = divmod(self.batches_seen, self.batches_per_epoch)
        while True:
            yield from self.data.batches(
                self.config.batch_size, seed=self.config.seed, epoch=epoch, start=start
            )
            epoch, start = epoch + 1, 0

    def _follow_schedule(self) -> None:
        fall = min(1.0, 2 * (1 - self.done)) if self.config.decay else 1.0
        for optimizer in (self.opt_critic, self.opt_generator):
            for group in optimizer.param_groups:
                if isinstance(group["lr"], Tensor):  # a CUDA graph reads it there
                    group["lr"].fill_(self.config.lr * fall)
                else:
                    group["lr"] = self.config.lr * fall
        self.critic.noise = self.config.noise * (1 - self.done)

    def _keep(self, row: Tensor) -> None:
        try:
            self.history.add(row)
        except TrainingDiverged as error:
            raise self._with_last_good(error) from None

    def _show_epoch(self, tell: Callable[[Run], None]) -> None:
        """End an epoch (or open the run): a frame, a checkpoint, a line, a call."""
        self._flush()
        if self.step:
            images = self.batches_per_epoch * self.config.batch_size
            self.history.end_epoch(self.step, self.seconds, images)
        self.state.add_frame(to_uint8(self.average.draw(self.fixed_z)).cpu())
        self.save()
        self._progress.epoch()
        tell(self.state)

    def _settle(self) -> None:
        """Bring numbers, pictures and files up to the present step."""
        self._flush()
        frame = to_uint8(self.average.draw(self.fixed_z)).cpu()
        if self.done == 1 and not torch.equal(frame, self.state.film[-1]):
            self.state.add_frame(frame)  # the run ended inside an epoch
        self.state.samples = frame
        self.state.stopped = self.done < 1
        self.save()
        self.state.write()

    def _flush(self) -> None:
        try:
            self.history.flush()
        except TrainingDiverged as error:
            raise self._with_last_good(error) from None

    def _with_last_good(self, error: TrainingDiverged) -> TrainingDiverged:
        path = self.checkpoint_path
        if path is None or not path.is_file():
            return TrainingDiverged(f"{error}\nNo checkpoint was kept (no out folder).")
        step = checkpoint.read(path)["step"]
        return TrainingDiverged(f"{error}\nLast good checkpoint: {path} (step {step}).")

    @property
    def checkpoint_path(self) -> Path | None:
        folder = self.state.folder
        return None if folder is None else folder / checkpoint.NAME

    def save(self) -> None:
        """Write the checkpoint if the run has a folder and its numbers are sound."""
        self._flush()
        finite = is_finite(self.critic.network) and is_finite(self.generator.network)
        if self.checkpoint_path is not None and finite:
            checkpoint.save(self, self.checkpoint_path)

    def load(self) -> None:
        """Go on from the run folder's checkpoint.

        Raises:
            LabkitError: it is missing, damaged, or of other networks.
        """
        if self.checkpoint_path is None:
            raise LabkitError("a run without a folder has no checkpoint to go on from")
        checkpoint.load(self, self.checkpoint_path)
