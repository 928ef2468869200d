import math

import pytest
import torch

from labkit import critic_loss, generator_loss, minimax_generator_loss

LN2 = math.log(2)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (1,)])
def test_guessing_costs_ln_2(shape):
    zeros = torch.zeros(shape)
    assert critic_loss(zeros, zeros).item() == pytest.approx(LN2)
    assert generator_loss(zeros).item() == pytest.approx(LN2)
    assert minimax_generator_loss(zeros).item() == pytest.approx(-LN2)


def test_critic_loss_is_the_mean_of_two_means_also_for_unequal_batches():
    real, fake = torch.tensor([3.0]), torch.tensor([-1.0, 0.0, 2.0])
    expected = (
        -torch.log(torch.sigmoid(real)).mean()
        - torch.log(1 - torch.sigmoid(fake)).mean()
    ) / 2
    torch.testing.assert_close(critic_loss(real, fake), expected)


def test_smoothing_touches_real_labels_only():
    real, fake = torch.tensor([2.0]), torch.tensor([1.0])
    p = torch.sigmoid(real)
    smoothed = -(0.9 * torch.log(p) + 0.1 * torch.log(1 - p))
    expected = (smoothed - torch.log(1 - torch.sigmoid(fake))) / 2
    torch.testing.assert_close(critic_loss(real, fake, 0.1), expected.squeeze())


@pytest.mark.parametrize("logit", [-200.0, 200.0])
def test_extreme_logits_give_finite_losses_and_gradients(logit):
    x = torch.full((3,), logit, requires_grad=True)
    for loss in (critic_loss(x, x), generator_loss(x), minimax_generator_loss(x)):
        (gradient,) = torch.autograd.grad(loss, x)
        assert torch.isfinite(loss)
        assert torch.isfinite(gradient).all()


def test_where_the_critic_is_sure_only_the_non_saturating_loss_has_a_slope():
    x = torch.tensor([-10.0], requires_grad=True)
    (steep,) = torch.autograd.grad(generator_loss(x), x)
    (flat,) = torch.autograd.grad(minimax_generator_loss(x), x)
    assert steep.item() == pytest.approx(-1, abs=1e-3)
    assert flat.item() == pytest.approx(-4.54e-5, rel=1e-2)
