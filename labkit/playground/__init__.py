"""The playground of lab 01 without its page: what a state means, and its run again.

- `checked`, `optimiser_steps`: what a state may hold, and what its run costs.
- `replay`: the run in NumPy, fast. `twin`: the same run in torch, by labkit's own steps.
- `DEFAULTS`: the keys of a state, with their first values.
"""

from labkit.playground.replay import Game, replay
from labkit.playground.state import DEFAULTS, REPLAYED, checked, optimiser_steps
from labkit.playground.twin import twin

__all__ = [
    "DEFAULTS",
    "REPLAYED",
    "Game",
    "checked",
    "optimiser_steps",
    "replay",
    "twin",
]
