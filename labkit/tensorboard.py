"""A run for TensorBoard: its numbers, its pictures, and the graph of both networks."""

import contextlib
import copy
import io
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Self

import torch
from torch import nn

from labkit import runtime
from labkit.errors import LabkitError
from labkit.image_files import tile

if TYPE_CHECKING:
    from labkit.runs import Run

TAGS = {
    "critic_loss": "loss/critic",
    "generator_loss": "loss/generator",
    "d_real": "D/real",
    "d_fake": "D/fake",
    "d_fake_after": "D/fake after the critic's step",
}


class TensorBoard:
    """Writes a run while it goes on: to be called with it at every epoch.

        with TensorBoard(folder) as board:
            run = trainer.run(on_epoch=board)
            board(run)  # what came after the last whole epoch

    Every call adds what is new since the last one. In a folder that has been written to
    before, a resumed run is told from its beginning and replaces what was there.

    Args:
        folder: of the event files; made if it is missing.

    Raises:
        LabkitError: TensorBoard is not installed.
    """

    def __init__(self, folder: str | Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise LabkitError(
                "--tensorboard needs tensorboard, which is not installed: "
                "pip install 'labkit[train]'"
            ) from None
        self.writer = SummaryWriter(str(folder), purge_step=0)
        self.steps = self.epochs = self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is waiting and close the file."""
        self.writer.close()

    def __call__(self, run: "Run") -> None:
        """Write the numbers and pictures that the run has got since the last call."""
        if not self.frames:
            self._write_graph(run)
        history = run.history
        steps, ends = len(history["critic_loss"]), history["epoch_step"]
        for step in range(self.steps, steps):
            for name, tag in TAGS.items():
                self.writer.add_scalar(tag, history[name][step], step + 1)
        for epoch in range(self.epochs, len(ends)):
            speed = history["images_per_second"][epoch]
            self.writer.add_scalar("images a second", speed, ends[epoch])
        drawn_at = [0, *ends, steps]
        for frame in range(self.frames, len(run.film)):
            picture = tile(run.film[frame], gap=2)
            self.writer.add_image(
                "samples", picture, drawn_at[frame], dataformats="HWC"
            )
        self.steps, self.epochs, self.frames = steps, len(ends), len(run.film)
        self.writer.flush()

    def _write_graph(self, run: "Run") -> None:
        """Both networks as one graph: from z through the images to the score."""
        networks = {"generator": run.generator, "critic": run.critic}
        pair = copy.deepcopy(nn.Sequential(OrderedDict(networks))).cpu().eval()
        z = torch.zeros(2, run.generator.latent_dim)
        with (
            runtime.isolated(threads=None),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            try:
                self.writer.add_graph(pair, z)
                return
            except RuntimeError as error:
                reason = str(error).strip().splitlines()[0]
        warnings.warn(
            f"TensorBoard gets no graph of these networks: {reason}", stacklevel=2
        )
