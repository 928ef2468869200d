"""The space that a generator draws from."""

import torch
from torch import Tensor, nn

from labkit.errors import BadValue

CHUNK = 500  # images a forward


@torch.no_grad()
def sample(generator: nn.Module, count: int, seed: int = 0) -> Tensor:
    """Draw images from fresh z of N(0, 1), with the generator in eval mode.

    The z of a seed are a prefix of each other: asking for more images keeps the first.

    Args:
        generator: (B, latent_dim) → images; carries `latent_dim`; its mode is kept.
        count: how many images, at least 1.
        seed: of z.

    Returns:
        float32 (count, C, H, W) in [-1, 1], on the CPU.
    """
    if count < 1:
        raise BadValue(f"count is 1 or more; got {count}")
    device = next(generator.parameters()).device
    rng = torch.Generator().manual_seed(seed)
    rows = [torch.randn(generator.latent_dim, generator=rng) for _ in range(count)]
    was_training = generator.training
    generator.eval()
    try:
        parts = torch.stack(rows).split(CHUNK)
        return torch.cat([generator(z.to(device)).float().cpu() for z in parts])
    finally:
        generator.train(was_training)
