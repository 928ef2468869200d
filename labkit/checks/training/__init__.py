"""Lab 05: the exercises on training a GAN."""

from functools import partial

from labkit.checks.spec import Exercise, register
from labkit.checks.training import gan, optimizers, steps, steps_judge

LAB = "05_training"

register(
    Exercise(
        name="GAN",
        lab=LAB,
        points=3,
        observe=gan.observe,
        judge=gan.judge,
        promise="real images, fakes from fresh z, gradients, both players inside",
        own="labkit.models:GAN",
    )
)
register(
    Exercise(
        name="make_optimizers",
        lab=LAB,
        points=2,
        observe=optimizers.observe,
        judge=optimizers.judge,
        promise="Adam twice, each on its own player, defaults, lr and betas",
        own="labkit.training:make_optimizers",
    )
)
BUGGY = {
    "critic": ("critic_still", "gradients_mixed", "_late"),
    "generator": ("generator_still",),
}
for learner, buggy in BUGGY.items():
    register(
        Exercise(
            name=f"{learner}_step",
            lab=LAB,
            points=5,
            observe=partial(steps.observe, learner),
            judge=partial(steps_judge.judge, learner=learner),
            promise="loss, three alternating updates, batch of one, Adam, modes",
            own=f"labkit.training:{learner}_step",
            also=tuple(f"labkit.bugs:{name}" for name in buggy),
        )
    )
