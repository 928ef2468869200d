"""Train in a notebook, and watch, pause, step and steer while it goes on."""

import asyncio
import json
from collections.abc import Callable, Generator
from typing import Any, ClassVar

from labkit import show, training
from labkit.errors import BadValue, LabkitError
from labkit.iteration import BOTH, CRITIC, GENERATOR
from labkit.objectives import OBJECTIVES
from labkit.runs import Run
from labkit.widgets.base import Widget, headless
from labkit.widgets.monitor_reel import points
from labkit.widgets.monitor_training import LiveTraining

FRAMES_AT_ONCE = 20  # pictures in one answer


class Monitor(Widget):
    """A training run that goes on while you look at it.

    It starts at once, in a thread of its own, and the cell returns. `run` is the run
    so far; `run = monitor.result()` waits for its end, and raises what ended it too
    early. `run = await monitor` does the same, and leaves the buttons alive meanwhile:
    the kernel hears them only while no cell computes.

    While it trains, the random numbers of your cells come from the same generator as
    those of the run (`Trainer.run` says how they share it). Draw with `run.generator`
    when it is paused or over: in between it may be half updated.

    Args:
        dataset, preset: as in `labkit.train`.
        block: train here and now, and return at the end; by default where nobody looks
            on (nbclient, nbgrader, a script).
        on_epoch, tensorboard: as in `labkit.train`; on_epoch is called in the thread.
        **settings: all else that `labkit.train` takes.

    Attributes:
        run: the run so far (`labkit.runs.Run`).

    Raises:
        LabkitError: senseless settings, unreadable data, or another monitor of this
            kernel is still training.
    """

    module = "monitor"
    label = "Training monitor"
    _latest: ClassVar["Monitor | None"] = None

    def __init__(
        self,
        dataset: str = "digits",
        preset: str = "fast",
        *,
        block: bool | None = None,
        on_epoch: Callable[[Run], None] | None = None,
        tensorboard: bool = False,
        **settings: Any,
    ) -> None:
        self._refuse_a_second()
        trainer = training.prepare(dataset, preset, **settings)
        super().__init__(
            facts={
                "dataset": dataset,
                "total": trainer.total_steps,
                "most_critic_steps": trainer.batches_per_epoch,
                "guessing": OBJECTIVES[trainer.config.loss].labels,  # costs ln 2
            }
        )
        self.run = trainer.state
        self._kernel_loop = _running_loop()
        self._training = LiveTraining(
            trainer, on_epoch, tensorboard, self._news, self._at_end
        )
        Monitor._latest = self
        if headless() if block is None else block:
            self._training.work()
        else:
            self._training.start()

    @property
    def phase(self) -> str:
        """ "waiting", "training", "paused", "stopped", "finished" or "failed"."""
        return self._training.phase

    def pause(self) -> None:
        """Let it wait after the present step."""
        self._training.control.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._training.control.resume()

    def step(self, who: str = BOTH) -> None:
        """Order a single step of "both", "critic" or "generator", then a pause.

        Raises:
            BadValue: another word.
        """
        if who not in (BOTH, CRITIC, GENERATOR):
            raise BadValue(f"a step is of both, critic or generator; got {who!r}")
        self._training.control.step(who)

    def stop(self) -> None:
        """End the run after the present step; it is saved like one that is finished."""
        self._training.stop()

    def change(self, **pace: float) -> None:
        """Train on with other rates or another k: critic_lr, generator_lr, critic_steps.

        Raises:
            LabkitError: a value that makes no sense.
        """
        self._training.trainer.change(**pace)

    def result(self) -> Run:
        """Wait for the end and return the run; Ctrl-C (or ■) ends the waiting only.

        Raises:
            LabkitError: it is paused, so that there is no end to wait for.
            Exception: what ended the training, if something did.
        """
        live = self._training
        if live.alive and live.control.paused:
            raise LabkitError(
                f"the run is paused at step {live.trainer.step}: its end would not come. "
                "Press Resume first, or Stop, and run this cell again."
            )
        while live.alive:
            live.join(0.2)
        if live.error is not None:
            raise live.error
        return self.run

    def __await__(self) -> Generator[Any, None, Run]:
        """Wait as `result` does, and let the kernel hear the buttons meanwhile."""

        async def end() -> Run:
            while self._training.alive:
                await asyncio.sleep(0.05)
            return self.result()

        return end().__await__()

    def picture(self) -> show.Picture:
        """The run as it stands."""
        while self.run.samples is None and self._training.alive:
            self._training.join(0.01)  # it is drawing the first one
        if self.run.samples is None:
            raise self._training.error  # before there was anything to see
        return show.monitor(self.run)

    def answer(
        self, question: str, content: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Do what a button asks, or tell the page what it has missed."""
        live = self._training
        if question == "frames":
            found = live.reel.frames(content["steps"][:FRAMES_AT_ONCE])
            return {"steps": list(found)}, list(found.values())
        if question == "all":
            return self._all(), []
        if question == "change":
            self.change(**content["pace"])
        elif question == "step":
            self.step(content["who"])
        elif question in ("pause", "resume", "stop"):
            getattr(self, question)()
        else:
            return super().answer(question, content, buffers)
        return {"pace": vars(live.trainer.pace), "paused": live.control.paused}, []

    def blobs(self) -> dict[str, bytes]:
        """What a page without a kernel needs: the numbers, and the pictures so far."""
        reel = self._training.reel
        frames = reel.frames(reel.steps)
        return {"numbers": json.dumps(self._all()).encode()} | {
            f"frame {step}": frame for step, frame in frames.items()
        }

    def _all(self) -> dict[str, Any]:
        live = self._training
        told = {"points": points(self.run.history), "frames": live.reel.steps}
        return live.numbers() | told

    def _refuse_a_second(self) -> None:
        other = Monitor._latest
        if other is not None and other._training.alive:
            raise LabkitError(
                "a training is going on already in this kernel (step "
                f"{other._training.trainer.step} of {other.facts['dataset']}). Press its "
                "Stop, or wait for its end; then run this cell again."
            )

    def _news(self, content: dict[str, Any], frames: list[bytes]) -> None:
        self.tell("progress", content, frames)

    def _at_end(self) -> None:
        """In the notebook, let its end take the place of the picture of its start."""
        if self._kernel_loop is not None and not self._kernel_loop.is_closed():
            self._kernel_loop.call_soon_threadsafe(self.redraw)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of a kernel's main thread: where pictures are drawn."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
