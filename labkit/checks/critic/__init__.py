"""Lab 02: the exercises about the critic, in the order of the lab."""

from labkit.checks.critic import block, conv_size, network
from labkit.checks.spec import register

for module in (conv_size, block, network):
    register(module.EXERCISE)
