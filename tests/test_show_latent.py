"""Pictures of lab 07: what they tell in words is what the numbers say."""

import torch

from labkit import show


def images(count):
    return torch.zeros(count, 1, 8, 8)


def test_manifold_names_the_quantiles_at_its_sides():
    alt = show.manifold(images(400)).alt
    assert "20 by 20" in alt
    assert "from -1.96 to 1.96" in alt


def test_lengths_and_norm_curves_tell_means():
    norms = {4: torch.tensor([1.0, 2, 3]), 64: torch.full((5,), 8.0)}
    alt = show.lengths(norms).alt
    assert "d = 4: 2.00 ± 1.00" in alt and "d = 64: 8.00 ± 0.00" in alt
    t = torch.linspace(0, 1, 3)
    paths = {
        "low": torch.tensor([[8.0, 5, 8], [8, 6, 8]]),
        "high": torch.full((2, 3), 8.0),
    }
    alt = show.norm_curves(t, paths, typical=8).alt
    assert "2 pairs" in alt and "5.50 for low, 8.00 for high" in alt


def test_strips_and_equation_name_what_they_show():
    rows = {"first": images(3), "second": images(3)}
    alt = show.strips(rows, labels=["0", "1", "2"], below="t").alt
    assert "first, second; from left to right, t from 0 to 2." in alt
    assert show.strips(rows).alt.endswith("first, second.")
    terms = [images(1)[0], "−", images(1)[0], "=", images(1)[0]]
    alt = show.equation(terms, ["boot", "shoe", "heel"]).alt
    assert alt.endswith("boot − shoe = heel")
