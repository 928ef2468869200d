"""Pictures of labs 04 and 05: what they tell in words is what the numbers say."""

from types import SimpleNamespace

import pytest
import torch

import labkit
from labkit import show

KEYS = ("critic_loss", "generator_loss", "d_real", "d_fake")


def trace(loss, logits):
    values = torch.stack([loss(one) for one in logits.split(1)])
    return values.detach(), torch.autograd.grad(values.sum(), logits)[0]


def test_saturation_tells_both_gradients_at_minus_ten():
    logits = torch.linspace(-12, 12, 97, requires_grad=True)
    losses = labkit.minimax_generator_loss, labkit.generator_loss
    alt = show.saturation(logits, *(trace(loss, logits) for loss in losses)).alt
    assert "it is 1 for the non-saturating loss" in alt
    assert "4.5e-05 for the saturating" in alt


def test_critic_map_reads_its_corners_off_the_losses():
    x = torch.linspace(-6, 6, 49)
    losses = [
        [labkit.critic_loss(real, fake) for real in x.split(1)] for fake in x.split(1)
    ]
    alt = show.critic_map(x, torch.tensor(losses)).alt
    assert "right and sure 0.02, wrong and sure 4.02, guessing 0.69" in alt


def test_overflow_finds_where_the_naive_formulas_end():
    x = torch.linspace(-200, 200, 401)
    D, right = torch.sigmoid(x), torch.nn.functional.softplus
    alt = show.overflow(
        x, (-torch.log(D), right(-x)), (-torch.log(1 - D), right(x))
    ).alt
    assert "beyond a logit of 16" in alt
    assert "goes on, to 200" in alt


def test_smoothing_marks_the_best_logit_and_what_falls_below_zero():
    x, free = torch.linspace(-4, 8, 241), torch.tensor([-200.0])
    prices = {
        label: torch.stack(
            [2 * labkit.critic_loss(one, free, 1 - label) for one in x.split(1)]
        )
        for label in (1, 0.9, 1.1)
    }
    alt = show.smoothing(x, prices).alt
    assert "With label 0.9 it is lowest at logit 2.2" in alt
    assert "With label 1.1 it falls below 0" in alt
    assert "label 1 " not in alt


def test_chase_and_smoothed_fakes_tell_where_the_fakes_are():
    x = torch.linspace(-8, 3, 111)
    paths = {"slow": [-8, -8.0], "fast": [-8, -2.0]}
    alt = show.chase(-8, 8 * x + 32, x, paths).alt
    assert "with slow at -8.00, with fast at -2.00" in alt
    assert "flat: 2.0, slope 0" in show.smoothed_fakes(-6, x, {"flat": 0 * x + 2}).alt


def test_turnaround_counts_the_steps_from_the_turn_to_the_lowest_weight():
    alt = show.turnaround({"late": [-1, -2, -3, -4, -3]}, turn=2).alt
    assert "late turns 2 steps after" in alt


def test_judged_and_gradient_sizes_repeat_the_numbers():
    images, logits = torch.zeros(3, 1, 8, 8), torch.tensor([[0.0], [20.0], [-20.0]])
    assert show.judged(images, logits).alt.endswith("0.50, 1.00, 0.00")
    alt = show.gradient_sizes({"first\nmoment": (2.0, 0.5)}).alt
    assert "first moment: critic 2, generator 0.5" in alt


@pytest.mark.parametrize("steps", [0, 3, 50])
def test_monitor_draws_a_run_from_its_first_moment_on(steps):
    history = {key: [0.5] * steps for key in KEYS} | {"epoch_step": [25] * (steps > 25)}
    samples = torch.zeros(64, 1, 8, 8, dtype=torch.uint8)
    picture = show.monitor(SimpleNamespace(samples=samples, history=history))
    assert f"step {steps}, epoch {int(steps > 25)}" in picture.alt
    assert ("0.50" in picture.alt) == (steps > 0)


def test_iteration_and_the_other_schemes_are_told_in_words():
    alt = show.iteration(torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, 28, 28)).alt
    assert "detach" in alt
    x = torch.linspace(-6, 6, 25)
    D = torch.sigmoid(x)
    assert "ln 2 = 0.693" in show.price_list(x, -torch.log(D), -torch.log(1 - D)).alt
    assert "stops at 0.503" in show.twice(D, D, 0 * D + 0.503).alt
