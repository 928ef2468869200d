"""all_modes: a run of the playground with a slow critic that covers the whole ring."""

import numpy as np

from labkit import playground, sharing, toy

SETTINGS = {"k": 3, "lr_critic": 0.002, "hidden": 32, "seed": 1, "steps": 425}
FOUND = "playground?k=3&lr_critic=0.002&hidden=32&seed=1&steps=425"


def share(**changed):
    """The playground's whole text, with some of its settings changed."""
    state = playground.DEFAULTS | SETTINGS | changed
    return sharing.written("playground", state)


def all_modes():
    return FOUND, 8


class Playground:
    """What a widget looks like from outside."""

    module = "playground"

    def __init__(self, **state):
        self.state = playground.DEFAULTS | state


class Handed:
    def __call__(self):
        return share()


def forgets_return():
    print(FOUND)


def crash():
    return playgroud.share(), 8  # noqa: F821


def wants_a_run(run):
    return run.share(), 8


RIGHT = {
    "text and number": all_modes,
    "the text alone": FOUND,
    "the whole text": share(),
    "whole text and number, no function": (share(), 8),
    "a list": [FOUND, 8],
    "numpy's number": (FOUND, np.int64(8)),
    "a whole float": lambda: (FOUND, 8.0),
    "blanks and quotes copied": (f' "{FOUND}"\n', 8),
    "percent signs": (share().replace("[", "%5B"), 8),
    "another page": share(speed="fast", layers=[]),
    "a state": dict(SETTINGS),
    "a widget": (Playground(**SETTINGS), 8),
    "a callable object": Handed(),
    "another seed": (share(seed=0, steps=550), 8),
    "narrow networks": share(k=4, hidden=16, steps=550),
}

WRONG = {
    # the run
    "as it begins": (
        share(k=1, steps=300),
        r"covers \d of 8 modes\n  300 iterations, k",
    ),
    "too early": (share(steps=50), "covers . of 8 modes\n  50 iterations, k = 3"),
    "number, but not covered": ((share(steps=50), 8), "\n.*\n.*You say 8"),
    "blur alone": (share(k=1, noise=0.2, steps=100), "noise 0.2"),
    "a slower generator, too early": (
        share(k=1, lr_generator=0.001, steps=100),
        "rates 0.002 and 0.001",
    ),
    "the critic asleep": (share(lr_critic=0, steps=100), "rates 0 and 0.005"),
    # the handicap
    "the usual rate": (share(lr_critic=0.01), "learning rate is 0.01 .*\n.*handicap"),
    "a little too quick": (share(lr_critic=0.0021), "rate is 0.0021"),
    "no rate named": ("playground?k=5&steps=600", "learning rate is 0.01"),
    "a typo in the rate": ("playground?lr_critc=0.002&steps=600", "rate is 0.01"),
    "quick in between": (
        share(log=[[50, "lr_critic", 0.01], [200, "lr_critic", 0.002]]),
        "learning rate is 0.01",
    ),
    "quick at the end": (share(log=[[400, "lr_critic", 0.1]]), "rate is 0.1"),
    "trained start": (
        share(start="trained", hidden=16, k=1, steps=1),
        "from trained networks",
    ),
    "another set": (share(data="moons"), "learns “moons”, not the ring"),
    "the grid": ((share(data="grid"), 8), "learns “grid”"),
    "points of one's own": (share(data="own"), "learns “own”"),
    "another set on the way": (share(log=[[100, "data", "line"]]), "learns “line”"),
    "back to the ring": (
        share(log=[[100, "data", "line"], [200, "data", "ring"]]),
        "learns “line”",
    ),
    # the number
    "seven": ((FOUND, 7), "you say 7 modes, the run covers 8"),
    "none": ((FOUND, 0), "you say 0 modes, the run covers 8"),
    "half a mode": ((FOUND, 7.5), r"you say 7\.50 modes"),
    # what was chosen
    "no step": (share(steps=0), "no iteration yet"),
    "too long": (share(steps=5000), r"6000\s+is\s+the\s+most"),
    "too many critic steps": (
        share(log=[[10, "critic", 9000]]),
        r"6000\s+is\s+the\s+most",
    ),
    "k too large": (share(k=50), "k is a whole number from 1 to 10"),
    "half a k": (share(k=2.5), "k is a whole number"),
    "negative rate": (share(lr_critic=-0.002), "lr_critic is a number from 0"),
    "unknown set": (share(data="rings"), "data is one of ring"),
    "unknown loss": (share(loss="best"), "loss is one of"),
    "log goes backward": (share(log=[[9, "k", 2], [3, "k", 1]]), "log goes forward"),
    "log beyond the end": (share(log=[[9000, "k", 2]]), "log goes forward"),
    "a number in words": ("playground?steps=many", "steps is a number"),
    # form
    "a question mark": ("?", "says nothing that the playground knows"),
    "the number alone": (8, "an int comes back"),
    "an empty text": ("", "says nothing that the playground"),
    "half of the text": ("k=3&steps=650", "says nothing that the playground"),
    "another widget's": ("explorer?seeds=[1,2]", "of the explorer, not of the play"),
    "number first": ((8, FOUND), "a tuple comes back"),
    "three things": ((FOUND, 8, 0.9), "a tuple comes back"),
    "two texts": ((FOUND, "8"), "a tuple comes back"),
    "a set": ({8}, "a set comes back"),
    "no return": (forgets_return, r"nothing comes back \(None\)"),
    "no name": (crash, "name in it is unknown"),
    "one argument": (wants_a_run, "arguments are not those"),
    "a widget as it opens": (Playground(), "no iteration yet"),
    "a class": (toy.Frame, "the class Frame, in which nothing has been chosen"),
}
