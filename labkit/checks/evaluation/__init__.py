"""Lab 09: `frechet_distance`, `nearest_neighbours` and `mode_coverage`."""

from labkit.checks.evaluation import frechet, modes, neighbours
from labkit.checks.spec import Exercise, register

LAB = "09_evaluation"

register(
    Exercise(
        name="frechet_distance",
        lab=LAB,
        points=4,
        observe=frechet.observe,
        judge=frechet.judge,
        promise="one number, 1 to 32 features, turned, equal and flat clouds",
        own="labkit.metrics.distances:frechet_distance",
    )
)
register(
    Exercise(
        name="nearest_neighbours",
        lab=LAB,
        points=3,
        observe=neighbours.observe,
        judge=neighbours.judge,
        promise="indices, 1 to 1103 images on either side, copies found",
        own="labkit.metrics.neighbours:nearest_neighbours",
        also=("labkit.metrics.neighbours:_by_rows",),
    )
)
register(
    Exercise(
        name="mode_coverage",
        lab=LAB,
        points=2,
        observe=modes.observe,
        judge=modes.judge,
        promise="one number, 3 to 1000 classes, rare and missing ones",
        own="labkit.metrics.modes:mode_coverage",
    )
)
