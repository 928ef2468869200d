"""Lab 07: `lerp`, `slerp`, `interpolate`, `seed_pair` and `invert`."""

from functools import partial

from labkit.checks.latent import (
    interpolate,
    interpolate_judge,
    invert,
    invert_judge,
    paths,
    paths_judge,
    seed_pair,
    seed_pair_judge,
)
from labkit.checks.spec import Exercise, register

LAB = "07_latent_space"

register(
    Exercise(
        name="lerp",
        lab=LAB,
        points=2,
        observe=paths.observe,
        judge=partial(paths_judge.judge, "lerp"),
        promise="values, both ends, (D,) and (B, D)",
        own="labkit.latent:lerp",
    )
)
register(
    Exercise(
        name="slerp",
        lab=LAB,
        points=4,
        observe=paths.observe,
        judge=partial(paths_judge.judge, "slerp"),
        promise="values, both ends, an angle for each row, equal and opposite ends",
        own="labkit.latent:slerp",
        also=("labkit.latent:_direction",),
    )
)
register(
    Exercise(
        name="interpolate",
        lab=LAB,
        points=3,
        observe=interpolate.observe,
        judge=interpolate_judge.judge,
        promise="number of images, both ends, even steps, mode restored, no gradient",
        own="labkit.latent:interpolate",
        also=("labkit.latent:walk", "labkit.latent:plane"),
    )
)
register(
    Exercise(
        name="seed_pair",
        lab=LAB,
        points=1,
        observe=seed_pair.observe,
        judge=seed_pair_judge.judge,
        promise="the same digit at both ends, another one between them",
        own="labkit.found:seed_pair",
        takes_data=True,
    )
)
register(
    Exercise(
        name="invert",
        lab=LAB,
        points=5,
        observe=invert.observe,
        judge=invert_judge.judge,
        promise="images found, with and without batch axis, generator left alone",
        own="labkit.inversion:invert",
        also=("labkit.inversion:_starts",),
    )
)
