"""The playground of lab 01: a whole GAN on the plane, with every part of it visible."""

from typing import Any, ClassVar

import numpy as np
import torch

from labkit.playground import DEFAULTS, REPLAYED, checked, optimiser_steps, replay
from labkit.playground.replay import TRAINED
from labkit.playground.state import BOUNDS, CHOICES, RANGES
from labkit.show.game import crowds
from labkit.show.picture import Picture
from labkit.toy import GRID, places
from labkit.widgets.base import Widget


class Playground(Widget):
    """Two small networks play on the plane, in the page itself.

    The page needs no kernel. Its state tells how a run began, how many iterations it
    has, and what was changed on the way: `labkit.playground.replay` and `twin` make the
    same run from it, number for number.

    Args:
        **state: any of `labkit.playground.DEFAULTS`: data, loss, k, lr_critic, …

    Raises:
        BadValue: a choice that there is not.
    """

    module: ClassVar[str] = "playground"
    label: ClassVar[str] = "Playground: a GAN on the plane"
    defaults: ClassVar[dict[str, Any]] = DEFAULTS

    def __init__(self, **state: Any) -> None:
        rules = {"choices": CHOICES, "bounds": BOUNDS, "ranges": RANGES}
        super().__init__({"rules": rules}, **state)

    def check(self, state: dict[str, Any]) -> dict[str, Any]:
        """Refuse settings that there are not."""
        return checked(state)

    def blobs(self) -> dict[str, bytes]:
        """The weights of the trained start, float32, little end first."""
        return {"trained": np.load(TRAINED).astype("<f4").tobytes()}

    def picture(self) -> Picture:
        """Draw the run's end: both crowds, and what the critic says of every place.

        A run too long to be made again in a second or two is drawn as it began.
        """
        state = dict(self.state)
        if optimiser_steps(state) > REPLAYED:
            state |= {"steps": 0, "log": []}
        game = replay(state)
        scores = torch.from_numpy(game.scores(places().numpy())).reshape(GRID, GRID)
        drawn = crowds(
            torch.from_numpy(game.real),
            torch.from_numpy(game.fakes()),
            scores,
            probabilities=game.settings["loss"] in ("vanilla", "minimax"),
        )
        modes = game.modes()
        drawn.alt += f" The playground after {state['steps']} iterations"
        if modes is not None:
            drawn.alt += f", {modes.count} modes covered"
        drawn.alt += "."
        return drawn
