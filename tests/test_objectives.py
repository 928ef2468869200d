"""Every loss and its companions, in the training loop."""

import math

import pytest
import torch
from torch import nn

import labkit
from labkit import losses, training
from labkit.config import configure
from labkit.errors import LabkitError
from labkit.loop import Trainer
from labkit.objectives import OBJECTIVES
from labkit.presets import PRESETS, build
from tests.test_training import small, tiny, weights

SETTINGS = [{"loss": name} for name in OBJECTIVES] + [
    {"loss": "hinge", "spectral_norm": True}
]
each = pytest.mark.parametrize("settings", SETTINGS, ids=str)


@each
def test_every_loss_trains_both_players_and_resumes(settings, tmp_path):
    config = tiny(batch_size=8, images=160, **settings)
    whole = Trainer(config, small(160))
    before = {name: value.clone() for name, value in weights(whole).items()}
    whole.run()
    for name, value in weights(whole).items():
        if "critic 0" in name or "generator project" in name:
            assert not torch.equal(value, before[name]), f"{name} did not move"
    assert all(map(math.isfinite, whole.history["critic_loss"]))

    first = Trainer(config, small(160), out=tmp_path)
    first.run(steps=whole.step // 2)
    second = Trainer(config, small(160), out=tmp_path)
    second.load()
    second.run()
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(second)[name]), name


@each
def test_scores_of_real_images_and_fakes_are_told_apart(settings):
    """Penalties and pairs ask the critic for more scores; the history is not fooled."""
    trainer = Trainer(tiny(batch_size=8, images=320, **settings), small(160))
    said = []

    class Oracle(nn.Module):  # real images come with a mark in one corner
        def __init__(self):
            super().__init__()
            self.slope = nn.Parameter(torch.ones(()))

        def forward(self, images):
            said.append(images)
            return (
                (images[:, 0, 0, 0] > 1.5) * 4.0 - 2.0 + 0 * self.slope * images.sum()
            )

    trainer.critic.network = Oracle()
    trainer.opt_critic = torch.optim.SGD(trainer.critic.parameters(), lr=0.0)
    real = torch.zeros(8, 1, 28, 28)
    real[:, 0, 0, 0] = 2
    _, _, d_real, d_fake, after = trainer.iterate([real])
    assert d_real == pytest.approx(torch.sigmoid(torch.tensor(2.0)).item())
    assert d_fake == after == pytest.approx(torch.sigmoid(torch.tensor(-2.0)).item())


def test_clipping_keeps_every_weight_of_the_critic_small():
    trainer = Trainer(tiny(batch_size=8, images=400, loss="wgan-clip"), small(160))
    trainer.run(steps=2)
    for weight in trainer.critic.parameters():
        assert weight.abs().max() <= 0.01


def test_a_loss_brings_its_recipe_and_what_is_given_wins():
    assert configure(loss="wgan-gp").critic_steps == 5
    assert configure(loss="wgan-gp", critic_steps=2).critic_steps == 2
    assert configure(loss="wgan-gp").lr == PRESETS["fast"].recipe["lr"]
    assert configure("classic").smoothing > 0
    assert configure("classic", loss="hinge").smoothing == 0


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("loss", ["wgan-gp", "relativistic"])
def test_penalties_on_single_images_come_without_batchnorm(preset, loss):
    config = configure(preset, loss=loss, base_channels=8, images=2000)
    data = labkit.load("digits", 32)
    critic = Trainer(config, data).critic.network
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in critic.modules())
    images = torch.randn(3, 1, 32, 32)
    critic.eval()
    torch.testing.assert_close(critic(images)[:1], critic(images[:1]))


def test_unknown_norm():
    with pytest.raises(LabkitError, match="norm is batch, layer or none, not 'group'"):
        build("fast", (1, 28, 28), norm="group")


@pytest.mark.parametrize(
    "settings, reason",
    [
        ({"loss": "wgan"}, "loss is to be one of vanilla, minimax, least-squares"),
        ({"loss": "hinge", "smoothing": 0.1}, "the loss hinge has no labels"),
        ({"loss": "wgan-clip", "spectral_norm": True}, "one undoes the other"),
    ],
)
def test_conflicting_settings_are_refused_with_the_reason(settings, reason):
    with pytest.raises(LabkitError, match=reason):
        configure(**settings)


def test_flipped_labels_are_wrong_for_their_share_of_the_images():
    zeros, sure = torch.zeros(20_000), torch.full((20_000,), 50.0)
    assert losses.flipped_critic_loss(zeros, zeros, 0.0, 0.2).item() == pytest.approx(
        math.log(2)
    )
    # a label that is wrong costs 50, the others nothing
    price = losses.flipped_critic_loss(sure, -sure, 0.0, 0.2).item()
    assert price == pytest.approx(0.2 * 50, rel=0.05)
    plain = losses.critic_loss(sure, -sure, 0.1)
    torch.testing.assert_close(losses.flipped_critic_loss(sure, -sure, 0.1, 0), plain)


def test_weight_decay_shrinks_the_critic_alone():
    sizes = []
    for decay in (0.0, 0.5):
        trainer = Trainer(
            tiny(batch_size=8, images=160, weight_decay=decay), small(160)
        )
        trainer.run()
        sizes.append(
            [sum(weight.square().sum().item() for weight in network.parameters())
             for network in (trainer.critic, trainer.generator)]
        )  # fmt: skip
    assert sizes[1][0] < 0.99 * sizes[0][0]
    assert sizes[1][1] == pytest.approx(sizes[0][1], rel=0.05)


def test_a_loss_beside_steps_of_ones_own_is_refused():
    steps = training.critic_step, training.generator_step
    with pytest.raises(LabkitError, match="loss is part of labkit's own steps"):
        Trainer(tiny(loss="hinge"), small(), steps=steps)
