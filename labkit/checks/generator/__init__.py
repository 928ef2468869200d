"""Lab 03: the exercises about the generator, in the order of the lab."""

from labkit.checks.generator import block, init_weights, network
from labkit.checks.spec import register

for module in (block, network, init_weights):
    register(module.EXERCISE)
