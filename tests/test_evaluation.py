import math
import sys
from types import ModuleType

import pytest
import torch
from torch import nn

from labkit import metrics
from labkit.data import load, normalise
from labkit.errors import BadValue, LabkitError


def cloud(count: int, seed: int, width: int = 8, shift: float = 0.0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=rng).double() + shift


class Copycat(nn.Module):
    """A "generator" that hands out images, one after the other."""

    latent_dim = 4

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()
        self.images = nn.Parameter(normalise(images))
        self.given = 0

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        self.given += len(z)
        return self.images[self.given - len(z) : self.given]


def test_kernel_distance_is_the_unbiased_estimate():
    a, b = cloud(6, 0, 3), cloud(6, 1, 3, 0.5)

    def kernel(x, y):
        return (float(x @ y) / 3 + 1) ** 3

    def among(side):
        pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
        return sum(kernel(side[i], side[j]) for i, j in pairs) / len(pairs)

    between = sum(kernel(x, y) for x in a for y in b) / 36
    mean, spread = metrics.kernel_distance(a, b, subsets=2)
    assert mean == pytest.approx(among(a) + among(b) - 2 * between)
    assert spread == pytest.approx(0, abs=1e-9)  # both subsets are all there is


def test_kernel_distance_has_no_bias_and_grows_with_the_distance():
    few, many = (
        metrics.kernel_distance(cloud(4000, 0), cloud(4000, 1), 60, size)[0]
        for size in (20, 500)
    )
    assert abs(few) < 0.2 and abs(many) < 0.02
    near, far = (
        metrics.kernel_distance(cloud(400, 0), cloud(400, 1, shift=shift))[0]
        for shift in (0.3, 1.0)
    )
    assert 0.05 < near < far
    with pytest.raises(BadValue, match="two features or more"):
        metrics.kernel_distance(cloud(1, 0), cloud(9, 0))


def test_nearest_neighbours_are_those_of_a_plain_search():
    fakes, real = cloud(1203, 0, 3), cloud(40, 1, 3)
    table = (fakes[:, None] - real).square().sum(2)
    found = metrics.nearest_neighbours(fakes, real)
    assert found.dtype == torch.int64
    assert torch.equal(found, table.argmin(1))
    distances = metrics.nearest_distances(fakes, real)
    assert torch.allclose(distances, table.amin(1).sqrt())


def test_memorisation_is_0_for_copies_and_1_for_news():
    train, test, new = (cloud(500, seed, 4) for seed in range(3))
    assert metrics.memorisation(train[:100], train, test) == pytest.approx(0, abs=1e-6)
    assert metrics.memorisation(new, train, test) == pytest.approx(1, rel=0.2)
    assert metrics.memorisation(new + 20, train, test) > 5


def test_precision_and_recall_tell_quality_from_variety():
    real, same = cloud(400, 0, 2), cloud(400, 1, 2)
    narrow, wide = 0.3 * same, 4 * same
    assert all(v > 0.8 for v in metrics.precision_recall(same, real).values())
    few = metrics.precision_recall(narrow, real)
    assert few["precision"] > 0.95 and few["recall"] < 0.5 and few["coverage"] < 0.6
    many = metrics.precision_recall(wide, real)
    assert many["precision"] < 0.6 and many["recall"] > 0.8
    with pytest.raises(BadValue, match="k=5"):
        metrics.precision_recall(real[:5], real)


def test_one_outlier_fools_precision_more_than_density():
    real, fakes = cloud(300, 0, 2), cloud(300, 1, 2, shift=6)
    before = metrics.precision_recall(fakes, real)
    real[0] = 9  # one stray point: its ball reaches over the fakes
    after = metrics.precision_recall(fakes, real)
    assert before["precision"] < 0.1 and after["precision"] > 0.9
    assert after["density"] < 0.3 and after["coverage"] < 0.1


def test_modes_are_counted_whatever_their_order():
    labels = torch.tensor([7, 2, 2, 9, 0, 7])
    assert metrics.mode_coverage(labels, 10) == pytest.approx(0.4)
    assert metrics.mode_coverage(torch.arange(1000), 1000) == 1
    assert metrics.mode_divergence(torch.arange(50) % 10, 10) == pytest.approx(0)
    assert metrics.mode_divergence(torch.full((9,), 3), 10) == pytest.approx(
        math.log(10)
    )
    half = torch.tensor([0, 1])
    assert metrics.mode_divergence(half, 4) == pytest.approx(math.log(2))


def test_stacked_digits_get_their_number():
    test = load("digits", split="test")
    stacks = test.images[:30, 0].view(10, 3, 28, 28)
    hundreds, tens, ones = test.labels[:30].view(10, 3).T
    classifier = metrics.load_classifier("digits")
    labels = metrics.classify(stacks, classifier)
    assert (labels == 100 * hundreds + 10 * tens + ones).float().mean() >= 0.8
    assert metrics.features(stacks, classifier).shape == (10, 192)


def test_evaluation_finds_a_copycat_and_names_every_measure():
    images = load("digits").images[:300]
    result = metrics.evaluate(Copycat(images), "digits", count=300)
    assert (result.dataset, result.count, result.seed) == ("digits", 300, 0)
    assert list(result.scale) == ["training images", "blurred", "noise"]
    assert all(list(side) == list(result.values) for side in result.scale.values())
    assert result.values["memorisation"] == pytest.approx(0, abs=1e-3)
    assert result.values["FID_c"] < result.scale["blurred"]["FID_c"]
    assert result.values["classes that occur"] == 1
    assert result.scale["noise"]["precision"] < 0.05
    heading, *rows = result.rows()
    assert heading == ("measure", "generator", *result.scale)
    assert [row[0] for row in rows] == list(result.values)
    assert all(len(row) == len(heading) for row in rows)


def test_senseless_evaluations_are_refused():
    copycat = Copycat(load("digits").images[:60])
    with pytest.raises(BadValue, match="from 50 to"):
        metrics.evaluate(copycat, "digits", count=3)
    with pytest.raises(BadValue, match="1 channels, those of stacked-digits 3"):
        metrics.evaluate(copycat, "stacked-digits", count=50)


def test_inception_says_what_is_missing(monkeypatch, tmp_path):
    images = torch.zeros(4, 1, 28, 28, dtype=torch.uint8)
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    with pytest.raises(LabkitError, match="torch-fidelity, which is not here"):
        metrics.inception_distances(images, images)
    stand_in(monkeypatch)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(LabkitError, match="weights of the Inception network are not"):
        metrics.inception_distances(images, images)


def test_inception_distances_come_from_its_features(monkeypatch, tmp_path):
    stand_in(monkeypatch)
    weights = tmp_path / "weights.pth"
    weights.touch()
    digits = load("digits", split="test").images[:120]
    same = metrics.inception_distances(digits, digits, weights)
    other = metrics.inception_distances(normalise(255 - digits), digits, weights)
    assert list(same) == ["FID", "KID"]
    assert same["FID"] == pytest.approx(0, abs=1e-3) and other["FID"] > 1
    assert other["KID"] > same["KID"]


def stand_in(monkeypatch) -> None:
    """Put a torch-fidelity in place whose network takes the means of rows."""

    class Network:
        def __init__(self, name, features_list, feature_extractor_weights_path):
            assert features_list == ["2048"] and feature_extractor_weights_path

        def __call__(self, images):
            assert images.dtype == torch.uint8 and images.shape[1] == 3
            return (images.float().div(255).mean(3).flatten(1),)

    name = "torch_fidelity.feature_extractor_inceptionv3"
    monkeypatch.setitem(sys.modules, "torch_fidelity", ModuleType("torch_fidelity"))
    module = ModuleType(name)
    module.FeatureExtractorInceptionV3 = Network
    monkeypatch.setitem(sys.modules, name, module)
