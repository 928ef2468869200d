"""Lab 10: the exercises about the DCGAN paper's pair, in the order of the lab."""

from labkit.checks import colour_critic, colour_generator

EXERCISES = [colour_generator.EXERCISE, colour_critic.EXERCISE]
