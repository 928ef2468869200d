"""The training loop: batches and two steps in; history, film and checkpoints out."""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from labkit import checkpoint, contestants, runtime
from labkit.config import TrainConfig
from labkit.data import ImageSet, to_uint8
from labkit.errors import LabkitError
from labkit.graph import graphed
from labkit.history import History, TrainingDiverged
from labkit.interrupt import interrupt_calls
from labkit.iteration import BOTH, Iteration
from labkit.progress import Progress
from labkit.runs import Run, is_finite
from labkit.training import shortened

SAVE_EVERY = 60.0  # seconds between checkpoints inside a long epoch


class Trainer(Iteration):
    """Trains one pair of networks, can be stopped, saved and resumed at any step.

    Args:
        config: the settings.
        data: training images.
        critic, generator: networks; the preset's are built where None.
        steps: (critic_step, generator_step) to train with; labkit's own when None.
        out: folder for checkpoint, history and pictures; None writes nothing.

    Attributes:
        step: iterations so far.
        batches_seen: batches of real images so far.
        seconds: how long it has trained, without the time in which it had to wait.
        state: the `Run`, also in the middle of it.
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
        self.batches_per_epoch = len(data) // config.batch_size
        networks = contestants.networks(config, data.image_shape, critic, generator)
        super().__init__(config, networks.critic, networks.generator, steps)
        self.random = networks.random
        self.data = data.to(self.device)
        self.change()
        self.total_steps = None  # of a run that is measured in seconds
        if config.images is not None:
            images = config.batch_size * config.critic_steps
            self.total_steps = shortened(config.images // images)
        self.step, self.batches_seen, self.seconds = 0, 0, 0.0
        self.history = History(self.device)
        networks = self.critic.network, self.average.network
        folder = None if out is None else Path(out)
        self.state = Run(config, *networks, self.history, folder)
        self._stop = threading.Event()

    @property
    def done(self) -> float:
        """How much of the run is over, from 0 to 1."""
        if self.config.seconds is not None:
            return min(1.0, self.seconds / self.config.seconds)
        batches = self.total_steps * self.config.critic_steps
        return min(1.0, self.batches_seen / batches)

    def change(self, **pace: float) -> None:
        """Play on at another pace, from the next step on (from any thread).

        Args:
            **pace: what of `labkit.iteration.Pace` is to change.

        Raises:
            LabkitError: a value that makes no sense.
        """
        changed = replace(self.pace, **pace)
        if self.batches_per_epoch < changed.critic_steps:
            raise LabkitError(
                f"critic_steps={changed.critic_steps} takes as many batches of "
                f"{self.config.batch_size} images; {self.data.name} has "
                f"{self.batches_per_epoch}. Choose fewer, or a smaller batch_size."
            )
        self.pace = changed

    def stop(self) -> None:
        """Ask the loop to save and stop after the present step (from any thread)."""
        self._stop.set()

    def run(
        self,
        steps: int | None = None,
        on_epoch: Callable[[Run], None] | None = None,
        turns: "Callable[[Trainer], str] | None" = None,
    ) -> Run:
        """Train to the end of the run, or for `steps` more steps.

        Ctrl-C finishes the step, saves and stops.

        In a thread beside the main one, the run and the cells that run meanwhile draw
        from one random generator. The run seeds it and, at the end, leaves it as it is:
        what it was before may be out of date. As long as no cell draws from it, the run
        goes as it would in the main thread.

        Args:
            steps: how many.
            on_epoch: called with the run at the start and after every epoch.
            turns: called with this trainer before every step; may wait, and says who
                plays: BOTH, CRITIC or GENERATOR of `labkit.iteration`. No bar is shown.

        Raises:
            TrainingDiverged: a loss became NaN or exploded.
        """
        self._stop.clear()
        runtime.keep_freed_memory()
        goal = math.inf if steps is None else self.step + steps
        self._progress = Progress(self, shown=turns is None)
        with (
            runtime.isolated(threads=self.config.threads),
            interrupt_calls(self.stop),
            contextlib.closing(self._progress),
        ):
            runtime.set_random_state(self.random)
            self._tell, self._turns = on_epoch, turns
            if not self.state.film:
                self._show_epoch()
            self._train_until(goal)
            self.random = runtime.random_state()
            self._settle()
        return self.state

    def _train_until(self, goal: float) -> None:
        batches = self._batches()
        whole = graphed(self) if self.own_steps else self.iterate
        begun = saved = time.perf_counter()
        before = self.seconds
        while self.done < 1 and self.step < goal and not self._stop.is_set():
            asked = time.perf_counter()
            who = self._turns(self) if self._turns else BOTH
            begun += time.perf_counter() - asked  # to wait is not to train
            if self._stop.is_set():
                break
            self.set_rates(self.done)
            real = [next(batches) for _ in range(self.batches_for(who))]
            if who == BOTH:
                row = whole(real)
            else:
                self._flush()
                row = self.iterate(real, who, self.history.latest())
            with self._alarm():
                self.history.add(row)
            self.average.update()
            self.step += 1
            epoch = self.batches_seen // self.batches_per_epoch
            self.batches_seen += len(real)
            self.seconds = before + time.perf_counter() - begun
            self._progress.update()
            if self.batches_seen // self.batches_per_epoch > epoch:
                self._show_epoch()
                saved = time.perf_counter()
            elif time.perf_counter() - saved > SAVE_EVERY:
                self.save()
                saved = time.perf_counter()

    def _batches(self) -> Iterator[Tensor]:
        """Batches from where the run stands, epoch after epoch, without end."""
        epoch, start = divmod(self.batches_seen, self.batches_per_epoch)
        while True:
            yield from self.data.batches(
                self.config.batch_size, seed=self.config.seed, epoch=epoch, start=start
            )
            epoch, start = epoch + 1, 0

    def _flush(self) -> None:
        with self._alarm():
            self.history.flush()

    @contextlib.contextmanager
    def _alarm(self) -> Iterator[None]:
        """Say beside the alarm of a run that diverged where its last good state is."""
        try:
            yield
        except TrainingDiverged as error:
            path = self.checkpoint_path
            last = "No checkpoint was kept (no out folder)."
            if path is not None and path.is_file():
                step = checkpoint.read(path)["step"]
                last = f"Last good checkpoint: {path} (step {step})."
            raise TrainingDiverged(f"{error}\n{last}") from None

    def _show_epoch(self) -> None:
        """End an epoch (or open the run): a frame, a checkpoint, a line, a call."""
        self._flush()
        if self.step:
            images = self.batches_per_epoch * self.config.batch_size
            self.history.end_epoch(self.step, self.seconds, images)
        self.state.add_frame(self.draw())
        self.save()
        self._progress.epoch()
        if self._tell is not None:
            self._tell(self.state)

    def draw(self, quick: bool = False) -> Tensor:
        """The fixed z as the averaged generator draws them now, uint8 (64, C, H, W)."""
        return to_uint8(self.average.draw(self.fixed_z, quick)).cpu()

    def _settle(self) -> None:
        """Bring numbers, pictures and files up to the present step."""
        self._flush()
        frame = self.draw()
        if self.done == 1 and not torch.equal(frame, self.state.film[-1]):
            self.state.add_frame(frame)  # the run ended inside an epoch
        self.state.samples = frame
        self.state.stopped = self.done < 1
        self.save()
        self.state.write()

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
