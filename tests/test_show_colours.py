"""Pictures of lab 10: what they say of colours, and what they refuse."""

import io

import pytest
import torch
from PIL import Image

from labkit import show
from labkit.data import load
from labkit.errors import BadValue


def coloured(*colours: tuple[float, float, float]) -> torch.Tensor:
    """One flat image for each colour, (N, 3, 8, 8)."""
    return torch.tensor(colours)[:, :, None, None].expand(-1, -1, 8, 8)


def pixels(picture: show.Picture) -> set[tuple[int, ...]]:
    image = Image.open(io.BytesIO(picture.data)).convert("RGB")
    return {colour for _, colour in image.getcolors(1 << 24)}


def test_each_channel_is_shown_alone():
    found = pixels(show.channels(coloured((1, 1, -1))))
    assert {(255, 255, 0), (255, 0, 0), (0, 255, 0), (0, 0, 0)} <= found
    assert (0, 0, 255) not in found


def test_palettes_show_the_colour_of_the_edge_alone():
    framed = coloured((1, -1, -1)).clone()
    framed[:, :, 1:-1, 1:-1] = 1.0
    picture = show.palettes({"red": framed, "two": coloured((-1, -1, 1), (-1, 1, -1))})
    assert {(255, 0, 0), (0, 0, 255), (0, 255, 0)} <= pixels(picture)
    assert "red: 1 colours" in picture.alt and "two: 2 colours" in picture.alt


def test_bytes_are_as_welcome_as_floats():
    images = load("coloured-digits", split="test").images[:70]
    assert "real: 64 colours, their spread is 0." in show.palettes({"real": images}).alt
    assert "70 colour images" in show.channels(images).alt


@pytest.mark.parametrize("draw", [show.channels, lambda x: show.palettes({"a": x})])
def test_grey_images_are_refused(draw):
    with pytest.raises(BadValue, match=r"colour images \(N, 3, H, W\)"):
        draw(torch.zeros(2, 1, 8, 8))


def test_scale_tells_every_number():
    alt = show.scale({"much": 0.5, "little": 2e-5}, "gradient").alt
    assert alt == "Gradient. much: 0.5; little: 2e-05."
