"""The only place that draws. Every function returns a `Picture`.

A picture shows itself as the last line of a notebook cell, with its alternative text;
`picture.save("name.png")` keeps it. Colour is role: real green, fake purple, critic
blue, gradient pink. Images are drawn from -1 (black) to 1 (white), always.
"""

from labkit.show.curves import losses, scores
from labkit.show.film import film, live, save_gif
from labkit.show.logits import (
    critic_map,
    overflow,
    price_list,
    saturation,
    smoothing,
    twice,
)
from labkit.show.one_dimension import chase, smoothed_fakes
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure
from labkit.show.tiles import grid, read_png, row, save_png

__all__ = [
    "CRITIC",
    "FAKE",
    "GRADIENT",
    "REAL",
    "Picture",
    "chase",
    "critic_map",
    "figure",
    "film",
    "grid",
    "live",
    "losses",
    "overflow",
    "price_list",
    "read_png",
    "row",
    "saturation",
    "save_gif",
    "save_png",
    "scores",
    "smoothed_fakes",
    "smoothing",
    "twice",
]
