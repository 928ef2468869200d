"""What a run leaves behind: numbers, pictures and networks, in memory and on disk."""

import dataclasses
import json
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from labkit import export, image_files
from labkit.config import TrainConfig
from labkit.errors import LabkitError
from labkit.history import History
from labkit.runtime import atomic_write

FRAME_SIDE = 8  # pictures along each side of a frame


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
            atomic_write(path, lambda file: image_files.save_png(frame, file))

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
            lambda file: image_files.save_png(self.samples, file, gap=2),
        )
        atomic_write(
            self.folder / "film.gif",
            lambda file: image_files.save_film(self.film, file),
        )
        export.save_generator(self.generator, self.folder / "generator.safetensors")

    def read_frames(self, count: int, image_shape: tuple[int, int, int]) -> None:
        """Read the first `count` frames of the folder back, for a resumed run."""
        paths = sorted((self.folder / "frames").glob("[0-9]*.png"))
        for path in paths[count:]:  # drawn after the checkpoint: drawn again soon
            path.unlink()
        self.film = [image_files.read_png(path, image_shape) for path in paths[:count]]
        self.samples = self.film[-1] if self.film else None


def read_film(folder: str | Path) -> list[Tensor]:
    """Read the frames of a run back, uint8 (64, 3, H, W) each.

    Raises:
        LabkitError: there are none, or one is damaged.
    """
    paths = sorted((Path(folder) / "frames").glob("[0-9]*.png"))
    if not paths:
        raise LabkitError(
            f"{folder} has no frames/0000.png, …: expected the folder of a run, which "
            "`labkit train` makes."
        )
    return [_read_frame(path) for path in paths]


def _read_frame(path: Path) -> Tensor:
    try:
        with Image.open(path) as picture:
            sides = picture.height // FRAME_SIDE, picture.width // FRAME_SIDE
        return image_files.read_png(path, (3, *sides))
    except (OSError, ValueError) as error:
        raise LabkitError(f"{path} is no frame of a run: {error}") from error


def is_finite(network: nn.Module) -> bool:
    """Tell whether all weights are finite numbers."""
    return all(bool(torch.isfinite(weight).all()) for weight in network.parameters())
