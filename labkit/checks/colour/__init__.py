"""Lab 10: the exercises about the DCGAN paper's pair, in the order of the lab."""

from labkit.checks.colour import critic, generator
from labkit.checks.spec import register

for module in (generator, critic):
    register(module.EXERCISE)
