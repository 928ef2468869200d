"""How a run reports itself on stdout: a bar, and one line an epoch."""

import sys
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from labkit.loop import Trainer


class Progress:
    """A progress bar over one call of `Trainer.run`; only lines where none fits."""

    def __init__(self, trainer: "Trainer", shown: bool = True) -> None:
        self.trainer, self.shown = trainer, shown
        terminal = sys.stdout.isatty()
        alive = terminal or "ipykernel" in sys.modules
        self.bar = tqdm(
            total=trainer.total_steps,
            initial=trainer.step,
            unit="step",
            file=sys.stdout,
            disable=not (alive and shown),
            leave=False,
            mininterval=0.5 if terminal else 2.0,  # exports keep every line of a bar
            bar_format="{l_bar}{bar:20}{r_bar}",
        )

    def update(self) -> None:
        self.bar.update()

    def epoch(self) -> None:
        """Print one status line for the epoch that has ended."""
        trainer, history = self.trainer, self.trainer.history
        if trainer.step == 0 or not self.shown:
            return
        last = max(1, trainer.batches_per_epoch // trainer.pace.critic_steps)
        means = {
            name: history.mean(name, last)
            for name in ("critic_loss", "generator_loss", "d_real", "d_fake")
        }
        self.bar.clear()
        tqdm.write(
            f"epoch {len(history['epoch_step']):3d} · step {trainer.step:5d} · "
            f"critic {means['critic_loss']:.3f} · "
            f"generator {means['generator_loss']:.3f} · "
            f"D(x) {means['d_real']:.2f} · D(G(z)) {means['d_fake']:.2f} · "
            f"{history['images_per_second'][-1]:.0f} images/s",
            file=sys.stdout,
        )

    def close(self) -> None:
        self.bar.close()
