"""What a run leaves behind: numbers, pictures and networks, in memory and on disk."""

import dataclasses
import json
from pathlib import Path

import torch
from torch import Tensor, nn

from labkit import export, show
from labkit.config import TrainConfig
from labkit.history import History
from labkit.runtime import atomic_write


class Run:
    """A training run, while it goes on and afterwards.

    Attributes:
        config: its settings.
        critic: the critic that was trained.
        generator: the averaged generator, in eval mode.
        history: lists of numbers by name, see `labkit.history.History`.
        film: the fixed z drawn at the start and after every epoch: uint8 (64, C, H, W).
        samples: the fixed z as drawn now, like a frame of the film.
        folder: where its files are, or None.
        stopped: whether it was interrupted before its end.
    """

    def __init__(
        self,
        config: TrainConfig,
        critic: nn.Module,
        generator: nn.Module,
        history: History,
        folder: Path | None,
    ) -> None:
        self.config, self.critic, self.generator = config, critic, generator
        self.history, self.folder = history, folder
        self.film: list[Tensor] = []
        self.samples: Tensor | None = None
        self.stopped = False

    def add_frame(self, frame: Tensor) -> None:
        """Add one picture of the fixed z to the film, and to the folder."""
        self.film.append(frame)
        self.samples = frame
        if self.folder is not None:
            path = self.folder / "frames" / f"{len(self.film) - 1:04d}.png"
            atomic_write(path, lambda file: show.save_png(frame, file))

    def write(self) -> None:
        """Write config, history, samples.png, film.gif and generator.safetensors."""
        if self.folder is None:
            return
        config = dataclasses.asdict(self.config)
        for name, content in (("config", config), ("history", dict(self.history))):
            text = json.dumps(content, indent=1 if name == "config" else None)
            atomic_write(
                self.folder / f"{name}.json",
                lambda file, text=text: file.write_text(text, encoding="utf-8"),
            )
        atomic_write(
            self.folder / "samples.png",
            lambda file: show.save_png(self.samples, file, gap=2),
        )
        atomic_write(
            self.folder / "film.gif", lambda file: show.save_gif(self.film, file)
        )
        export.save_generator(self.generator, self.folder / "generator.safetensors")

    def read_frames(self, count: int, image_shape: tuple[int, int, int]) -> None:
        """Read the first `count` frames of the folder back, for a resumed run."""
        paths = sorted((self.folder / "frames").glob("[0-9]*.png"))
        for path in paths[count:]:  # drawn after the checkpoint: drawn again soon
            path.unlink()
        self.film = [show.read_png(path, image_shape) for path in paths[:count]]
        self.samples = self.film[-1] if self.film else None


def is_finite(network: nn.Module) -> bool:
    """Tell whether all weights are finite numbers."""
    return all(bool(torch.isfinite(weight).all()) for weight in network.parameters())
