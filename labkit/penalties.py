"""What keeps a critic smooth: clipped weights, gradient penalties, spectral norm.

A critic that may be as steep as it likes says nothing about how far fakes are from real
images. Each of these bounds its slope, and leaves it to score as it pleases otherwise.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from labkit.errors import BadValue


@torch.no_grad()
def clip_weights(critic: nn.Module, limit: float) -> None:
    """Cut every weight of the critic to [-limit, limit], in place.

    To be called after each of the critic's updates (Arjovsky et al. 2017, algorithm 1).

    Args:
        critic: any module; its buffers are left alone.
        limit: above 0; the paper takes 0.01.
    """
    if not limit > 0:
        raise BadValue(f"limit is above 0, 0.01 say; got {limit!r}")
    for weight in critic.parameters():
        weight.clamp_(-limit, limit)


def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Penalise slopes other than 1 between real images and fakes.

    The slope is looked at in one random place on the line between each real image and
    its fake.

    Args:
        critic: (B, …) → scores (B,) or (B, 1), each of its own image alone: with
            BatchNorm in it, one image's score depends on the others.
        real, fake: (B, …), images or points, of one shape.

    Returns:
        The mean of (‖∇‖ − 1)², a scalar >= 0 whose gradient reaches the critic.

    From Gulrajani et al. 2017, equation 3.
    """
    if real.shape != fake.shape:
        raise BadValue(
            "gradient_penalty pairs each real image with a fake: both need one shape; "
            f"got {tuple(real.shape)} and {tuple(fake.shape)}"
        )
    ones = [1] * (real.dim() - 1)
    share = torch.rand(len(real), *ones, device=real.device, dtype=real.dtype)
    between = torch.lerp(real.detach(), fake.detach(), share)
    return (_slopes(critic, between) - 1).square().mean()


def zero_centred_penalty(critic: nn.Module, images: Tensor) -> Tensor:
    """Half the mean squared slope of the critic at the images given.

    On real images it is R1, on fakes R2 (Mescheder et al. 2018).

    Args:
        critic: (B, …) → scores (B,) or (B, 1).
        images: (B, …).

    Returns:
        A scalar >= 0 whose gradient reaches the critic.
    """
    return _slopes(critic, images.detach().clone()).square().mean() / 2


def _slopes(critic: nn.Module, inputs: Tensor) -> Tensor:
    """Length of the score's gradient at each input, (B,), differentiable."""
    inputs.requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(inputs).sum(), inputs, create_graph=True)
    return gradient.flatten(1).norm(dim=1)


def normalise_spectra(critic: nn.Module) -> nn.Module:
    """Divide each layer's weights by their largest singular value, from now on.

    Args:
        critic: its (transposed) convolutions and linear layers are changed in place;
            layers that are normalised already stay as they are.

    Returns:
        The same critic.

    From Miyato et al. 2018.
    """
    for layer in list(critic.modules()):
        has_weights = isinstance(layer, (nn.modules.conv._ConvNd, nn.Linear))
        if has_weights and not parametrize.is_parametrized(layer, "weight"):
            parametrizations.spectral_norm(layer)
    return critic
