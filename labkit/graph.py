"""One training iteration as a CUDA graph: launched once instead of kernel by kernel.

Small networks leave a GPU waiting for Python: an iteration is some three hundred kernel
launches. Recorded once and replayed, they cost one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from labkit.loop import Trainer

WARM_UP = 3  # iterations before recording, so that optimisers have their state


def graphed(trainer: "Trainer") -> Callable[[list[Tensor]], Tensor]:
    """Give back `trainer.iterate`, recorded as a CUDA graph where there is CUDA.

    The batches have one shape and the optimisers are `capturable`; z and dropout are
    drawn from the GPU's generator, which replays advance.
    """
    if trainer.device.type != "cuda":
        return trainer.iterate
    return _Graphed(trainer)


class _Graphed:
    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.calls = trainer, 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.stream = torch.cuda.Stream()

    def __call__(self, real: list[Tensor]) -> Tensor:
        self.calls += 1
        if self.calls <= WARM_UP:
            self.stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self.stream):
                row = self.trainer.iterate(real)
            torch.cuda.current_stream().wait_stream(self.stream)
            return row
        if self.graph is None or len(self.real) != len(real):  # k has changed
            self._record(real)
        for mine, theirs in zip(self.real, real, strict=True):
            mine.copy_(theirs)
        self.graph.replay()
        return self.row

    def _record(self, real: list[Tensor]) -> None:
        self.real = [batch.clone() for batch in real]
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream):
            self.row = self.trainer.iterate(self.real)
