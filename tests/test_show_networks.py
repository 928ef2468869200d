"""Pictures of labs 00, 02 and 03: what their alternative texts say must be true."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from labkit import show


def test_bytes_are_counted_in_words():
    images = torch.zeros(4, 1, 5, 5, dtype=torch.uint8)
    images[0] = 255
    assert "75% of the pixels are 0" in show.pixel_bytes(images).alt


def test_ranges_of_real_and_fake_pixels_are_told():
    real, fake = torch.linspace(-1, 1, 50), torch.linspace(-3, 0.5, 50)
    alt = show.pixel_values({"mine": (real, fake)}).alt
    assert "mine: real from -1.00 to 1.00, fake from -3.00 to 0.50" in alt


def test_rows_hold_grey_and_coloured_images_of_different_number():
    picture = show.rows(
        {"real": torch.zeros(4, 1, 8, 8), "pink": -torch.ones(2, 3, 8, 8)}
    )
    assert picture.data.startswith(b"\x89PNG") and "real, pink" in picture.alt


def test_pink_is_white_where_there_is_no_gradient():
    gradient = torch.zeros(2, 1, 4, 4)
    gradient[0, 0, 1, 2] = -0.5
    drawn = show.pink(gradient)
    assert drawn.shape == (2, 3, 4, 4)
    assert torch.equal(drawn[1], torch.ones(3, 4, 4))
    assert (drawn[0] < 1).any(dim=0).sum() == 1


@pytest.mark.parametrize(("size", "kernel"), [(7, 3), (7, 4), (8, 4), (9, 2)])
def test_a_kernel_stands_where_a_convolution_puts_it(size, kernel):
    places = F.conv1d(
        torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), stride=2, padding=1
    ).shape[-1]
    alt = show.kernel_walk(size, [kernel]).alt
    assert f"A kernel of {kernel} finds {places} places" in alt


def test_sizes_are_told_in_their_order():
    assert "down: 28 to 14 to 7 to 4" in show.size_walks({"down": [28, 14, 7, 4]}).alt


def test_stages_tell_their_shapes():
    alt = show.stages({"z": torch.randn(9), "maps": torch.randn(6, 7, 7)}).alt
    assert "z: 9, maps: 6 by 7 by 7" in alt


def test_slopes_of_activations_are_measured():
    alt = show.activations({"leaky": nn.LeakyReLU(0.25)}).alt
    assert "leaky: 0.25 below 0, 1 above" in alt


def test_opinions_count_what_a_critic_gets_right():
    alt = show.opinions({"noise": (torch.tensor([1.0, -1, 2, 3]), -torch.ones(4))}).alt
    assert "noise: 88% right" in alt


@pytest.mark.parametrize(("kernel", "ripples"), [(3, True), (4, True), (None, False)])
def test_ripple_is_zero_for_resizing_only(kernel, ripples):
    torch.manual_seed(0)
    double = (
        nn.Upsample(scale_factor=2)
        if kernel is None
        else nn.ConvTranspose2d(8, 8, kernel, stride=2, padding=1)
    )
    maps = double(torch.ones(1, 8, 10, 10))[0]
    assert (show.ripple(maps) > 0.5) == ripples
    assert f"mine: ripple {show.ripple(maps):.2f}" in show.ripples({"mine": maps}).alt


def test_ripple_leaves_out_maps_that_are_switched_off():
    assert show.ripple(torch.zeros(3, 12, 12)) == 0
    waves = torch.ones(12, 12) + torch.arange(12) % 2
    both = torch.stack([waves, torch.zeros(12, 12)])
    assert show.ripple(both) == pytest.approx(show.ripple(waves))


@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
def test_stamps_overlap_as_in_a_transposed_convolution_of_ones(kernel):
    overlaps = F.conv_transpose1d(
        torch.ones(1, 1, 4), torch.ones(1, 1, kernel), stride=2
    )
    told = " ".join(f"{int(count)}" for count in overlaps.flatten())
    assert f"kernel {kernel} gives {told}" in show.stamps(4, [kernel]).alt


def test_count_tables_tell_what_is_in_the_middle():
    table = torch.full((7, 7), 9.0)
    table[2:-2, 2:-2] = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
    assert "mine: the middle has 1, 2, 4" in show.count_tables({"mine": table}).alt


def test_weights_signal_and_fits_tell_their_numbers():
    pair = torch.zeros(50), torch.full((50,), 1.0)
    assert "after mean 1.00, deviation 0.000" in show.weights({"BatchNorm": pair}).alt
    alt = show.signal({"around 1": {"first": 1.0, "picture": 0.25}}).alt
    assert "around 1: from 1 to 0.25" in alt
    assert "mine: 1 to 0.01" in show.fits({"mine": [1.0, 0.1, 0.01]}).alt


def test_collect_sees_every_layer_of_a_class_and_leaves_no_hook():
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.ReLU())
    maps, output = show.collect(nn.ReLU, network, torch.randn(5, 3))
    assert [tuple(m.shape) for m in maps] == [(5, 4), (5, 2)]
    assert torch.equal(maps[1], output)
    network(torch.randn(5, 3))
    assert len(maps) == 2
