"""The playground without its page: dice, states, the run in NumPy and in torch."""

import numpy as np
import pytest
import torch
from torch.nn.utils import parameters_to_vector

from labkit import sharing, widgets
from labkit.errors import BadValue, LabkitError
from labkit.objectives import OBJECTIVES
from labkit.playground import DEFAULTS, REPLAYED, checked, optimiser_steps, replay, twin
from labkit.playground.dice import LATENT, POINTS, Dice, modes_of, real_points
from labkit.points import modes_covered, points
from labkit.toy import ToyRun

OWN = [[-1, -1], [1, -1], [0, 1]]
# A run with a change of nearly everything on the way, and steps of one player alone.
EVENTFUL = DEFAULTS | {
    "data": "own", "own": OWN, "k": 2, "z": "line", "hidden": 8, "seed": 5,
    "noise": 0.1, "steps": 30,
    "log": [[8, "critic", 3], [8, "data", "moons"], [12, "loss", "wgan-gp"],
            [12, "lr_critic", 0.002], [20, "k", 1], [20, "noise", 0], [25, "generator", 2],
            [28, "own", [[0.5, 0.5], [-0.25, 1]]], [28, "data", "own"]],
}  # fmt: skip


def weights_of(run: ToyRun) -> np.ndarray:
    vectors = [
        parameters_to_vector(net.parameters()) for net in (run.critic, run.generator)
    ]
    return torch.cat(vectors).detach().numpy()


def test_the_dice_give_the_numbers_of_mulberry32() -> None:
    dice = Dice.__new__(Dice)
    dice._state = np.zeros(1, np.uint32)  # seed 0 of the mixer as it was published
    published = [1144304738, 1416247, 958946056]
    assert (dice.uniforms(3) * 2**32).astype(int).tolist() == published
    whole, parts = Dice(7, 2), Dice(7, 2)
    pieces = [parts.uniforms(3), parts.uniforms(5)]
    assert np.array_equal(whole.uniforms(8), np.concatenate(pieces))
    streams = [
        tuple(Dice(seed, stream).uniforms(4)) for seed in (0, 1) for stream in (0, 1)
    ]
    assert len(set(streams)) == 4


def test_what_is_drawn_has_the_distribution_that_it_claims() -> None:
    drawn = Dice(0).normals(20_001)
    assert len(drawn) == 20_001
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
    assert abs(np.mean(np.abs(drawn) < 1) - 0.6827) < 0.01
    for size, draw in LATENT.values():
        z = draw(Dice(0), 20_000)
        assert z.shape == (20_000, size)
        assert np.abs(z.std(0) - 1).max() < 0.02


@pytest.mark.parametrize("name", ["ring", "grid", "moons", "line"])
def test_the_sets_are_those_of_labkit_points(name: str) -> None:
    mine = torch.from_numpy(real_points(name, OWN, 3)).float()
    theirs = points(name, 4000)
    assert mine.shape == (POINTS, 2)
    gaps = torch.cdist(mine, theirs)
    assert gaps.min(1).values.quantile(0.9) < 0.06  # none lies where theirs do not
    assert gaps.min(0).values.quantile(0.9) < 0.12  # and they are everywhere


@pytest.mark.parametrize("loss", OBJECTIVES)
def test_numpy_plays_as_labkit_trains(loss: str) -> None:
    state = {"loss": loss, "steps": 12, "noise": 0.05, "data": "grid"}
    game, run = replay(state), twin(state)
    played = np.concatenate([game.critic.weights, game.generator.weights])
    assert played == pytest.approx(weights_of(run), rel=1e-9, abs=1e-12)
    assert game.fakes() == pytest.approx(
        run.frames[-1].fakes.numpy(), rel=1e-9, abs=1e-12
    )


def test_a_log_is_played_as_it_was_written() -> None:
    game, run = replay(EVENTFUL), twin(EVENTFUL)
    played = np.concatenate([game.critic.weights, game.generator.weights])
    assert played == pytest.approx(weights_of(run), rel=1e-9, abs=1e-12)
    assert optimiser_steps(EVENTFUL) == 20 * 3 + 10 * 2 + 3 + 2
    assert len(run.history["critic_loss"]) == 20 * 2 + 10 + 3
    assert len(run.history["generator_loss"]) == 30 + 2
    assert game.settings["lr_critic"] == 0.002
    assert np.array_equal(game.real, real_points("own", [[0.5, 0.5], [-0.25, 1]], 5))
    quiet = replay(EVENTFUL | {"log": []})
    assert not np.allclose(quiet.generator.weights, game.generator.weights)


def test_modes_are_counted_as_everywhere_in_labkit() -> None:
    for data in ("ring", "grid", "own"):
        game = replay(
            {"data": data, "steps": 300, "lr_critic": 0.02, "lr_generator": 0.01}
        )
        modes = torch.from_numpy(modes_of(data, DEFAULTS["own"]))
        told = modes_covered(torch.from_numpy(game.fakes()), modes)
        assert game.modes().count == told.count
        assert game.modes().good == pytest.approx(told.good)
        assert told.good > 0.05  # there was something to count
    assert replay({"data": "line"}).modes() is None


def test_the_trained_start_covers_what_the_untrained_does_not() -> None:
    assert replay({}).modes().count < 2
    assert replay({"start": "trained"}).modes().count == 8
    assert replay({"start": "trained", "data": "grid"}).modes().count >= 15


def test_a_state_travels_as_text_and_its_run_with_it() -> None:
    shared = widgets.Playground(**EVENTFUL)
    state = sharing.read(shared.share(), "playground", DEFAULTS)
    assert state == EVENTFUL
    assert widgets.Playground.read(shared.share()) == EVENTFUL
    assert checked({"k": 3})["lr_critic"] == DEFAULTS["lr_critic"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"speeed": 1}, "no choice 'speeed'"),
        ({"data": "spiral"}, "data is one of ring, grid, moons, line, own"),
        ({"k": 0}, "k is a whole number from 1 to 10; got 0"),
        ({"k": True}, "k is a whole number"),
        ({"lr_critic": float("nan")}, "lr_critic is a number from 0 to 0.1"),
        ({"noise": "much"}, "noise is a number from 0 to 1; got 'much'"),
        ({"data": "own", "own": [[0, 0]]}, "own is 2 to 60 pairs"),
        ({"own": [[0, 0], [3, 0]]}, "own is 2 to 60 pairs of numbers within"),
        ({"layers": ["sky"]}, "layers is a list of some of opinion"),
        ({"start": "trained", "hidden": 8}, "trained start has hidden 16"),
        ({"log": [[3, "k", 2]], "steps": 2}, "up to iteration 2; got 3"),
        ({"log": [[2, "k", 2], [1, "k", 3]], "steps": 2}, "a log goes forward"),
        ({"log": [[0, "hidden", 8]]}, "a log is of data, own"),
        ({"log": [[0, "critic", -1]]}, "steps of one player are 1 or more"),
        ({"log": [[0, "k", 99]]}, "k is a whole number"),
        ({"log": "k"}, "log is a list"),
        ({"data": ["ring"]}, "data is one of"),
    ],
)
def test_what_is_no_state_is_refused_in_words(state: dict, told: str) -> None:
    with pytest.raises(BadValue) as error:
        widgets.Playground(**state)
    assert told in str(error.value)
    with pytest.raises(BadValue):
        replay(state)


def test_a_run_that_takes_too_long_is_not_made_again() -> None:
    long = {"steps": REPLAYED}
    with pytest.raises(LabkitError, match=f"has {2 * REPLAYED} steps"):
        replay(long)
    with pytest.raises(LabkitError, match="Start again"):
        twin(long)
    assert optimiser_steps({"log": [[0, "critic", 7]], "steps": 0}) == 7


def test_the_stand_in_is_drawn_from_the_run() -> None:
    picture = widgets.Playground(start="trained").picture()
    assert "8 modes covered" in picture.alt
    long = widgets.Playground(steps=50_000).picture()  # drawn as it began
    assert "after 0 iterations" in long.alt
