"""Points, players and the loop of the toy GAN; what its pictures tell in words."""

import math

import pytest
import torch

from labkit import show, toy
from labkit.checks.run import examine
from labkit.checks.spec import REGISTRY
from labkit.errors import BadValue
from labkit.objectives import OBJECTIVES, Objective

# A strong critic: the setting of lab 08, where its loss decides how many modes are found.
STRONG = {"steps": 400, "critic_steps": 5, "lr": (4e-3, 1e-3)}


@pytest.mark.parametrize("name", ["ring", "grid", "moons", "line"])
def test_points_are_drawn_by_their_seed_and_fit_into_the_picture(name):
    drawn = toy.points(name, 500, seed=3)
    assert drawn.shape == (500, 2)
    assert drawn.dtype == torch.float32
    assert drawn.abs().max() < toy.EXTENT
    torch.testing.assert_close(drawn, toy.points(name, 500, seed=3))
    assert not torch.equal(drawn, toy.points(name, 500, seed=4))


def test_every_point_of_ring_and_grid_lies_near_a_mode():
    for name, count in (("ring", 8), ("grid", 25)):
        modes = toy.centres(name)
        assert len(modes) == count
        assert toy.modes_covered(toy.points(name), modes).count == count
        off = toy.points(name)[:, None] - modes
        spread = off.norm(dim=2).min(1).values.square().mean() / 2
        assert spread.sqrt() == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize("name", ["rings", "moons"])
def test_centres_are_known_of_sets_with_modes(name):
    with pytest.raises(BadValue, match="ring and grid"):
        toy.centres(name)


@pytest.mark.parametrize(
    "typed, reason",
    [
        ([(0, 1), (2,)], "pairs of numbers"),
        ([("a", "b"), (1, 1)], "pairs of numbers"),
        ([(0, 1)], "at least two"),
        ([(0, 1, 2), (3, 4, 5)], r"got shape \(2, 3\)"),
        ([(0, 9), (0, 0)], r"got \(0, 9\)"),
        ([(0, 0), (math.nan, 0)], "nan"),
    ],
)
def test_own_points_say_what_is_wrong_with_them(typed, reason):
    with pytest.raises(BadValue, match=reason):
        toy.train_points(typed, steps=1)


def test_unknown_names_and_senseless_numbers_are_refused():
    with pytest.raises(BadValue, match="ring, grid, moons, line"):
        toy.train_points("square", steps=1)
    with pytest.raises(BadValue, match="vanilla, minimax"):
        toy.train_points("ring", "wgan", steps=1)
    with pytest.raises(BadValue, match="steps"):
        toy.train_points("ring", steps=0)


def test_modes_need_a_quarter_of_their_fair_share():
    modes = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    fakes = torch.tensor([[0.0, 0.1]] * 80 + [[1.0, 0.0]] * 12 + [[0.5, 0.0]] * 8)
    assert toy.modes_covered(fakes, modes) == (1, pytest.approx(0.92))
    fakes = torch.tensor([[0.0, 0.1]] * 80 + [[1.0, 0.0]] * 13 + [[0.5, 0.0]] * 7)
    assert toy.modes_covered(fakes, modes).count == 2


def test_optimal_critic_survives_zeros_and_the_ends_of_float32():
    p_real = torch.tensor([0.0, 0, 3, 3e-30, 3e38])
    p_fake = torch.tensor([0.0, 2, 0, 1e-30, 3e38])
    expected = torch.tensor([0.5, 0, 1, 0.75, 0.5])
    torch.testing.assert_close(toy.optimal_critic(p_real, p_fake), expected)
    assert toy.optimal_critic(1, torch.tensor([3, 0])).tolist() == [0.25, 1]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_plays_and_leaves_no_trace(name):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    run = toy.train_points("moons", name, steps=4, critic_steps=2, frames=3)
    assert torch.equal(before, torch.get_rng_state())
    assert [frame.step for frame in run.frames] == [0, 2, 4]
    assert run.frames[0].scores.shape == (toy.GRID, toy.GRID)
    assert len(run.history["critic_loss"]) == 4
    again = toy.train_points("moons", name, steps=4, critic_steps=2, frames=3)
    torch.testing.assert_close(run.fakes(), again.fakes())


def test_the_critic_is_handed_over_after_each_of_its_steps():
    calls = []
    toy.train_points("line", steps=3, critic_steps=2, after_critic=calls.append)
    assert len(calls) == 6
    assert isinstance(calls[0], toy.ToyCritic)


def test_grid_of_places_is_an_image_whose_rows_are_y():
    image = toy.places(3).reshape(3, 3, 2)
    assert image[0, 2].tolist() == [toy.EXTENT, -toy.EXTENT]


@pytest.mark.slow
def test_a_strong_critic_costs_vanilla_modes_and_wasserstein_none():
    ring = toy.centres("ring")
    vanilla = toy.train_points("ring", "vanilla", **STRONG)
    assert toy.modes_covered(vanilla.fakes(), ring).count <= 5
    penalised = toy.train_points("ring", "wgan-gp", **STRONG)
    assert toy.modes_covered(penalised.fakes(), ring).count == 8


def test_pictures_of_a_run_count_its_modes_in_words():
    run = toy.train_points("ring", steps=2, frames=2)
    modes = toy.centres("ring")
    assert "step 2, 0 of 8 modes" in show.toy_film(run.frames, run.real, modes).alt
    rows = {"one": (run.frames, True), "two": (run.frames, False)}
    assert "two: 0, 0 of 8" in show.toy_rows(rows, run.real, modes).alt
    assert "ring" in show.point_sets({"ring": run.real}).alt
    even = torch.full((toy.GRID, toy.GRID), 0.5)
    assert "0.50 to 0.50" in show.opinion_maps({"none": even}, run.real, run.real).alt
    fakes = run.frames[0].fakes[:9]
    alt = show.arrows(run.real, fakes, -fakes, run.frames[0].scores).alt
    assert alt.startswith("9 fakes")


def test_pictures_of_theory_tell_their_numbers():
    x = torch.linspace(-3, 3, 61)
    assert (
        "it is 0.5 at 0.0" in show.best_critic(x, x.exp(), 1 / x.exp(), x.sigmoid()).alt
    )
    ratio = show.ratio(x, x + 0.5, torch.cat([torch.ones(31), torch.zeros(30)]))
    assert "off by 0.50 on average" in ratio.alt
    assert "from 1.00 to 2.00" in show.spirals({"out": [(1, 0), (0, 2)]}).alt


def test_pictures_of_distances_tell_their_numbers():
    alt = show.moves(torch.tensor([3.0, 5]), torch.tensor([1.0, 0])).alt
    assert "0 to 3, 1 to 5. The mean way is 3.50" in alt
    x = torch.linspace(0, 4, 81)
    assert "flat: from 0.00 to 1.00, by 0.00" in show.two_distances(
        x, {"flat": x.clamp(max=1)}
    ).alt  # fmt: skip
    piles = show.weight_piles({"last": torch.tensor([0.1, -0.1, 0.0, 0.05])}, 0.1)
    assert "last 50%" in piles.alt
    line = show.score_lines(x, {"p": {"ramp": 2 * x}}, crowds=(1.0, 3.0))
    assert "p, ramp: 4.0" in line.alt
    falling = [2 - step / 100 for step in range(100)]
    assert "(step 19), 1.10 at the end" in show.meters({"W": falling}).alt


@pytest.mark.parametrize("name", ["optimal_critic", "clip_weights", "gradient_penalty"])
def test_checks_of_points_say_when_nothing_was_returned(name):
    result = examine(REGISTRY[name], lambda *arguments: None, seed=0)
    assert not result.passed


def test_a_custom_objective_may_bring_its_own_functions():
    game = Objective(lambda r, f: f.mean() - r.mean(), lambda f: -f.mean(),
                     penalty=lambda critic, r, f: 0 * critic(r).mean())  # fmt: skip
    run = toy.train_points([(0, 0), (1, 1)], game, steps=2)
    assert len(run.history["generator_loss"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_loss_finds_the_ring(name):
    """Six of the eight modes at least; clipping is slow and only comes near."""
    run = toy.train_points("ring", name, steps=1000, lr=(2e-3, 1e-3), frames=2)
    fakes, modes = run.fakes(), toy.centres("ring")
    if name == "wgan-clip":
        assert torch.cdist(fakes, modes).min(1).values.mean() < 0.75
    else:
        assert toy.modes_covered(fakes, modes).count >= 6
