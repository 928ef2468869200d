"""Losses of the two players, on logits.

All of them take raw scores: the sigmoid is inside the loss, where it can be computed
without overflow.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def critic_loss(
    real_logits: Tensor, fake_logits: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Binary cross-entropy of the critic: real images are 1, fakes are 0.

    Guessing (all logits 0) costs ln 2 = 0.693.

    Args:
        real_logits: scores of real images, shape (B,) or (B, 1), float.
        fake_logits: scores of fakes, shape (B',) or (B', 1), float.
        smoothing: in [0, 1); real images get the label 1 - smoothing and fakes keep 0
            (one-sided label smoothing, Salimans et al. 2016).

    Returns:
        The mean of the two mean cross-entropies, a scalar >= 0.

    From Goodfellow et al. 2014, equation 1, with the sign turned.

    >>> critic_loss(torch.zeros(4), torch.zeros(4))
    tensor(0.6931)
    """
    labels = torch.full_like(real_logits, 1.0 - smoothing)
    real = F.binary_cross_entropy_with_logits(real_logits, labels)
    fake = F.softplus(fake_logits).mean()  # -log(1 - sigmoid(x))
    return (real + fake) / 2


def generator_loss(fake_logits: Tensor) -> Tensor:
    """Non-saturating loss of the generator: mean of -log D(G(z)).

    Its gradient is largest where the critic is sure that the images are fake, so a
    generator that is far behind learns fast (Goodfellow et al. 2014, section 3).

    Args:
        fake_logits: scores of fakes, shape (B,) or (B, 1), float.

    Returns:
        A scalar >= 0; ln 2 when the critic is guessing.
    """
    return F.softplus(-fake_logits).mean()  # -log sigmoid(x)


def minimax_generator_loss(fake_logits: Tensor) -> Tensor:
    """Saturating loss of the generator: mean of log(1 - D(G(z))).

    The generator's half of the two-player game as first written down. Its gradient
    vanishes where the critic is sure that the images are fake.

    Args:
        fake_logits: scores of fakes, shape (B,) or (B, 1), float.

    Returns:
        A scalar <= 0; -ln 2 when the critic is guessing.
    """
    return -F.softplus(fake_logits).mean()
