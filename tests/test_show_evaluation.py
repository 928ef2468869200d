import pytest
import torch

from labkit import show
from labkit.show.picture import Picture


def points(count: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, 2, generator=rng).double() + shift


def test_clouds_tell_their_distances():
    assert "mean 3 and deviation 2" in show.transport((0, 1), (3, 2)).alt
    one = (torch.zeros(2), torch.eye(2))
    picture = show.ellipses({"same": (one, one), "other": (one, one)}, [0.0, 2.5])
    assert "same: 0.00; other: 2.50" in picture.alt
    picture = show.yardstick({"A": 1.5, "B": 20}, {"blurred": 14.5})
    assert "A 1.50, B 20.00, blurred 14.50" in picture.alt


def test_balls_count_the_fakes_inside():
    real = points(20, 0)
    scenes = {"near\nand far": (real, torch.cat([real[:7], real[:3] + 50]))}
    picture = show.balls(scenes, [torch.full((20,), 0.1).double()])
    assert "near, and far: 7 of 10 fakes inside" in picture.alt


def test_distances_are_told_in_units_of_the_test_images():
    test = torch.tensor([1.0, 2.0, 3.0])
    picture = show.how_near({"copies": (test, 0 * test), "new": (test, test + 1)})
    assert "copies 0.00, new 1.50" in picture.alt


def test_sample_sizes_and_coverage_tell_both_ends():
    lines = {"FID_c": {"generator": [4.0, 1.0], "real": [3.0, 0.5]}}
    picture = show.sample_sizes((50, 1000), lines, blurred=[14.5])
    assert "FID_c of generator 4.00 to 1.00" in picture.alt
    picture = show.covered(
        (100, 2000), {"real": [0.1, 0.86], "few": [0.01, 0.027]}, 1000
    )
    assert "2000 images cover: real 860, few 27" in picture.alt


def test_report_card_has_every_number_and_all_winners():
    rows = {"A": {"FID_c": 1.5, "modes": 1.0}, "B": {"FID_c": 9.0, "modes": 1.0}}
    picture = show.report_card(rows, {"FID_c": 0, "modes": 1})
    assert isinstance(picture, Picture)
    for text in ("A: FID_c 1.50, modes 1.00", "B: FID_c 9.00"):
        assert text in picture.alt
    plain = show.report_card(rows, {"FID_c": 0, "modes": 1})
    other = show.report_card(rows, {"FID_c": 9, "modes": 1})
    assert plain.data != other.data


@pytest.mark.parametrize("letter", "ABCDE")
def test_the_five_painters_are_what_lab_09_says(letter):
    from labkit import metrics
    from labkit.data import load, normalise

    images = metrics.suspects(40)[letter].double()
    assert images.shape == (40, 1, 28, 28) and images.abs().max() <= 1
    known = normalise(load("digits").images[:3000]).flatten(1).double()
    nearest = metrics.nearest_distances(images.flatten(1), known)
    back = metrics.nearest_distances(images.roll(-1, dims=3).flatten(1), known)
    assert (nearest.max() < 1e-3) == (letter == "D")
    assert (back.median() < 1e-3) == (letter == "A")
    labels = metrics.classify(images, metrics.load_classifier("digits"))
    assert (set(labels.tolist()) <= {0, 1, 7}) == (letter == "B")
