import math

import pytest
import torch

from labkit import metrics
from labkit.data import load, normalise
from labkit.errors import LabkitError


def test_frechet_distance_of_normals_in_one_dimension_and_of_rotated_ones():
    def one(mean_a, var_a, mean_b, var_b):
        pair = [torch.tensor([[v]]).double() for v in (mean_a, var_a, mean_b, var_b)]
        return metrics.frechet_distance(pair[0][0], pair[1], pair[2][0], pair[3]).item()

    assert one(0, 1, 3, 1) == pytest.approx(9)
    assert one(0, 4, 0, 1) == pytest.approx(1)  # (2 - 1)²
    assert one(1, 0, 1, 0) == 0
    rng = torch.Generator().manual_seed(0)
    q, _ = torch.linalg.qr(torch.randn(5, 5, generator=rng).double())
    a = q @ torch.diag(torch.tensor([1.0, 2, 3, 4, 5]).double()) @ q.T
    b = q @ torch.diag(torch.tensor([5.0, 4, 3, 2, 1]).double()) @ q.T
    expected = sum((math.sqrt(i) - math.sqrt(6 - i)) ** 2 for i in range(1, 6))
    zero = torch.zeros(5).double()
    assert metrics.frechet_distance(zero, a, zero, b).item() == pytest.approx(expected)
    assert metrics.frechet_distance(zero, a, zero, a).item() == pytest.approx(
        0, abs=1e-9
    )


@pytest.mark.parametrize(("name", "least"), [("digits", 0.98), ("fashion", 0.90)])
def test_shipped_classifiers_know_their_test_images(name, least):
    classifier, test = metrics.load_classifier(name), load(name, split="test")
    with torch.no_grad():
        guess = torch.cat(
            [classifier(normalise(part)).argmax(1) for part in test.images.split(500)]
        )
    assert (guess == test.labels).float().mean() >= least


def test_the_scale_orders_real_blurred_and_noise():
    values = list(metrics.scale("digits").values())
    assert values == sorted(values)
    assert values[0] < 1
    assert values[2] == pytest.approx(14.5, rel=0.01)
    assert values[3] > 50


def test_distance_of_a_set_to_itself_is_zero_and_wrong_shapes_are_refused():
    classifier = metrics.load_classifier("digits")
    images = load("digits", split="test").images
    assert metrics.distance(images, images, classifier) == pytest.approx(0, abs=1e-6)
    with pytest.raises(LabkitError, match="28"):
        metrics.features(torch.zeros(2, 3, 32, 32), classifier)
    with pytest.raises(LabkitError, match="digits and fashion"):
        metrics.load_classifier("faces")


def test_a_damaged_or_missing_classifier_is_named(tmp_path, monkeypatch):
    path = metrics.classifier_path("digits")
    monkeypatch.setattr(metrics.classifier, "zoo_folder", lambda: tmp_path)
    metrics.load_classifier.cache_clear()
    try:
        with pytest.raises(LabkitError, match="missing"):
            metrics.load_classifier("digits")
        (tmp_path / path.name).write_bytes(path.read_bytes()[:1000])
        with pytest.raises(LabkitError, match="damaged"):
            metrics.load_classifier("digits")
    finally:
        metrics.load_classifier.cache_clear()
