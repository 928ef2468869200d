"""Training where labkit's own steps are left out: a kit before lab 05 is over."""

import itertools
import math
from pathlib import Path

import pytest
import torch

import labkit
from labkit import contestants, data, kit, losses, presets, together, training
from labkit.dcgan import DCGANCritic
from labkit.iteration import CRITIC, GENERATOR
from labkit.models import Generator
from labkit.stacks import FAST_GENERATORS, stack

TINY = {"base_channels": 8, "latent_dim": 8, "batch_size": 32, "threads": 1}


@pytest.fixture
def in_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    """This labkit takes itself for that of the warm-up's kit, its own steps gone."""
    greys = [(2 * level - 255) / 255 for level in range(256)]
    about = {"lab": "00_warmup", "greys": greys}
    monkeypatch.setattr(kit, "about", lambda: about)

    def left_out(*_: object, **__: object) -> None:
        raise NotImplementedError

    answers = ("critic_step", "generator_step", "critic_loss", "generator_loss")
    answers = (*answers, "Generator", "init_weights", "DCGANCritic", "normalise")
    for module in (training, contestants, losses, presets, data):
        for name in answers:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, left_out)


def players() -> tuple[torch.nn.Module, torch.nn.Module]:
    torch.manual_seed(0)
    return presets.build("fast", (1, 28, 28), 8, 8)


def gradients(network: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.grad.clone() for weight in network.parameters()]


def test_one_pass_has_the_gradients_of_two_opponents() -> None:
    critic, generator = players()
    real, z = torch.randn(16, 1, 28, 28), torch.randn(16, 8)
    at_rest = [torch.optim.SGD(each.parameters(), 0.0) for each in (critic, generator)]
    critics, generators = together.steps()
    loss = critics(critic, generator, at_rest[0], real, z)
    got = gradients(critic), gradients(generator)
    told = generators(critic, generator, at_rest[1], z)

    for player in (critic, generator):
        player.zero_grad()
    fakes = generator(z)
    expected = losses.hinge_critic_loss(critic(real), critic(fakes))
    expected.backward()
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(got[0], gradients(critic))  # descends
    torch.testing.assert_close(got[1], [-each for each in gradients(generator)])
    torch.testing.assert_close(told, -critic(fakes).detach().mean())


def test_a_generators_step_alone_looks_at_the_critic_of_now(in_kit: None) -> None:
    """Twice alone: two gradients, and the numbers of a score that was just given."""
    trainer = training.prepare("digits", images=32 * 9, seed=1, **TINY)
    turns = iter([GENERATOR, GENERATOR, CRITIC, GENERATOR])
    weight = next(trainer.generator.network.parameters())
    critics = next(trainer.critic.network.parameters())
    moved, before = [], (weight.detach().clone(), critics.detach().clone())

    def turn(_: object) -> str:
        moved.append((weight.detach().clone(), critics.detach().clone()))
        return next(turns)

    trainer.run(steps=4, turns=turn)
    moved.append((weight.detach().clone(), critics.detach().clone()))
    assert torch.equal(moved[0][0], before[0])
    steps = [
        (new[0] - old[0], new[1] - old[1]) for old, new in itertools.pairwise(moved)
    ]
    for number in (0, 1, 3):  # the generator's
        assert steps[number][0].abs().max() > 0
        assert steps[number][1].abs().max() == 0
    assert not torch.equal(steps[0][0], steps[1][0])
    assert steps[2][0].abs().max() == 0
    history = trainer.history
    assert all(math.isfinite(score) for score in history["d_fake"])
    losses_of = history["generator_loss"]
    assert len({losses_of[0], losses_of[1], losses_of[3]}) == 3
    assert losses_of[0] != 0


def test_alone_the_generator_climbs_the_score() -> None:
    critic, generator = players()
    first, z = torch.randn(16, 8), torch.randn(16, 8)
    at_rest = [torch.optim.SGD(each.parameters(), 0.0) for each in (critic, generator)]
    critics, generators = together.steps()
    critics(critic, generator, at_rest[0], torch.randn(16, 1, 28, 28), first)
    told = generators(critic, generator, at_rest[1], z)
    got = gradients(generator)
    generator.zero_grad()
    expected = -critic(generator(z)).mean()
    expected.backward()
    torch.testing.assert_close(told, expected.detach())
    torch.testing.assert_close(got, gradients(generator))


def test_a_kit_trains_without_labkits_own_steps(
    in_kit: None, capsys: pytest.CaptureFixture[str], tmp_path
) -> None:
    run = labkit.train("digits", images=32 * 60, seed=1, out=tmp_path / "run", **TINY)
    assert together.SAID in capsys.readouterr().out
    assert run.history["critic_loss"][0] == pytest.approx(2.0, abs=0.1)  # guessing
    assert run.history["critic_loss"][-1] < 1.5
    again = labkit.train("digits", images=32 * 60, seed=1, **TINY)
    assert again.history["critic_loss"] == run.history["critic_loss"]
    for mine, theirs in zip(run.generator.parameters(), again.generator.parameters()):
        assert torch.equal(mine, theirs)


def test_the_tables_build_what_the_classes_do() -> None:
    shape = 3, 32, 32
    table = stack(FAST_GENERATORS[32], D=8, q=4, C=3)
    torch.manual_seed(0)
    own = Generator(shape, latent_dim=8, base_channels=16)
    weights = dict(zip(table.state_dict(), own.state_dict().values(), strict=True))
    table.load_state_dict(weights)
    z = torch.randn(5, 8)
    torch.testing.assert_close(table(z), own(z))
    torch.manual_seed(3)
    critic = presets.fast_critic(shape, 8)
    torch.manual_seed(3)
    for mine, theirs in zip(
        critic.state_dict().values(),
        DCGANCritic(shape, 8).state_dict().values(),
        strict=True,
    ):
        assert torch.equal(mine, theirs)


def test_steps_of_ones_own_and_losses_asked_for_are_not_replaced(in_kit: None) -> None:
    trainer = training.prepare("digits", steps=(print, print), images=64, **TINY)
    assert trainer.config.loss == "vanilla"
    with pytest.raises(NotImplementedError):
        labkit.train("digits", images=64, loss="least-squares", **TINY)


def test_a_kit_lacks_its_lab_and_those_after_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert kit.lab() is None  # the whole course
    assert not kit.lacks("00_warmup")
    (tmp_path / kit.FILE).write_text('{"lab": "04_losses"}', "utf-8")
    monkeypatch.setattr(data, "data_folder", lambda: tmp_path)
    kit.about.cache_clear()
    try:
        labs = ("03_generator", "04_losses", "05_training")
        assert [kit.lacks(lab) for lab in labs] == [False, True, True]
    finally:
        kit.about.cache_clear()
