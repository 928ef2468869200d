"""Lab 02: the exercises about the critic, in the order of the lab."""

from labkit.checks import conv_size, critic_block, critic_network

EXERCISES = [conv_size.EXERCISE, critic_block.EXERCISE, critic_network.EXERCISE]
