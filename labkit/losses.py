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


def flipped_critic_loss(
    real_logits: Tensor, fake_logits: Tensor, smoothing: float, flipping: float
) -> Tensor:
    """`critic_loss` with some labels wrong on purpose, to keep the critic unsure.

    Args:
        real_logits, fake_logits, smoothing: as for `critic_loss`.
        flipping: in [0, 0.5), the probability that an image gets the other label.

    Returns:
        A scalar >= 0.

    From the list of tricks of Chintala et al. 2016 (ganhacks, number 6).
    """
    wrong_real = torch.rand_like(real_logits) < flipping
    wrong_fake = torch.rand_like(fake_logits) < flipping
    real_labels = (1 - smoothing) * (~wrong_real).to(real_logits.dtype)
    fake_labels = (1 - smoothing) * wrong_fake.to(fake_logits.dtype)
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels)
    fake = F.binary_cross_entropy_with_logits(fake_logits, fake_labels)
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


def least_squares_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Least squares of the critic: real images are to score 1, fakes 0.

    Args:
        real_scores: scores of real images, (B,) or (B, 1), float.
        fake_scores: scores of fakes, (B',) or (B', 1), float.

    Returns:
        A scalar >= 0; 1/4 when every image scores 1/2.

    From Mao et al. 2017, equation 9 with a = 0 and b = 1.
    """
    return ((real_scores - 1).square().mean() + fake_scores.square().mean()) / 2


def least_squares_generator_loss(fake_scores: Tensor) -> Tensor:
    """Least squares of the generator: its images are to score 1 (Mao et al. 2017).

    Args:
        fake_scores: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar >= 0; 1/8 when every image scores 1/2.
    """
    return (fake_scores - 1).square().mean() / 2


def hinge_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Hinge loss of the critic: real images above 1, fakes below -1, and no further.

    Args:
        real_scores: scores of real images, (B,) or (B, 1), float.
        fake_scores: scores of fakes, (B',) or (B', 1), float.

    Returns:
        A scalar >= 0; 2 when every image scores 0.

    From Lim and Ye 2017; used by Miyato et al. 2018 with spectral normalisation.
    """
    return F.relu(1 - real_scores).mean() + F.relu(1 + fake_scores).mean()


def hinge_generator_loss(fake_scores: Tensor) -> Tensor:
    """Loss of the generator beside the hinge: minus the mean score (Lim and Ye 2017).

    Args:
        fake_scores: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar of any sign.
    """
    return -fake_scores.mean()


def wasserstein_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Wasserstein loss of the critic: mean score of fakes minus that of real images.

    Its negative estimates the distance between the two crowds, up to a factor, if the
    critic is kept smooth (`labkit.penalties`).

    Args:
        real_scores: scores of real images, (B,) or (B, 1), float.
        fake_scores: scores of fakes, (B',) or (B', 1), float.

    Returns:
        A scalar; 0 when both crowds score alike, negative when real ones score more.

    From Arjovsky et al. 2017, equation 3 with the sign turned.
    """
    return fake_scores.mean() - real_scores.mean()


def wasserstein_generator_loss(fake_scores: Tensor) -> Tensor:
    """Wasserstein loss of the generator: minus the mean score (Arjovsky et al. 2017).

    Args:
        fake_scores: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar of any sign.
    """
    return -fake_scores.mean()


def relativistic_critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """Relativistic loss of the critic: each real image is to outscore a fake.

    Args:
        real_scores, fake_scores: (B,) or (B, 1), float, compared pair by pair.

    Returns:
        The mean of -log sigmoid(real - fake), a scalar >= 0; ln 2 for guessing.

    From Jolicoeur-Martineau 2019, in the paired form that Huang et al. 2024 (R3GAN)
    train with the penalties R1 and R2.
    """
    return F.softplus(fake_scores - real_scores).mean()


def relativistic_generator_loss(fake_scores: Tensor, real_scores: Tensor) -> Tensor:
    """Relativistic loss of the generator: each fake is to outscore a real image.

    Args:
        fake_scores, real_scores: (B,) or (B, 1), float, compared pair by pair.

    Returns:
        The mean of -log sigmoid(fake - real), a scalar >= 0; ln 2 for guessing.
    """
    return F.softplus(real_scores - fake_scores).mean()
