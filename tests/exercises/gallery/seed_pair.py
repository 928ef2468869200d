"""seed_pair: a way that leaves its digit, handed over as text, pair or widget."""

from types import SimpleNamespace

import numpy as np
import torch

from labkit import sharing, toy

FOUND = "explorer?generator=digits&view=path&seeds=[6,99]&t=0.5&path=slerp"


def share(*seeds, **others):
    """The explorer's text for a way, some of its choices changed."""
    state = {"generator": "digits", "view": "path", "seeds": list(seeds), "t": 0.5}
    return sharing.written("explorer", state | {"path": "slerp"} | others)


def seed_pair():
    return FOUND


class Explorer:
    """What a widget looks like from outside."""

    module = "explorer"

    def __init__(self, **state):
        self.state = state


class Searching:
    """Finds its pair by itself: the same digit, and half way another one."""

    def __call__(self):
        from labkit import latent, metrics, zoo

        generator, judge = zoo.load("digits"), metrics.load_classifier("digits")
        seeds = [3, 30, 32, 53, 54]
        z = torch.cat([latent.draw(64, 1, seed) for seed in seeds])
        for a in range(5):
            for b in range(a):
                z_way = torch.stack([z[a], (z[a] + z[b]) / 2, z[b]])
                said = judge(latent.images(generator, z_way)).softmax(1)
                digits = said.argmax(1).tolist()
                if (
                    said.max(1).values.min() > 0.9
                    and digits[0] == digits[2] != digits[1]
                ):
                    return share(seeds[a], seeds[b], path="lerp")
        return None


def forgets_return():
    print(FOUND)


def crash():
    return explorer.share()  # noqa: F821


def wants_an_explorer(explorer):
    return explorer.share()


RIGHT = {
    "a function": seed_pair,
    "the text alone": FOUND,
    "the straight line": share(6, 99, path="lerp"),
    "the other way round": share(99, 6),
    "only what is needed": "explorer?seeds=[6,99]",
    "blanks and quotes copied": f'  "{FOUND}"\n',
    "percent signs": "explorer?seeds=%5B6%2C%2099%5D&t=0.5&path=slerp",
    "two 8s": share(53, 54),
    "two 5s": share(37, 41),
    "a little beyond half way": share(53, 54, t=0.55),
    "a pair": (6, 99),
    "a list, from a function": lambda: [6, 99],
    "whole floats": (6.0, 99.0),
    "numpy's numbers": np.array([6, 99]).tolist(),
    "a tensor": torch.tensor([6, 99]),
    "a state": {"seeds": [6, 99], "t": 0.5, "path": "slerp"},
    "a widget": Explorer(generator="digits", view="path", seeds=[6, 99], t=0.5),
    "a function that returns a widget": lambda: Explorer(seeds=[53, 54]),
    "a callable object that searches": Searching(),
}

WRONG = {
    # the ends
    "different digits": (share(1, 5), r"different digits\n.*seed 1: 1 .*seed 5: 2"),
    "different digits, a third between": (share(2, 30), "ends are different digits"),
    "one end unclear": ((0, 5), r"seed 0 is not clearly a digit\n.*2 \(88 %\)"),
    "other end unclear": ((5, 0), "seed 0 is not clearly a digit"),
    "the same seed": ((6, 6), "both ends are seed 6"),
    # the way
    "two 1s": ((1, 17), "still a 1"),
    "two 3s, one piece": ((15, 24), r"t = 0\.50 the picture is still a 3"),
    "two 8s, one piece": (share(3, 30, path="lerp"), "t = 0.50 the picture is"),
    "at the end": (share(6, 99, t=0), "at t = 0 .* still a 5\n.*\n.*does lie on"),
    "at the other end": (share(6, 99, t=1), "at t = 1 .*\n.*\n.*does lie on"),
    "too early": (share(6, 99, t=0.02), "two ends are good ones"),
    "in the border": (share(53, 54, t=0.1), r"no clear digit\n.*there: 8 \(73 %\)"),
    # what was chosen
    "other generator": (share(6, 99, generator="fashion"), "generator “fashion”"),
    "own generator": (share(6, 99, generator="runs/a"), "not the digits'"),
    "other view": (share(6, 99, view="walk"), "view “walk”, not its path"),
    "other path": (share(6, 99, path="arc"), "no path “arc”"),
    "beyond the end": (share(6, 99, t=1.5), "t = 1.5 is not on the way"),
    "before the beginning": (share(6, 99, t=-0.1), "t = -0.1 is not on the way"),
    "t is a text": ('explorer?seeds=[6,99]&t="half"', "t = .* is not on the way"),
    "t is nothing": (share(6, 99, t=None), "t = None is not on the way"),
    "three seeds": (share(6, 20, 99), "3 seeds, not two"),
    "one seed": (share(6), "one seed, not two"),
    "no seeds": ("explorer?t=0.5&path=slerp", "no seed, not two"),
    "seeds without brackets": ("explorer?seeds=6,99", "seeds is a number, a list"),
    "negative seed": (share(-6, 99), "-6 is not a seed"),
    "half a seed": ((6.5, 99), "6.5 is not a seed"),
    "seeds as words": (("six", "99"), "'six' is not a seed"),
    "a huge seed": ((6, 10**30), "is not a seed"),
    "infinite": ((6, float("inf")), "inf.* is not a seed"),
    "true": ((True, 99), "True is not a seed"),
    "the digits, not the seeds": ((3, 3), "both ends are seed 3|not clearly"),
    # form
    "still a question mark": ("?", "says nothing that the explorer knows"),
    "an empty text": ("", "says nothing that the explorer knows"),
    "numbers in a text": ("6, 99", "says nothing that the explorer knows"),
    "half of the text": ("seeds=[6,99]&t=0.5", "says nothing that the explorer"),
    "another widget's": ("playground?seed=1", "of the playground, not of the explorer"),
    "another widget": (
        SimpleNamespace(module="playground", state={}),
        "comes back, not",
    ),
    "a typo": ("explorer?seed=[6,99]", "no seed, not two"),
    "one number": (6, "an int comes back"),
    "a set": ({6, 99}, "a set comes back"),
    "no return": (forgets_return, r"nothing comes back \(None\)"),
    "no explorer": (crash, "name in it is unknown"),
    "one argument": (wants_an_explorer, "arguments are not those"),
    "a widget as it opens": (Explorer(seeds=[1, 2]), "seed"),
    "a class": (toy.Frame, "the class Frame, in which nothing has been chosen"),
}
