"""Penalties on critics whose slope is known."""

import pytest
import torch
from torch import nn

from labkit.errors import LabkitError
from labkit.models import Critic
from labkit.penalties import (
    clip_weights,
    gradient_penalty,
    normalise_spectra,
    zero_centred_penalty,
)


def linear(*weights):
    critic = nn.Linear(len(weights), 1)
    with torch.no_grad():
        critic.weight.copy_(torch.tensor([weights]))
    return critic


def test_penalties_of_a_linear_critic():
    """Its slope is 5 everywhere."""
    critic, points = linear(3.0, -4.0), torch.randn(6, 2)
    assert gradient_penalty(critic, points, -points).item() == pytest.approx(16)
    assert zero_centred_penalty(critic, points).item() == pytest.approx(12.5)


def test_gradient_penalty_looks_at_one_place_on_each_line():
    seen = []

    def square(images):  # slope 2‖x‖
        seen.append(images.detach())
        return images.flatten(1).square().sum(1)

    real, fake = torch.zeros(200, 1, 2, 2), torch.ones(200, 1, 2, 2)
    penalty = gradient_penalty(square, real, fake)
    shares = seen[0].flatten(1)
    assert (shares == shares[:, :1]).all()  # one share an image
    assert 0 <= shares.min() < 0.1 and 0.9 < shares.max() <= 1
    expected = (2 * shares.norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(penalty.detach(), expected)


@pytest.mark.parametrize("shape", [(3, 2), (3, 1, 28, 28)])
def test_penalties_teach_the_critic_and_leave_the_images_alone(shape):
    if len(shape) == 2:
        critic = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    else:
        critic = Critic(shape[1:], base_channels=4)
    real, fake = torch.randn(shape), torch.randn(shape, requires_grad=True)
    for value in (
        gradient_penalty(critic, real, fake),
        zero_centred_penalty(critic, real),
        zero_centred_penalty(critic, fake),
    ):
        critic.zero_grad()
        value.backward()
        first = next(critic.parameters()).grad
        assert torch.isfinite(first).all() and first.abs().sum() > 0
    assert fake.grad is None and not real.requires_grad


def test_gradient_penalty_wants_pairs():
    with pytest.raises(LabkitError, match=r"one shape; got \(3, 2\) and \(4, 2\)"):
        gradient_penalty(linear(1.0, 1.0), torch.zeros(3, 2), torch.zeros(4, 2))


def test_clipping_cuts_weights_and_leaves_buffers():
    critic = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        critic[0].weight.copy_(torch.tensor([[3.0, -3.0], [0.005, -0.005]]))
    clip_weights(critic, 0.01)
    expected = torch.tensor([[0.01, -0.01], [0.005, -0.005]])
    torch.testing.assert_close(critic[0].weight.detach(), expected)
    assert critic[1].running_var.tolist() == [1, 1]
    with pytest.raises(LabkitError, match="limit is above 0, 0.01 say; got 0"):
        clip_weights(critic, 0)


def test_a_critic_with_normalised_spectra_cannot_be_steep():
    critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
    with torch.no_grad():
        critic[2].weight.mul_(100)
    normalise_spectra(normalise_spectra(critic))  # once is enough
    assert len(critic[0].parametrizations.weight) == 1
    for _ in range(20):  # the largest singular value is found by and by
        critic(torch.zeros(1, 2))
    points = torch.randn(100, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(critic(points).sum(), points)
    assert slope.norm(dim=1).max() <= 1.01
