"""A training in a thread: watched, paused, stepped, steered and stopped."""

import asyncio
import io
import itertools
import random
import textwrap
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from jupyter_client.manager import start_new_kernel
from PIL import Image

import labkit
from labkit import checkpoint, runtime, training
from labkit.errors import LabkitError
from labkit.history import PER_STEP
from labkit.iteration import Pace
from labkit.widgets import monitor_training
from labkit.widgets.monitor import Monitor
from labkit.widgets.monitor_reel import FRAME_BYTES, Reel, jpeg, points

SECONDS = 60  # for what takes a fraction of one
TINY = {"base_channels": 4, "latent_dim": 4, "batch_size": 16, "threads": 1}


class Watched(Monitor):
    """Keeps the news for the page, and lets a test wait for some."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.heard: list[tuple[dict, list[bytes]]] = []
        self.more = threading.Condition()
        super().__init__(*arguments, **settings)

    def tell(self, event: str, content: dict, buffers: list[bytes] = ()) -> None:
        with self.more:
            self.heard.append((content, list(buffers)))
            self.more.notify_all()

    def wait(self, **wanted: Any) -> dict:
        """Wait for news that say all of that; they are the first of the next wait."""

        def found() -> dict | None:
            for content, _ in self.heard:
                if all(content[key] == value for key, value in wanted.items()):
                    return content
            return None

        with self.more:
            assert self.more.wait_for(found, SECONDS), f"no news of {wanted}"
            news = found()
            self.heard.clear()
            return news

    def ask(self, question: str, **content: Any) -> dict:
        """What the page would get."""
        return self.answer(question, content, [])[0]


class Steps:
    """labkit's steps, and a list of who made one at which rate."""

    def __init__(self) -> None:
        self.made: list[tuple[str, float]] = []

    def critic(self, critic, generator, opt_critic, real, z):
        self.made.append(("critic", opt_critic.param_groups[0]["lr"]))
        return labkit.critic_step(critic, generator, opt_critic, real, z)

    def generator(self, critic, generator, opt_generator, z):
        self.made.append(("generator", opt_generator.param_groups[0]["lr"]))
        return labkit.generator_step(critic, generator, opt_generator, z)

    @property
    def who(self) -> str:
        """In initials: "cg" is an iteration."""
        return "".join(name[0] for name, _ in self.made)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watched]]:
    """Start a monitor of a small run in a thread; it is stopped after the test."""
    monkeypatch.setattr(monitor_training, "TELL_EVERY", 0.01)
    started: list[Watched] = []

    def begin(**settings: Any) -> Watched:
        given = {"images": 16 * 4000, "block": False, **TINY}
        started.append(Watched("digits", **(given | settings)))
        return started[-1]

    yield begin
    for monitor in started:
        monitor.stop()
        monitor._training.join(SECONDS)


def test_pause_freezes_the_run_and_single_steps_move_one_player(start):
    steps = Steps()
    monitor = start(steps=(steps.critic, steps.generator), decay=False)
    monitor.wait(phase="training")
    assert monitor.ask("pause")["paused"] is True
    frozen = monitor.wait(phase="paused")["step"]
    made = len(steps.made)
    assert steps.who == "cg" * frozen
    for who, initials in (("critic", "c"), ("generator", "g"), ("both", "cg")):
        monitor.ask("step", who=who)
        frozen += 1
        news = monitor.wait(phase="paused", step=frozen)
        assert steps.who[made:] == initials
        made = len(steps.made)
    assert news["points"][-1][0] == frozen == len(monitor.run.history["critic_loss"])
    row = {name: monitor.run.history[name][-4:] for name in PER_STEP}
    assert row["generator_loss"][1] == row["generator_loss"][0]  # it sat out
    assert row["critic_loss"][2] == row["critic_loss"][1] != row["critic_loss"][0]
    assert row["d_fake"][2] == row["d_fake_after"][2]

    answer = monitor.ask("change", pace={"critic_lr": 0.003, "critic_steps": 3})
    assert answer["pace"] == vars(Pace(0.003, 0.001, 3))
    monitor.ask("step", who="both")
    monitor.wait(phase="paused", step=frozen + 1)
    assert steps.made[made:] == [("critic", 0.003)] * 3 + [("generator", 0.001)]
    for senseless in ({"critic_lr": 0}, {"critic_steps": 1.5}, {"critic_steps": 9999}):
        with pytest.raises(LabkitError, match="critic_"):
            monitor.ask("change", pace=senseless)
    with pytest.raises(LabkitError, match="both, critic or generator"):
        monitor.ask("step", who="nobody")
    with pytest.raises(LabkitError, match=f"paused at step {frozen + 1}"):
        monitor.result()

    monitor.ask("resume")
    monitor.wait(phase="training")
    monitor.ask("stop")
    monitor.wait(phase="stopped")
    run = monitor.result()
    assert run.stopped
    assert run is asyncio.run(awaited(monitor))


async def awaited(monitor: Monitor) -> labkit.runs.Run:
    return await monitor


def test_curves_and_pictures_reach_the_page_and_a_late_page_gets_them_all(start):
    monitor = start(images=16 * 30)
    run = monitor.result()
    told = [content for content, _ in monitor.heard]
    rows = [row for content in told for row in content["points"]]
    assert [row[0] for row in rows][-1] == 30
    assert all(content["from"] <= content["step"] for content in told)
    assert told[-1]["phase"] == "finished"
    assert told[-1]["done"] == 1
    assert rows[-1][1] == pytest.approx(run.history["critic_loss"][-1], rel=1e-3)
    everything = monitor.ask("all")
    assert everything["points"][-1] == rows[-1]
    assert everything["frames"][0] == 0
    assert everything["frames"][-1] == 30
    content, frames = monitor.answer("frames", {"steps": [30, 77, 0]}, [])
    assert content["steps"] == [30, 0]
    for frame in frames:
        assert Image.open(io.BytesIO(frame)).size == (8 * 28, 8 * 28)
    assert "step 30" in monitor.picture().alt
    assert set(monitor.blobs()) == {"numbers", *(f"frame {s}" for s in (
        everything["frames"]))}  # fmt: skip


def test_an_error_in_a_step_is_told_and_raised_by_result(start):
    def broken(critic, generator, opt_critic, real, z):
        raise ValueError("shapes do not fit")

    monitor = start(steps=(broken, labkit.generator_step))
    news = monitor.wait(phase="failed")
    assert news["why"] == "ValueError: shapes do not fit"
    with pytest.raises(ValueError, match="do not fit"):
        monitor.result()
    assert monitor.ask("all")["why"] == news["why"]
    here = Monitor("digits", steps=(broken, labkit.generator_step), block=True, **TINY)
    assert "step 0" in here.picture().alt
    with pytest.raises(ValueError, match="do not fit"):
        here.result()


def test_one_training_at_a_time_and_where_nobody_looks_on_it_blocks(start, capsys):
    monitor = start()
    with pytest.raises(LabkitError, match="going on already"):
        Monitor("digits", **TINY)
    monitor.stop()
    monitor.result()
    here = Monitor("digits", epochs=1, **TINY | {"batch_size": 512})  # it blocks
    assert here.phase == "finished"
    assert len(here.run.history["critic_loss"]) == 17
    assert here.result() is here.run
    assert "step" in capsys.readouterr().out  # with the lines that train prints


def test_a_run_in_a_thread_is_the_same_and_cells_keep_their_random_numbers(start):
    settings = {"images": 16 * 12, "noise": 0.1, "ema": 0.9, **TINY}
    here = labkit.train("digits", **settings)
    torch.manual_seed(5)
    random.seed(5)
    there = start(**settings).result()
    for name in PER_STEP:
        assert here.history[name] == there.history[name]
    assert torch.equal(here.samples, there.samples)
    seeded = random.random()
    random.seed(5)
    assert random.random() == seeded  # what does not train is left alone

    def cell() -> None:
        with runtime.isolated(threads=None):
            torch.manual_seed(7)  # as a cell would, in between

    thread = threading.Thread(target=cell)
    thread.start()
    thread.join()
    after = torch.randn(3)
    torch.manual_seed(7)
    assert torch.equal(after, torch.randn(3))  # not put back to an older state


def test_rates_and_k_that_were_changed_go_on_after_a_resume(tmp_path):
    settings = {"images": 16 * 40, "out": tmp_path / "one", **TINY}

    def at_ten(trainer) -> str:
        if trainer.step == 4:
            trainer.change(generator_lr=0.005, critic_steps=2)
        return {6: "critic", 7: "generator"}.get(trainer.step, "both")

    whole = training.prepare("digits", **settings)
    run = whole.run(turns=at_ten)
    assert whole.batches_seen in (40, 41)  # two at a time, at the end
    assert 20 < whole.step < 40
    first = training.prepare("digits", **settings | {"out": tmp_path / "two"})
    first.run(steps=9, turns=at_ten)
    saved = checkpoint.read(tmp_path / "two" / checkpoint.NAME)
    assert saved["batches"] == first.batches_seen != saved["step"] * 2
    resumed = labkit.resume(tmp_path / "two")
    for name in PER_STEP:
        assert run.history[name] == resumed.history[name]
    assert torch.equal(run.samples, resumed.samples)

    for name in ("batches", "pace"):  # as labkit wrote them before it had a monitor
        del saved[name]
    torch.save(saved, tmp_path / "two" / checkpoint.NAME)
    old = training.prepare("digits", **settings | {"out": tmp_path / "three"})
    checkpoint.load(old, tmp_path / "two" / checkpoint.NAME)
    assert old.batches_seen == old.step * old.config.critic_steps


def test_a_generator_alone_takes_real_images_only_if_its_loss_compares():
    for loss, batches in (("relativistic", 2), ("vanilla", 0)):
        trainer = training.prepare("digits", loss=loss, images=160, **TINY)
        run = trainer.run(steps=2, turns=lambda trainer: "generator")
        assert trainer.batches_seen == batches
        assert len(run.history["generator_loss"]) == 2


def test_a_kernel_that_shuts_down_lets_the_run_save_itself(tmp_path):
    code = f"""
        import time
        from labkit.widgets import Monitor
        settings = {TINY | {"out": str(tmp_path / "run"), "seconds": 600}}
        monitor = Monitor("digits", block=False, **settings)
        while len(monitor.run.history["critic_loss"]) < 3:
            time.sleep(0.05)
    """
    manager, client = start_new_kernel()
    try:
        ran = client.execute_interactive(textwrap.dedent(code), timeout=SECONDS)
        assert ran["content"]["status"] == "ok"
        manager.shutdown_kernel()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    saved = checkpoint.read(tmp_path / "run" / checkpoint.NAME)
    assert saved["step"] >= 3
    assert len(saved["history"]["critic_loss"]) == saved["step"]


def test_points_are_few_and_frames_fit():
    history = {name: [float(n) for n in range(1001)] for name in PER_STEP}
    told = points(history)
    assert len(told) <= 300
    assert told[0] == [4, 1.5, 1.5, 1.5, 1.5]
    assert told[-1][0] == 1001
    assert points(history, start=1000) == [[1001, 1000, 1000, 1000, 1000]]
    assert points(history, start=1001) == []

    noise = torch.randint(0, 256, (64, 3, 64, 64), dtype=torch.uint8)
    frame = jpeg(noise)
    assert len(frame) <= FRAME_BYTES
    assert Image.open(io.BytesIO(frame)).size in {(512, 512), (256, 256), (128, 128)}

    reel = Reel(most=8)
    for step in itertools.takewhile(lambda step: step < 100, itertools.count()):
        if reel.wants(step):
            reel.add(step, b"%d" % step)
    assert len(reel.steps) <= 8
    assert reel.steps[0] == 0
    assert reel.steps == sorted(reel.steps)
    gaps = {b - a for a, b in itertools.pairwise(reel.steps[:-1])}
    assert max(gaps) <= 32
    assert reel.frames(reel.steps[-1:])[reel.steps[-1]] == b"%d" % reel.steps[-1]
