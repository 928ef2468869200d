"""A training in a thread of its own, that tells how it goes and does as it is asked."""

import atexit
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from labkit import training
from labkit.errors import LabkitError
from labkit.loop import Trainer
from labkit.runs import Run
from labkit.runtime import in_main_thread
from labkit.widgets.monitor_control import Control
from labkit.widgets.monitor_reel import Reel, jpeg, points

TELL_EVERY = 0.5  # seconds between two messages
FRAME_SHARE = 0.02  # of the time may go into drawing pictures between the epochs
FAREWELL_SECONDS = 4.0  # Jupyter kills a kernel that takes 5
WAITING, PAUSED, TRAINING = "waiting", "paused", "training"
STOPPED, FINISHED, FAILED = "stopped", "finished", "failed"


class LiveTraining:
    """Trains, in a daemon thread or here; other threads look on and set its `control`.

    Args:
        trainer: not begun yet.
        on_epoch, tensorboard: as in `labkit.train`.
        tell: called in the thread with news: numbers, and pictures as JPEG.
        at_end: called in the thread when all is over.

    Attributes:
        control: pause, resume, single steps.
        reel: pictures of the fixed z so far.
        phase: "waiting", "training", "paused", "stopped", "finished" or "failed".
        error: what ended it, if something did.
    """

    def __init__(
        self,
        trainer: Trainer,
        on_epoch: Callable[[Run], None] | None,
        tensorboard: bool,
        tell: Callable[[dict[str, Any], list[bytes]], None],
        at_end: Callable[[], None],
    ) -> None:
        self.trainer, self.run = trainer, trainer.state
        self.control, self.reel = Control(), Reel()
        self.phase, self.error = WAITING, None
        self._on_epoch, self._tensorboard = on_epoch, tensorboard
        self._tell_page, self._at_end = tell, at_end
        self._told, self._told_at = 0, 0.0  # steps; seconds
        self._drawn_at, self._draw_seconds = 0.0, 0.0
        self._shown: list[int] = []
        self._counted, self._speed = (0, 0.0), 0.0
        self._thread = threading.Thread(target=self._live, daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it trains, or waits in a pause, in its thread."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Train in the thread, and return at once."""
        self._thread.start()
        atexit.register(self._farewell)

    def _farewell(self) -> None:
        """When the kernel shuts down, let the run save itself."""
        self.stop()
        self.join(FAREWELL_SECONDS)

    def work(self, turns: Callable[[Trainer], str] | None = None) -> None:
        """Train here, to the end; what ends it too early is kept in `error`."""
        try:
            training.carry_out(self.trainer, self._epoch_over, self._tensorboard, turns)
            self._film(self.run.samples)
            self.phase = STOPPED if self.run.stopped else FINISHED
        except BaseException as error:
            self.error, self.phase = error, FAILED
            if in_main_thread() and not isinstance(error, Exception):
                raise  # Ctrl-C
        self._tell()

    def join(self, seconds: float) -> None:
        """Wait for the thread, but no longer than that."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """End the run after the present step."""
        self.control.end()
        self.trainer.stop()

    def numbers(self) -> dict[str, Any]:
        """How it stands, fit for JSON."""
        trainer = self.trainer
        optimizers = trainer.opt_critic, trainer.opt_generator
        return {
            "phase": self.phase,
            "step": trainer.step,
            "epoch": len(self.run.history["epoch_step"]),
            "done": trainer.done,
            "speed": round(self._speed),
            "pace": vars(trainer.pace),
            "now": [_rate(optimizer) for optimizer in optimizers],
            "why": None if self.error is None else in_words(self.error),
        }

    def _live(self) -> None:
        self.work(self._turn)
        self._at_end()
        atexit.unregister(self._farewell)

    def _turn(self, trainer: Trainer) -> str:
        """Before a step: tell how it goes, and wait while it is to wait."""
        while (who := self.control.next()) is None:
            self.phase = PAUSED
            self._draw()
            self._tell()
            self.control.wait()
        if self.control.over:
            trainer.stop()  # also when it was asked for before the run began
        elif not self.control.paused:
            self._go_on()
        return who

    def _go_on(self) -> None:
        """Tell how it goes if it is time to."""
        begun, self.phase = self.phase != TRAINING, TRAINING
        now = time.perf_counter()
        if begun or now - self._told_at > TELL_EVERY:
            rest = self._draw_seconds / FRAME_SHARE
            if now - self._drawn_at > rest and self.reel.wants(self.trainer.step):
                self._draw()
            self._tell()

    def _draw(self) -> None:
        """Take a picture between two epochs."""
        if self.trainer.step in self.reel.steps[-1:]:
            return
        begun = time.perf_counter()
        self._film(self.trainer.draw(quick=True))
        self._drawn_at = time.perf_counter()
        self._draw_seconds = self._drawn_at - begun

    def _film(self, images: Tensor) -> None:
        self.reel.add(self.trainer.step, jpeg(images))
        self.run.samples = images

    def _epoch_over(self, run: Run) -> None:
        self._film(run.film[-1])
        if self._on_epoch is not None:
            self._on_epoch(run)

    def _tell(self) -> None:
        if self.error is None:
            self.trainer.history.flush()
        self._count()
        new = points(self.run.history, self._told)
        latest = self.reel.steps[-1:]
        frames = self.reel.frames(latest) if latest != self._shown else {}
        news = {"from": self._told, "points": new, "frames": list(frames)}
        self._tell_page(self.numbers() | news, list(frames.values()))
        self._told = new[-1][0] if new else self._told
        self._shown, self._told_at = latest, time.perf_counter()

    def _count(self) -> None:
        """Measure the speed since the last count."""
        batches, seconds = self._counted
        spent = self.trainer.seconds - seconds
        if spent > TELL_EVERY / 2:
            seen = self.trainer.batches_seen - batches
            self._speed = seen * self.trainer.config.batch_size / spent
            self._counted = self.trainer.batches_seen, self.trainer.seconds


def _rate(optimizer: Optimizer) -> float:
    return float(f"{float(optimizer.param_groups[0]['lr']):.3g}")


def in_words(error: BaseException) -> str:
    """Say an error, and which line of the student's own code it came from."""
    if isinstance(error, LabkitError):
        return str(error)
    said = "".join(traceback.format_exception_only(error)).strip()
    calls = traceback.extract_tb(error.__traceback__)
    own = [call for call in calls if "ipykernel" in call.filename]
    if not own:
        return said
    return f"{said} (in {own[-1].name}, line {own[-1].lineno}: {own[-1].line})"
