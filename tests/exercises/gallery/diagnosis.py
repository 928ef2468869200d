"""diagnosis: six names, however they are handed over; wrong ones meet the evidence."""

import types
from collections import OrderedDict

ANSWER = {
    "A": "labels swapped",
    "B": "batchnorm weights around 0",
    "C": "generator never stepped",
    "D": "real images out of range",
    "E": "gradients mixed",
    "F": "critic too strong",
}


def diagnosis():
    return ANSWER


def step_by_step():
    named = dict.fromkeys("ABCDEF", "?")
    named["A"] = "labels swapped"
    named["B"] = "batchnorm weights around 0"
    named["C"] = "generator never stepped"
    named["D"] = "real images out of range"
    named["E"] = "gradients mixed"
    named["F"] = "critic too strong"
    return named


class Doctor:
    def __call__(self):
        return dict(zip("ABCDEF", ANSWER.values(), strict=True))


def but(**names):
    """The right answer with some runs named otherwise."""
    return {**ANSWER, **names}


def without(*letters):
    return {run: name for run, name in ANSWER.items() if run not in letters}


def forgets_return():
    print(ANSWER)


def crash():
    return {"A": labels_swapped}  # noqa: F821


def wants_a_run(run):
    return ANSWER[run]


RIGHT = {
    "a function": diagnosis,
    "step by step": step_by_step,
    "a plain dict": dict(ANSWER),
    "capitals": lambda: {run: name.upper() for run, name in ANSWER.items()},
    "hyphens": lambda: {run: name.replace(" ", "-") for run, name in ANSWER.items()},
    "underscores": lambda: {r: name.replace(" ", "_") for r, name in ANSWER.items()},
    "spaces": lambda: {run: f"  {name.title()} " for run, name in ANSWER.items()},
    "BatchNorm, full stops": but(B="BatchNorm weights around 0.", A="Labels swapped."),
    "small letters": lambda: {run.lower(): name for run, name in ANSWER.items()},
    "run A": lambda: {f"run {run}": name for run, name in ANSWER.items()},
    "another order": OrderedDict(reversed(ANSWER.items())),
    "a mapping": types.MappingProxyType(ANSWER),
    "a callable object": Doctor(),
    "one more entry": {**ANSWER, "healthy": "nothing is wrong"},
}

WRONG = {
    # A and its look-alikes
    "A healthy": (but(A="nothing is wrong"), r"run A is not .*\n.*healthy"),
    "A frozen generator": (but(A="generator never stepped"), "run A.* 24 grey levels"),
    "A frozen critic": (but(A="critic never stepped"), r"D\(x\) goes from"),
    "A mixed": (but(A="gradients mixed"), r"D\(x\) 0\.00 and D\(G\(z\)\) 1\.00"),
    "A strong": (but(A="critic too strong"), r"D\(x\) 0\.00"),
    # B recovers: only its beginning tells
    "B healthy": (but(B="nothing is wrong"), "one flat grey"),
    "B strong": (but(B="critic too strong"), r"near 1, D\(G\(z\)\) near 0"),
    "B sigmoid": (but(B="sigmoid twice"), "0.50 and 0.73"),
    "B frozen": (but(B="generator never stepped"), "same pictures for ever"),
    # C, D and F: the critic wins, for three reasons
    "C strong": (but(C="critic too strong"), "pixel by pixel"),
    "C out of range": (but(C="real images out of range"), "pixel by pixel"),
    "C frozen critic": (but(C="critic never stepped"), r"D\(x\) is\s+flat"),
    "C sigmoid": (but(C="sigmoid twice"), r"D goes from 0\.00 to 1\.00"),
    "D strong": (but(D="critic too strong"), "differ by .* grey levels"),
    "D frozen": (but(D="generator never stepped"), "same pictures for ever"),
    "D batchnorm": (but(D="batchnorm weights around 0"), "switch every layer off"),
    "F out of range": (but(F="real images out of range"), "ground would not be black"),
    "F swapped": (but(F="labels swapped"), "would sink to 0"),
    "F healthy": (but(F="nothing is wrong"), r"critic is ahead, by a\s+little"),
    # E: good pictures, odd curves
    "E healthy": (but(E="nothing is wrong"), r"D\(x\) 0\.80 and D\(G\(z\)\) 0\.74"),
    "E swapped": (but(E="labels swapped"), r"D\(x\) is 0\.80"),
    "E sigmoid": (but(E="sigmoid twice"), "0.50 and 0.73"),
    # several at once: one is told
    "two exchanged": (
        but(D="critic too strong", F="real images out of range"),
        "run D is not “critic too strong”",
    ),
    "all shifted": (
        dict(zip("ABCDEF", [*ANSWER.values()][1:] + ["labels swapped"], strict=True)),
        "run A is not “batchnorm weights around 0”",
    ),
    "all the same": (dict.fromkeys("ABCDEF", "critic too strong"), "run A is not"),
    # form
    "a typo": (but(C="generator never steped"), "mean “generator never stepped”"),
    "another word": (but(A="swapped labels"), "Did you mean “labels swapped”"),
    "a typo, turned round": (but(A="swaped labels"), "Did you mean “labels swapped”"),
    "half a name": (but(D="images out of range"), "mean “real images out of range”"),
    "something else": (but(E="learning rate 10"), "run E: no bug on the list"),
    "a number": (but(B=5), "no bug on the list is called “5”"),
    "one is missing": (without("F"), "run F has no name yet"),
    "one is a question mark": (but(D="?"), "run D has no name yet"),
    "one is None": (but(C=None), "run C has no name yet"),
    "wrong before missing": (but(A="?", B="nothing is wrong"), "run B is not"),
    "nothing at all": (dict.fromkeys("ABCDEF", "?"), "run A has no name yet"),
    "no entry": ({}, "run A has no name yet"),
    "a list": (list(ANSWER.values()), "a list comes back, not a dict"),
    "a set": (lambda: set(ANSWER.values()), "a set comes back"),
    "a text": ("labels swapped", "a str comes back"),
    "no return": (forgets_return, "nothing comes back"),
    "no quotes": (crash, "name in it is unknown"),
    "one argument": (wants_a_run, "arguments are not those"),
    "turned round": ({name: run for run, name in ANSWER.items()}, "run A has no name"),
}
