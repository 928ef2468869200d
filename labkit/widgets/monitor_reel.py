"""What the monitor shows of a run: its curves in few points, its pictures in few bytes."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image
from torch import Tensor

from labkit import image_files
from labkit.history import PER_STEP
from labkit.image_files import tile

FRAME_BYTES = 30_000
FRAMES = 300  # 9 MB at most
POINTS = 300  # of a curve, in one message
QUALITIES = (85, 75, 65, 50, 35)
DRAWN = PER_STEP[:4]  # critic's loss, generator's loss, D(x), D(G(z))


def points(
    history: Mapping[str, Sequence[float]], start: int = 0, most: int = POINTS
) -> list[list[float]]:
    """Thin the curves of a run out to few points, each the mean of several steps.

    Args:
        history: of a run.
        start: the first step that is wanted, counted from 0.
        most: how many points at most.

    Returns:
        [step, critic's loss, generator's loss, D(x), D(G(z))] each, in four digits;
        the step is the last one of those averaged, counted from 1.
    """
    end = min(len(history[name]) for name in DRAWN)
    if end <= start:
        return []
    width = -(-(end - start) // most)
    told = []
    for first in range(start, end, width):
        last = min(end, first + width)
        means = [float(np.mean(history[name][first:last])) for name in DRAWN]
        told.append([last, *(float(f"{mean:.4g}") for mean in means)])
    return told


def jpeg(images: Tensor, most: int = FRAME_BYTES) -> bytes:
    """Encode images (N, C, H, W) side by side as one JPEG.

    It is of the best quality that fits into `most` bytes, and smaller if none does.
    """
    canvas = tile(images)
    while True:
        for quality in QUALITIES:
            data = image_files.jpeg(canvas, quality)
            if len(data) <= most:
                return data
        canvas = np.asarray(Image.fromarray(canvas).reduce(2))


class Reel:
    """Pictures of a run over time: at most 300, evenly thinned out when there are more.

    Attributes:
        steps: when they were taken, increasing.
    """

    def __init__(self, most: int = FRAMES) -> None:
        self.most = most
        self._frames: dict[int, bytes] = {}
        self._gap = 0  # steps that lie between two pictures, at least

    @property
    def steps(self) -> list[int]:
        return list(self._frames)

    def wants(self, step: int) -> bool:
        """Tell whether a picture of this step would be kept."""
        return not self._frames or step - next(reversed(self._frames)) > self._gap

    def add(self, step: int, frame: bytes) -> None:
        """Keep a picture; if there are too many then, every second one goes."""
        frames = self._frames | {step: frame}
        if len(frames) > self.most:
            kept = list(itertools.islice(frames, 0, None, 2))
            frames = {each: frames[each] for each in {*kept, step}}
            frames = dict(sorted(frames.items()))
            self._gap = 2 * self._gap + 1
        self._frames = frames  # at once: other threads read it

    def frames(self, steps: Sequence[int]) -> dict[int, bytes]:
        """Those pictures among `steps` that are still there."""
        frames = self._frames
        return {step: frames[step] for step in steps if step in frames}
