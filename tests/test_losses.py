import math

import pytest
import torch

from labkit import critic_loss, generator_loss, losses, minimax_generator_loss
from labkit.objectives import OBJECTIVES

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


REAL, FAKE = torch.tensor([2.0, -0.5]), torch.tensor([0.25, -3.0])


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
@pytest.mark.parametrize(
    "loss, expected",
    [
        # ((1)² + (-1.5)²)/2 and (0.25² + 3²)/2, their mean
        (losses.least_squares_critic_loss, (1.625 + 4.53125) / 2),
        # max(0, 1 - 2), max(0, 1.5); max(0, 1.25), max(0, -2)
        (losses.hinge_critic_loss, 0.75 + 0.625),
        (losses.wasserstein_critic_loss, -1.375 - 0.75),
        # pairs (2, 0.25) and (-0.5, -3)
        (
            losses.relativistic_critic_loss,
            (math.log1p(math.exp(-1.75)) + math.log1p(math.exp(-2.5))) / 2,
        ),
    ],
)
def test_losses_of_the_critic_on_given_scores(loss, expected, shape):
    value = loss(REAL.view(shape), FAKE.view(shape))
    assert value.shape == ()
    assert value.item() == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
@pytest.mark.parametrize(
    "loss, expected",
    [
        (losses.least_squares_generator_loss, (0.5625 + 16) / 4),
        (losses.hinge_generator_loss, 1.375),
        (losses.wasserstein_generator_loss, 1.375),
        (
            lambda fake: losses.relativistic_generator_loss(fake, REAL.view_as(fake)),
            (math.log1p(math.exp(1.75)) + math.log1p(math.exp(2.5))) / 2,
        ),
    ],
)
def test_losses_of_the_generator_on_given_scores(loss, expected, shape):
    value = loss(FAKE.view(shape))
    assert value.shape == ()
    assert value.item() == pytest.approx(expected)


def test_relativistic_losses_know_differences_only():
    for loss in (losses.relativistic_critic_loss, losses.relativistic_generator_loss):
        torch.testing.assert_close(loss(REAL + 100, FAKE + 100), loss(REAL, FAKE))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_pulls_its_players_apart(name):
    """The critic wants real scores up and fakes down, the generator its fakes up."""
    chosen = OBJECTIVES[name]
    real = torch.full((4,), 0.5, requires_grad=True)  # a score no loss has settled on
    fake = torch.full((4,), 0.5, requires_grad=True)
    up, down = torch.autograd.grad(chosen.critic_loss(real, fake), [real, fake])
    assert (up < 0).all() and (down > 0).all()
    beside = (real.detach(),) if chosen.compares else ()
    (pull,) = torch.autograd.grad(chosen.generator_loss(fake, *beside), fake)
    assert (pull < 0).all()
