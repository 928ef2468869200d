"""A running average of the generator's weights: smoother than any single step's."""

import copy
import itertools

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from labkit.runtime import isolated

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
        with torch.no_grad():
            if self.decay == 0:
                self.network.load_state_dict(self.source.state_dict())
            pairs = zip(self.network.buffers(), self.source.buffers(), strict=True)
            for mine, theirs in pairs:
                mine.copy_(theirs)
        device = next(itertools.chain(self.network.parameters())).device
        with isolated(STATISTICS_SEED, threads=None):
            size = STATISTICS_SIZE, self.source.latent_dim
            update_bn(
                (torch.randn(size).to(device) for _ in range(STATISTICS_BATCHES)),
                self.network,
            )
        self.network.eval()

    def draw(self, z: Tensor) -> Tensor:
        """Images of z (B, latent_dim) by the refreshed network, (B, C, H, W)."""
        self.refresh()
        with isolated(STATISTICS_SEED, threads=None), torch.no_grad():
            return self.network(z)
