"""The way back: from an image to a z that a generator turns into it."""

import torch
from torch import Tensor, nn

from labkit.errors import BadValue
from labkit.latent import draw, evaluating

CANDIDATES = 256  # z that are looked at before the descent
STARTS = 4  # the best of them go on
LEARNING_RATE = 0.2
PRIOR = 0.01  # weight of the mean square of z beside the mean square pixel error


def invert(generator: nn.Module, image: Tensor, steps: int = 200) -> Tensor:
    """Find a z whose image comes close to a given one.

    Adam walks down the mean square error of the pixels, plus a little of the mean square
    of z, which keeps z where the generator has learnt to draw. It starts from the best
    few of many random z, since one start alone often ends in a wrong valley (Zhu et al.
    2016; Lipton and Tripathi 2017).

    Args:
        generator: (B, latent_dim) → images (B, C, H, W); carries `latent_dim`. Its
            weights, their gradients and its mode stay as they are.
        image: (C, H, W) or (1, C, H, W), in [-1, 1].
        steps: of Adam, at least 1.

    Returns:
        float32 (latent_dim,), on the generator's device.
    """
    if image.dim() == 3:
        image = image[None]
    if image.dim() != 4 or len(image) != 1:
        raise BadValue(
            f"one image, (C, H, W) or (1, C, H, W); got shape {tuple(image.shape)}"
        )
    if steps < 1:
        raise BadValue(f"steps is 1 or more; got {steps}")
    device = next(generator.parameters(), image).device
    image = image.to(device)
    with evaluating(generator), torch.enable_grad():
        z = _starts(generator, image)
        adam = torch.optim.Adam([z.requires_grad_()], lr=LEARNING_RATE)
        for step in range(steps):
            adam.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
            loss = pixel_errors(generator(z), image) + PRIOR * z.square().mean(1)
            (z.grad,) = torch.autograd.grad(loss.sum(), [z])  # the weights get none
            adam.step()
        with torch.no_grad():
            return z[pixel_errors(generator(z), image).argmin()].clone()


def pixel_errors(images: Tensor, image: Tensor) -> Tensor:
    """Mean square difference between images (N, C, H, W) and one (1, C, H, W): (N,)."""
    return (images - image).square().mean((1, 2, 3))


@torch.no_grad()
def _starts(generator: nn.Module, image: Tensor) -> Tensor:
    z = draw(generator.latent_dim, CANDIDATES).to(image.device)
    errors = pixel_errors(generator(z), image)
    return z[errors.argsort()[:STARTS]].clone()
