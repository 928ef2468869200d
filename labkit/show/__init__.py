"""The only place that draws. Nearly every function returns a `Picture`.

A picture shows itself as the last line of a notebook cell, with its alternative text;
`picture.save("name.png")` keeps it. Colour is role: real green, fake purple, critic
blue, gradient pink. Images are drawn from -1 (black) to 1 (white), always.
"""

from labkit.image_files import read_png, save_film, save_png, save_strip
from labkit.show.clinic import chart
from labkit.show.colours import channels, palettes, scale
from labkit.show.convolution import kernel_walk, size_walks
from labkit.show.curves import losses, scores
from labkit.show.distance import (
    meters,
    moves,
    score_lines,
    two_distances,
    weight_piles,
)
from labkit.show.film import film
from labkit.show.game import (
    arrows,
    crowds,
    opinion_maps,
    point_sets,
    toy_film,
    toy_rows,
)
from labkit.show.iteration import iteration
from labkit.show.latent import equation, lengths, manifold, norm_curves, strips
from labkit.show.logits import (
    critic_map,
    overflow,
    price_list,
    saturation,
    smoothing,
    twice,
)
from labkit.show.monitor import live, monitor
from labkit.show.neighbours import balls, covered, how_near, sample_sizes
from labkit.show.one_dimension import chase, smoothed_fakes
from labkit.show.opinions import activations, opinions
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure
from labkit.show.pixels import pixel_bytes, pixel_values
from labkit.show.report_card import report_card
from labkit.show.ripple import count_tables, ripple, ripples, stamps
from labkit.show.rows import pink, rows
from labkit.show.stages import collect, stages
from labkit.show.theory import best_critic, ratio, spirals
from labkit.show.tiles import grid, row
from labkit.show.transport import ellipses, transport, yardstick
from labkit.show.updates import gradient_sizes, judged, turnaround
from labkit.show.weights import fits, signal, weights

__all__ = [
    "CRITIC",
    "FAKE",
    "GRADIENT",
    "REAL",
    "Picture",
    "activations",
    "arrows",
    "balls",
    "best_critic",
    "channels",
    "chart",
    "chase",
    "collect",
    "count_tables",
    "covered",
    "critic_map",
    "crowds",
    "ellipses",
    "equation",
    "figure",
    "film",
    "fits",
    "gradient_sizes",
    "grid",
    "how_near",
    "iteration",
    "judged",
    "kernel_walk",
    "lengths",
    "live",
    "losses",
    "manifold",
    "meters",
    "monitor",
    "moves",
    "norm_curves",
    "opinion_maps",
    "opinions",
    "overflow",
    "palettes",
    "pink",
    "pixel_bytes",
    "pixel_values",
    "point_sets",
    "price_list",
    "ratio",
    "read_png",
    "report_card",
    "ripple",
    "ripples",
    "row",
    "rows",
    "sample_sizes",
    "saturation",
    "save_film",
    "save_png",
    "save_strip",
    "scale",
    "score_lines",
    "scores",
    "signal",
    "size_walks",
    "smoothed_fakes",
    "smoothing",
    "spirals",
    "stages",
    "stamps",
    "strips",
    "toy_film",
    "toy_rows",
    "transport",
    "turnaround",
    "twice",
    "two_distances",
    "weight_piles",
    "weights",
    "yardstick",
]
