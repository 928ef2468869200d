"""Judging what a student may have forged: always a result, and soon."""

import copy
import gc
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labkit.checks import REGISTRY
from labkit.checks.run import observe
from labkit.checks.spec import own_version
from labkit.grading import judging
from labkit.grading.judging import JudgeLost, Judges

# Quick ones of different kinds.
NAMES = ("rescale", "critic_loss", "frechet_distance", "clip_weights")
DREADFUL = (
    None,
    float("nan"),
    float("-inf"),
    10**300,
    -(10**9),
    "x" * 100_000,
    "\ud800\x00",
    [],
    {},
    [[[[]]]],
    True,
    np.array(float("nan")),
    np.empty((0, 3), np.float32),
    np.zeros((1, 400_000)),
    np.zeros((400_000, 1)),
    np.full((700, 700), 1e300),
    np.array([2**62] * 7),
)


@pytest.fixture(scope="module")
def judges() -> Iterator[Judges]:
    with Judges(2) as made:
        yield made


@pytest.fixture(scope="module")
def observations() -> dict[str, dict[str, Any]]:
    return {
        name: observe(
            REGISTRY[name], own_version(REGISTRY[name]), seed=3, own_allowed=True
        )
        for name in NAMES
    }


def places(value: Any, place: tuple = ()) -> Iterator[tuple]:
    """Where the parts of nested data lie."""
    yield place
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, item in inner:
        yield from places(item, (*place, key))


def put(data: Any, place: tuple, new: Any) -> Any:
    """The data with something else in one place."""
    if not place:
        return new
    changed = copy.copy(data)
    changed[place[0]] = put(data[place[0]], place[1:], new)
    return changed


def test_judges_judge_as_at_home(judges: Judges, observations) -> None:
    for name, observation in observations.items():
        for slot in (0, 1):
            result = judges.judge(REGISTRY[name], observation, slot)
            assert result.points == REGISTRY[name].points
            assert result.passed


@pytest.mark.parametrize("name", NAMES)
def test_whatever_was_forged_gets_a_result(judges, observations, name: str) -> None:
    chance = random.Random(1)
    observation, exercise = observations[name], REGISTRY[name]
    everywhere = list(places(observation))[1:]
    for new in DREADFUL:
        for place in chance.sample(everywhere, 2):
            forged = put(observation, place, new)
            began = time.process_time()
            result = judges.judge(exercise, forged)
            assert 0 <= result.points <= exercise.points, (place, new)
            assert str(result)
            assert time.process_time() - began < 1  # in this process


def test_what_takes_too_long_or_too_much_ends(
    judges, observations, monkeypatch
) -> None:
    exercise, data = REGISTRY["rescale"], observations["rescale"]
    wide, tall = np.zeros((1, 500_000)), np.zeros((500_000, 1))
    forged = data | {"curve": tall, "dim": [wide.astype(int), wide, wide]}
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    for hostile in (forged, data | {"curve": deep}, {"refused": "x" * 10**6}, {}):
        result = judges.judge(exercise, hostile)
        assert result.points == 0
        assert len(str(result)) < 10_000
    assert judges.judge(exercise, data).passed  # the judge is there again


def test_a_killed_judge_is_replaced_and_lost_ones_are_told(observations) -> None:
    exercise, data = REGISTRY["rescale"], observations["rescale"]
    others = {p.pid for p in multiprocessing.active_children()}
    with Judges(1) as judges:
        (keeper,) = {p.pid for p in multiprocessing.active_children()} - others
        children = Path(f"/proc/{keeper}/task/{keeper}/children")
        assert judges.judge(exercise, data).passed
        for _ in range(3):
            (judge,) = map(int, children.read_text().split())
            os.kill(judge, signal.SIGKILL)
            assert judges.judge(exercise, data).passed
        (judge,) = map(int, children.read_text().split())
        os.kill(keeper, signal.SIGKILL)
        os.kill(judge, signal.SIGKILL)
        with pytest.raises(JudgeLost, match="run the same command again"):
            judges.judge(exercise, data)


def test_objects_that_the_engine_holds_cost_a_judge_no_time(
    observations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector of garbage that looks through all of them takes too long."""
    here = judging.judge_here

    def collecting(*question: Any) -> Any:
        gc.enable()
        gc.collect()
        return here(*question)

    monkeypatch.setattr(judging, "judge_here", collecting)
    monkeypatch.setattr(judging, "CPU_SECONDS", 0.3)
    exercise = REGISTRY["critic_loss"]
    gc.disable()
    try:
        held = [[] for _ in range(4_000_000)]
        with Judges(1) as made:
            points = made.judge(exercise, observations["critic_loss"]).points
    finally:
        gc.enable()
    assert held
    assert points == exercise.points
