"""Lab 08: the Wasserstein losses, `clip_weights` and `gradient_penalty`.

The losses are looked at like those of lab 04; the other two have modules of their own.
"""

from functools import partial

from labkit.checks import losses
from labkit.checks.spec import Exercise, register
from labkit.checks.wasserstein import clip, penalty

LAB = "08_wasserstein"


def _loss(name: str, promise: str, also: tuple[str, ...] = ()) -> Exercise:
    return Exercise(
        name=name,
        lab=LAB,
        points=2,
        observe=partial(losses.observe, name),
        judge=partial(losses.judge, name),
        promise=promise,
        own=f"labkit.losses:{name}",
        also=also,
    )


register(
    _loss(
        "wasserstein_critic_loss",
        "values, signs, (B,) and (B, 1), unequal batches, gradients",
    )
)
register(
    _loss(
        "wasserstein_generator_loss",
        "values, signs, (B,) and (B, 1), gradients",
        also=("labkit.losses:hinge_generator_loss",),
    )
)
register(
    Exercise(
        name="clip_weights",
        lab=LAB,
        points=2,
        observe=clip.observe,
        judge=clip.judge,
        promise="every parameter, in place, buffers untouched, any limit",
        own="labkit.penalties:clip_weights",
    )
)
register(
    Exercise(
        name="gradient_penalty",
        lab=LAB,
        points=4,
        observe=penalty.observe,
        judge=penalty.judge,
        promise="places, slopes, points and images, (B,) and (B, 1), gradients",
        own="labkit.penalties:gradient_penalty",
        also=("labkit.penalties:_slopes",),
    )
)
