"""The checkerboard's arithmetic: torch's own layers, and what its ripple means."""

import pytest
import torch
from torch.nn import functional as F

from labkit import widgets
from labkit.errors import BadValue
from labkit.overlap import (
    INPUTS,
    KERNELS,
    KINDS,
    STRIDES,
    Upsampling,
    random_weights,
    ripple,
)
from labkit.show.overlap import told

SETTINGS = [
    Upsampling(kind, kernel, stride, padding)
    for kind in KINDS
    for kernel in range(KERNELS[0], KERNELS[1] + 1)
    for stride in range(STRIDES[0], STRIDES[1] + 1)
    for padding in range((kernel - 1) // 2 + 1)
]


def test_counts_are_a_transposed_convolution_of_ones():
    for setting in SETTINGS:
        if setting.upsampling == "transposed":
            expected = F.conv_transpose2d(
                torch.ones(1, 1, INPUTS, INPUTS),
                torch.ones(1, 1, setting.kernel, setting.kernel),
                stride=setting.stride,
                padding=setting.padding,
            )[0, 0]
            assert torch.equal(setting.counts().float(), expected), setting


def test_stamps_counts_and_maps_belong_together():
    weights = random_weights()
    for setting in SETTINGS:
        line, counts = setting.stamps().sum(0), setting.counts()
        assert line.shape == (setting.size,)
        torch.testing.assert_close(counts, torch.outer(line, line))
        assert setting.flat(weights).shape == (len(weights), setting.size, setting.size)
        assert 0 <= setting.inside.start < setting.inside.stop <= setting.size


def test_what_ripples_and_what_does_not():
    weights = random_weights()
    for setting in SETTINGS:
        even = setting.ripple(setting.counts())
        random = setting.ripple(setting.flat(weights))
        if setting.upsampling != "transposed" or setting.stride == 1:
            assert max(even, random) < 1e-9, setting
        else:  # even counts exactly where the stride divides the kernel
            assert (even < 1e-9) == (setting.kernel % setting.stride == 0), setting
            assert random > 0.9, setting


def test_ripple_is_deviation_by_size_of_what_is_inside():
    checks = torch.tensor([[4.0, 2.0], [2.0, 1.0]]).repeat(4, 4)
    assert ripple(checks, border=0) == pytest.approx(1.1875**0.5 / 2.25)
    framed = F.pad(checks, (4, 4, 4, 4), value=99)
    assert ripple(framed) == pytest.approx(1.1875**0.5 / 2.25)
    assert ripple(-3 * torch.stack([framed, framed])) == pytest.approx(ripple(framed))


def test_ripple_of_what_is_no_number_is_none():
    assert torch.tensor(ripple(torch.full((12, 12), torch.nan))).isnan()
    assert ripple(torch.zeros(12, 12)) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kernel": 9}, "kernel is a whole number from 1 to 8; got 9"),
        ({"kernel": 3.0}, "got 3.0"),
        ({"stride": True}, "stride is a whole number from 1 to 4; got True"),
        ({"padding": 2}, "with a kernel of 3, padding is a whole number from 0 to 1"),
        ({"upsampling": "cubic"}, "one of transposed, nearest, bilinear; got 'cubic'"),
        ({"colour": 1}, "Checkerboard has no choice 'colour'"),
    ],
)
def test_settings_that_there_are_not(wrong, words):
    with pytest.raises(BadValue, match=words):
        widgets.Checkerboard(**wrong)


def test_the_stand_in_says_its_numbers():
    board = widgets.Checkerboard(kernel=4)
    assert (
        board.picture().alt
        == told(Upsampling(kernel=4))
        == (
            "Transposed convolution; kernel 4, stride 2, padding 0: 8 pixels in a row become "
            "18. Inside, the weights that meet in a pixel are 2 in a row, 4 in the square. "
            "Ripple 0.00 with all weights 1, 1.01 with random weights (mean of 16 maps)."
        )
    )


def test_a_shared_line_is_the_same_board():
    board = widgets.Checkerboard(upsampling="nearest", kernel=5, padding=2)
    again = widgets.Checkerboard(**widgets.Checkerboard.read(board.share()))
    assert again.state == board.state
