"""Lab 03: the exercises about the generator, in the order of the lab."""

from labkit.checks import generator_block, generator_network, init_weights

EXERCISES = [
    generator_block.EXERCISE,
    generator_network.EXERCISE,
    init_weights.EXERCISE,
]
