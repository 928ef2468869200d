"""The only place that draws. Nearly every function returns a `Picture`.

A picture shows itself as the last line of a notebook cell, with its alternative text;
`picture.save("name.png")` keeps it. Colour is role: real green, fake purple, critic
blue, gradient pink. Images are drawn from -1 (black) to 1 (white), always.
"""

from labkit.show.convolution import kernel_walk, size_walks
from labkit.show.curves import losses, scores
from labkit.show.film import film, save_gif
from labkit.show.iteration import iteration
from labkit.show.logits import (
    critic_map,
    overflow,
    price_list,
    saturation,
    smoothing,
    twice,
)
from labkit.show.monitor import live, monitor
from labkit.show.one_dimension import chase, smoothed_fakes
from labkit.show.opinions import activations, opinions
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure
from labkit.show.pixels import pixel_bytes, pixel_values
from labkit.show.ripple import count_tables, ripple, ripples, stamps
from labkit.show.rows import pink, rows
from labkit.show.stages import collect, stages
from labkit.show.tiles import grid, read_png, row, save_png
from labkit.show.updates import gradient_sizes, judged, turnaround
from labkit.show.weights import fits, signal, weights

__all__ = [
    "CRITIC",
    "FAKE",
    "GRADIENT",
    "REAL",
    "Picture",
    "activations",
    "chase",
    "collect",
    "count_tables",
    "critic_map",
    "figure",
    "film",
    "fits",
    "gradient_sizes",
    "grid",
    "iteration",
    "judged",
    "kernel_walk",
    "live",
    "losses",
    "monitor",
    "opinions",
    "overflow",
    "pink",
    "pixel_bytes",
    "pixel_values",
    "price_list",
    "read_png",
    "ripple",
    "ripples",
    "row",
    "rows",
    "saturation",
    "save_gif",
    "save_png",
    "scores",
    "signal",
    "size_walks",
    "smoothed_fakes",
    "smoothing",
    "stages",
    "stamps",
    "turnaround",
    "twice",
    "weights",
]
