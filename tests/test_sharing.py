"""Share strings: what is written comes back, what is no share string is told."""

import pytest

from labkit.errors import BadValue
from labkit.sharing import read, written

DEFAULTS = {"seeds": [1, 2], "t": 0.5, "path": "slerp", "cut": None, "on": False}


def test_form():
    text = written("explorer", {"seeds": [3, 17], "t": 0.25, "path": "slerp"})
    assert text == "explorer?seeds=[3,17]&t=0.25&path=slerp"


@pytest.mark.parametrize(
    "state",
    [
        DEFAULTS,
        {"seeds": [], "t": -1e-9, "path": "", "cut": 0.5, "on": True},
        {"seeds": [[0.5, 1], [2, "a&b=c"]], "t": 1, "path": "a b+c%&=ü?\"'", "cut": {}},
    ],
)
def test_what_is_written_comes_back(state):
    text = written("explorer", state)
    assert read(text, "explorer", DEFAULTS) == state
    assert not set(text) & set("\"'\\ \n"), "it can be put between quotes as it is"


@pytest.mark.parametrize(
    "text",
    [
        "explorer?seeds=[3,17]",
        '  "explorer?seeds=[3,17]"\n',
        "explorer?seeds=%5B3%2C%2017%5D",
        "explorer?seeds=[3,+17]&",
    ],
)
def test_other_ways_to_write_it(text):
    assert read(text, "explorer", DEFAULTS) == {"seeds": [3, 17]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "looks like 'explorer\\?seeds=\\[1,2\\]&t=0.5'; got ''"),
        ("3, 17", "looks like"),
        ((3, 17), "of type tuple"),
        ("seeds=[3,17]", "looks like"),
        ("playground?seed=3", "of the playground, not of the explorer"),
        ("explorer?sedes=[3,17]", "choose seeds, t, path, cut, on; got sedes"),
        ("explorer?seeds", "got 'explorer\\?seeds'"),
        ("explorer?seeds=3,17", "seeds is a number, a list.*; got '3,17'"),
        ("explorer?t=NaN", "t is a number.*; got 'NaN'"),
        ("explorer?seeds=" + 9000 * "[", "got '\\[\\["),
        ("explorer?path=" + 30_000 * "a", "looks like"),
    ],
)
def test_what_is_no_share_string_is_told(text, says):
    with pytest.raises(BadValue, match=says):
        read(text, "explorer", DEFAULTS)
