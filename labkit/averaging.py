"""A running average of the generator's weights: smoother than any single step's."""

import copy
import itertools
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import update_bn

from labkit.runtime import in_main_thread, isolated

STATISTICS_SEED = 1234
STATISTICS_BATCHES, STATISTICS_SIZE = 8, 64


class Average:
    """The generator that is shown, saved and judged.

    Args:
        generator: the network that is trained; carries `latent_dim`.
        decay: how much of the average survives a step, 0.997 say; less in the first
            steps, when there is little to remember. 0 follows the generator itself.

    Attributes:
        network: the averaged generator, in eval mode.
        updates: how many steps went into it.
    """

    def __init__(self, generator: nn.Module, decay: float) -> None:
        self.source, self.decay = generator, decay
        self.network = copy.deepcopy(generator).eval().requires_grad_(False)
        self.updates = 0

    @torch.no_grad()
    def update(self) -> None:
        """Take in the generator as it is now."""
        if self.decay == 0:
            return
        self.updates += 1
        keep = min(self.decay, self.updates / (10 + self.updates))
        torch._foreach_lerp_(
            list(self.network.parameters()), list(self.source.parameters()), 1 - keep
        )

    def refresh(self) -> None:
        """Make the network ready to draw: buffers and BatchNorm statistics.

        The statistics that the generator collects while training lag behind its
        weights, and they are not the average's: they are measured anew, on fixed z.
        """
        self._follow()
        with torch.no_grad():
            pairs = zip(self.network.buffers(), self.source.buffers(), strict=True)
            for mine, theirs in pairs:
                mine.copy_(theirs)
        device = next(itertools.chain(self.network.parameters())).device
        rng = torch.Generator().manual_seed(STATISTICS_SEED)
        size = STATISTICS_SIZE, self.source.latent_dim
        with _calm():
            update_bn(
                (
                    torch.randn(size, generator=rng).to(device)
                    for _ in range(STATISTICS_BATCHES)
                ),
                self.network,
            )
        self.network.eval()

    def _follow(self) -> None:
        """Take over the weights of a generator that is not averaged."""
        if self.decay == 0:
            self.network.load_state_dict(self.source.state_dict())

    def draw(self, z: Tensor, quick: bool = False) -> Tensor:
        """Draw images for z.

        Args:
            z: (B, latent_dim).
            quick: take BatchNorm's statistics from these very z: a ninth of the work,
                for a look in between.

        Returns:
            (B, C, H, W) in [-1, 1].
        """
        if quick:
            self._follow()
            for module in self.network.modules():
                if isinstance(module, _BatchNorm):
                    module.train()
        else:
            self.refresh()
        with _calm(), torch.no_grad():
            images = self.network(z)
        self.network.eval()
        return images


def _calm() -> AbstractContextManager[None]:
    """Keep what a network draws for itself, dropout say, out of the training.

    In a thread beside the main one that is left alone: to seed the generator there
    would change what cells draw meanwhile.
    """
    seed = STATISTICS_SEED if in_main_thread() else None
    return isolated(seed, threads=None)
