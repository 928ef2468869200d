"""Spot the fake: the rounds, the score, what the page is told, and a class's results."""

import json

import pytest
import torch

from labkit import widgets, zoo
from labkit.data import load, to_uint8
from labkit.errors import BadValue, LabkitError
from labkit.latent import sample
from labkit.spot import NORMAL, Score, deck


def rows_of(images):
    return {image.numpy().tobytes() for image in images}


def test_half_the_images_are_of_the_test_set_and_half_of_the_generator():
    images, fakes = deck("digits", 20, seed=3)
    fakes = torch.tensor(fakes)
    assert images.shape == (20, 1, 28, 28) and images.dtype == torch.uint8
    assert fakes.sum() == 10
    assert rows_of(images[~fakes]) <= rows_of(load("digits", split="test").images)
    painted = to_uint8(sample(zoo.load("digits"), 10, seed=3))
    assert rows_of(images[fakes]) == rows_of(painted)


def test_the_seed_is_the_order():
    first, again, other = (deck("digits", 12, seed) for seed in (5, 5, 6))
    assert torch.equal(first[0], again[0]) and first[1] == again[1]
    assert first[1] != other[1]
    sums = {sum(deck("digits-2d", 5, seed)[1]) for seed in range(8)}
    assert sums == {2, 3}  # of an odd number, one more of either


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rounds": 3}, "rounds is a whole number from 4 to 200; got 3"),
        ({"rounds": 20.0}, "got 20.0"),
        ({"seed": -1}, "seed is a whole number from 0"),
        ({"generator": "cats"}, "the zoo has digits, .*; got 'cats'"),
        ({"save": "anna.csv"}, "a .json file named after the player"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(BadValue, match=words):
        widgets.SpotTheFake(**wrong)


def test_d_prime_of_counts_that_can_be_done_by_hand():
    score = Score(fakes=19, hits=19, reals=19, false_alarms=0)
    assert score.rates == (
        0.975,
        0.025,
    )  # Hautus: half an image added, one to the count
    assert score.d_prime == pytest.approx(2 * 1.959964, abs=1e-5)
    assert Score(9, 4, 19, 9).d_prime == pytest.approx(
        NORMAL.inv_cdf(0.45) - NORMAL.inv_cdf(0.475)
    )
    low, high = score.interval
    assert (low + high) / 2 == pytest.approx(score.d_prime)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (Score(10, 9, 10, 1), "You can tell its images from real ones."),
        (Score(10, 5, 10, 5), "0 lies in the interval"),
        (Score(10, 1, 10, 9), "read it the wrong way round"),
    ],
)
def test_the_last_sentence_says_what_it_means(score, words):
    counts, number, means = score.told()
    assert f"{score.hits} of 10 fakes" in counts
    assert f"d′ = {score.d_prime:.2f}".replace("-", "−") in number
    assert words in means


def test_counts_that_cannot_be():
    for wrong in ((10, 11, 10, 0), (10, -1, 10, 0), (10, 1.5, 10, 0), (0, 0, 10, 0)):
        with pytest.raises(BadValue):
            Score(*wrong)


def play(game, mistakes=0):
    """Answer every round; the first ones wrongly. Returns the last answer."""
    truths = deck(game.state["generator"], game.state["rounds"], game.state["seed"])[1]
    for index, fake in enumerate(truths):
        said = "fake" if fake != (index < mistakes) else "real"
        told, _ = game.answer("judge", {"round": index, "said": said}, [])
    return told


def test_no_truth_reaches_the_page_before_the_answer():
    game = widgets.SpotTheFake(rounds=4, seed=1)
    images, fakes = deck("digits", 4, 1)
    told, sent = game.answer("where", {}, [])
    assert told["judged"] == [] and told["told"] == [] and game.score is None
    assert sent == [images[0].numpy().tobytes()]
    told, sent = game.answer("judge", {"round": 0, "said": "real"}, [])
    truth = "fake" if fakes[0] else "real"
    assert told["judged"] == [{"truth": truth, "said": "real"}]
    assert sent == [images[1].numpy().tobytes()]
    kept = json.dumps([game.state, game.facts]) + game.picture().alt
    for way in (fakes, [not fake for fake in fakes], list(map(int, fakes))):
        assert json.dumps(way) not in kept
    # judged again, from another view of it: what was said first stays
    again, _ = game.answer("judge", {"round": 0, "said": "fake"}, [])
    assert again["judged"] == told["judged"]
    for wrong in ({"round": 2, "said": "real"}, {"round": 1, "said": "maybe"}, {}):
        with pytest.raises(LabkitError):
            game.answer("judge", wrong, [])


def test_a_game_ends_with_a_score_and_a_file(tmp_path):
    path = tmp_path / "results" / "anna.json"
    game = widgets.SpotTheFake(rounds=10, seed=2, save=path)
    told = play(game, mistakes=3)
    score = game.score
    assert score.hits + score.reals - score.false_alarms == 7
    assert told["told"] == score.told() and str(path) in told["saved"]
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert saved["player"] == "anna" and saved["hits"] == score.hits
    assert saved["seed"] == 2 and saved["d_prime"] == round(score.d_prime, 3)
    with pytest.raises(LabkitError, match="over"):
        game.answer("judge", {"round": 10, "said": "real"}, [])


def test_a_result_that_cannot_be_saved_is_said_and_nothing_is_lost(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    game = widgets.SpotTheFake(rounds=4, save=tmp_path / "taken" / "anna.json")
    assert "could not be saved" in play(game)["saved"]
    assert game.score is not None


def test_a_class_with_broken_files(tmp_path):
    for name, mistakes in (("anna", 0), ("ben", 4)):
        play(widgets.SpotTheFake(rounds=8, save=tmp_path / f"{name}.json"), mistakes)
    good = json.loads((tmp_path / "anna.json").read_text(encoding="utf-8"))
    broken = {
        "cut.json": '{"format": "labk',
        "other.json": '{"player": "carl"}',
        "many.json": json.dumps(good | {"hits": 99}),
        "none.json": json.dumps(good | {"player": None}),
        "bytes.json": "\udcff",
    }
    for name, text in broken.items():
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    tally = widgets.class_tally(tmp_path)
    assert [name for name, *_ in tally.players] == ["anna", "ben"]
    assert tally.broken.keys() == broken.keys()
    scores = [score for *_, score in tally.players]
    mean, low, high = tally.means["digits"]
    assert mean == pytest.approx(sum(score.d_prime for score in scores) / 2)
    assert high - low < scores[0].interval[1] - scores[0].interval[0]
    page, alt = tally._repr_html_(), tally.picture().alt
    for name, _, score in tally.players:
        assert f"{name} {score.d_prime:.2f}" in alt and f"<td>{name}</td>" in page
    assert f"mean, digits {mean:.2f}" in alt
    assert all(name in page for name in broken)


def test_names_are_shown_as_text(tmp_path):
    name = r"<b>$\x$"
    play(widgets.SpotTheFake(rounds=4, save=tmp_path / f"{name}.json"))
    tally = widgets.class_tally(tmp_path)
    assert "<b>" not in tally._repr_html_() and name in tally.picture().alt


def test_a_folder_without_results_says_what_belongs_there(tmp_path):
    with pytest.raises(LabkitError, match="there is no folder"):
        widgets.class_tally(tmp_path / "nowhere")
    (tmp_path / "notes.json").write_text("[]")
    with pytest.raises(
        LabkitError, match=r"(?s)no result in.*notes.json: is no result"
    ):
        widgets.class_tally(tmp_path)
