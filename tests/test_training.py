"""The training loop through its public interface, on real digits."""

import itertools
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

import labkit
from labkit import checkpoint, toy
from labkit.config import TrainConfig, configure
from labkit.data import load
from labkit.errors import LabkitError
from labkit.history import PER_STEP, TrainingDiverged
from labkit.loop import Trainer
from labkit.presets import build


def small(count=320):
    digits = load("digits")
    return replace(digits, images=digits.images[:count], labels=digits.labels[:count])


def tiny(**settings):
    given = {"base_channels": 8, "latent_dim": 8, "batch_size": 32, "images": 6400}
    return configure(**{**given, **settings})


def weights(trainer):
    return {
        f"{name} {key}": value
        for name, part in checkpoint._parts(trainer).items()
        for key, value in _tensors(part.state_dict())
    }


def _tensors(state, path=""):
    if isinstance(state, torch.Tensor):
        yield path, state
    elif isinstance(state, dict):
        for key, value in state.items():
            yield from _tensors(value, f"{path}.{key}")
    elif isinstance(state, (list, tuple)):
        for index, value in enumerate(state):
            yield from _tensors(value, f"{path}.{index}")


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("preset", ["fast", "classic"])
def test_sixty_steps_equal_thirty_saved_loaded_and_thirty_more(
    tmp_path, preset, precision
):
    config = tiny(
        preset=preset, precision=precision, ema=0.99, decay=True, noise=0.1,
        smoothing=0.1, batch_size=4, images=240,
    )  # fmt: skip
    whole = Trainer(config, small(80))
    whole.run()
    assert whole.step == 60

    first = Trainer(config, small(80), out=tmp_path)
    first.run(steps=30)  # inside the second of three epochs
    torch.randn(7)  # what the caller draws in between must not matter
    second = Trainer(config, small(80), out=tmp_path)
    second.load()
    assert second.step == 30
    second.run()

    for name, value in weights(whole).items():
        assert torch.equal(value, weights(second)[name]), name
    for name in PER_STEP:
        assert whole.history[name] == second.history[name]
    assert len(whole.state.film) == len(second.state.film)
    for mine, theirs in zip(whole.state.film, second.state.film, strict=True):
        assert torch.equal(mine, theirs)


def test_a_run_repeats_itself_and_leaves_the_callers_random_state_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = Trainer(tiny(images=640), small()).run()
    assert torch.equal(before, torch.get_rng_state())
    second = Trainer(tiny(images=640), small()).run()
    other = Trainer(tiny(images=640, seed=1), small()).run()
    assert torch.equal(first.samples, second.samples)
    assert not torch.equal(first.samples, other.samples)


def test_one_generator_forward_serves_both_steps():
    trainer = Trainer(tiny(images=320), small())
    calls = []
    trainer.generator.network.register_forward_hook(lambda *_: calls.append(1))
    trainer.run()
    assert len(calls) == trainer.step == 10


def test_sharing_the_forward_changes_no_gradient():
    config = tiny(precision="fp32")
    trainer = Trainer(config, small())
    critic, generator = build("fast", (1, 28, 28), 8, 8)
    critic.load_state_dict(trainer.critic.network.state_dict())
    generator.load_state_dict(trainer.generator.network.state_dict())
    optimizers = labkit.make_optimizers(critic, generator, config.lr, config.betas)
    real = next(trainer._batches())
    torch.manual_seed(3)
    row = trainer.iterate([real])
    torch.manual_seed(3)
    z = torch.randn(32, 8)
    expected = [
        labkit.critic_step(critic, generator, optimizers[0], real, z),
        labkit.generator_step(critic, generator, optimizers[1], z),
    ]
    torch.testing.assert_close(row[:2], torch.stack(expected), rtol=1e-4, atol=1e-5)
    pairs = zip(
        itertools.chain(critic.parameters(), generator.parameters()),
        itertools.chain(
            trainer.critic.network.parameters(), trainer.generator.network.parameters()
        ),
        strict=True,
    )
    for theirs, mine in pairs:
        torch.testing.assert_close(theirs.grad, mine.grad, rtol=1e-2, atol=1e-4)


def plain_critic_step(critic, generator, opt_critic, real, z):
    loss = labkit.critic_loss(critic(real), critic(generator(z)))  # not detached
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.item()


def frugal_critic_step(critic, generator, opt_critic, real, z):
    with torch.no_grad():
        fake = generator(z)
    loss = labkit.critic_loss(critic(real), critic(fake))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss


def joint_critic_step(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()
    logits = critic(torch.cat([real, fake]))
    loss = labkit.critic_loss(*logits.chunk(2))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def plain_generator_step(critic, generator, opt_generator, z):
    loss = F.softplus(-critic(generator(z))).mean()
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss


@pytest.mark.parametrize(
    "step", [plain_critic_step, frugal_critic_step, joint_critic_step]
)
def test_steps_of_a_student_train_and_their_scores_are_noted(step):
    critic, generator = build("fast", (1, 28, 28), 8, 8)
    before = [p.clone() for p in generator.parameters()]
    run = Trainer(
        tiny(images=640), small(), critic, generator, (step, plain_generator_step)
    ).run()
    assert all(
        not torch.equal(old, new)
        for old, new in zip(before, generator.parameters(), strict=True)
    )
    for name in PER_STEP:
        assert len(run.history[name]) == 20
        assert all(math.isfinite(value) for value in run.history[name])
    assert run.history["d_real"][-1] > run.history["d_fake"][-1]


def test_k_critic_steps_show_the_critic_k_batches():
    trainer = Trainer(tiny(images=960, critic_steps=3), small())
    shown = []
    step = trainer.critic_step

    def spy(critic, generator, opt_critic, real, z):
        shown.append(real)
        return step(critic, generator, opt_critic, real, z)

    trainer.critic_step = spy
    trainer.run()
    assert trainer.step == 10
    assert len(shown) == 30
    assert not torch.equal(shown[0], shown[1])


def test_averaged_generator_is_shown_saved_and_ready_to_draw(tmp_path):
    run = Trainer(tiny(ema=0.9, images=1600), small(), out=tmp_path / "run").run()
    assert not run.generator.training
    loaded = labkit.load_generator(tmp_path / "run")
    images = labkit.sample(loaded, 8)
    assert torch.equal(images, labkit.sample(run.generator, 8))
    assert images.std() > 0.1


def test_run_folder_holds_everything(tmp_path):
    run = labkit.train("digits", images=9_600, base_channels=8, out=tmp_path / "run")
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        "checkpoint.pt", "config.json", "film.gif", "frames", "generator.safetensors",
        "history.json", "samples.png",
    }  # fmt: skip
    assert len(run.film) == len(run.history["epoch_step"]) + 2  # the start, and the end
    assert run.samples.shape == (64, 1, 28, 28)
    with pytest.raises(LabkitError, match="holds a run already"):
        labkit.train("digits", images=9_600, out=tmp_path / "run")


def test_on_epoch_is_told_at_the_start_and_after_every_epoch():
    lengths = []
    Trainer(tiny(images=1600), small()).run(
        on_epoch=lambda run: lengths.append(len(run.film))
    )
    assert lengths == [1, 2, 3, 4, 5, 6]


def test_learning_rate_and_noise_fade():
    config = tiny(decay=True, noise=0.5, lr=1e-3, batch_size=4, images=800)
    trainer = Trainer(config, small(160))
    rates = []
    trainer.run(steps=100)
    trainer.set_rates(trainer.done)
    rates.append(trainer.opt_critic.param_groups[0]["lr"])
    assert trainer.critic.noise == pytest.approx(0.25)
    trainer.run(steps=50)
    trainer.set_rates(trainer.done)
    rates.append(trainer.opt_critic.param_groups[0]["lr"])
    assert rates == pytest.approx([1e-3, 0.5e-3])


def test_nan_stops_with_the_step_the_cause_and_the_last_good_checkpoint(tmp_path):
    calls = itertools.count(1)

    def spoilt(critic, generator, opt_critic, real, z):
        loss = labkit.critic_step(critic, generator, opt_critic, real, z)
        return loss * float("nan") if next(calls) == 17 else loss

    steps = spoilt, labkit.generator_step
    trainer = Trainer(tiny(), small(), steps=steps, out=tmp_path)
    with pytest.raises(TrainingDiverged) as caught:
        trainer.run()
    text = str(caught.value)
    assert "step 17" in text
    assert "critic_loss = nan" in text
    assert "Likely cause" in text
    assert "step 10" in text  # the checkpoint of the first epoch
    assert checkpoint.read(tmp_path / checkpoint.NAME)["step"] == 10


def test_an_exploding_loss_stops_the_run():
    size = itertools.accumulate(itertools.repeat(3.0), lambda a, b: a * b)

    def exploding(critic, generator, opt_generator, z):
        return labkit.generator_step(critic, generator, opt_generator, z) * next(size)

    trainer = Trainer(tiny(), small(), steps=(labkit.critic_step, exploding))
    with pytest.raises(TrainingDiverged, match="generator_loss"):
        trainer.run()
    assert trainer.step <= 50


SCRIPT = """
import sys
from dataclasses import replace
from labkit.config import configure
from labkit.data import load
from labkit.loop import Trainer
digits = load("digits")
digits = replace(digits, images=digits.images[:64], labels=None)
config = configure(base_channels=8, latent_dim=8, batch_size=32, images=3_200_000)
run = Trainer(config, digits, out=sys.argv[1]).run()
print("stopped", run.stopped, flush=True)
"""


def start(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)], stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (folder / checkpoint.NAME).exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("delay", [0.0, 0.11, 0.37])
def test_kill_9_at_any_moment_leaves_a_loadable_checkpoint(tmp_path, delay):
    process = start(tmp_path)
    time.sleep(delay)
    process.kill()
    process.wait()
    state = checkpoint.read(tmp_path / checkpoint.NAME)
    assert state["step"] >= 0
    config = TrainConfig(**state["config"])
    trainer = Trainer(config, small(64), out=tmp_path)
    trainer.load()
    trainer.run(steps=2)
    assert trainer.step == state["step"] + 2


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for one process on Windows")
def test_ctrl_c_saves_and_stops(tmp_path):
    process = start(tmp_path)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "stopped True" in out
    assert (tmp_path / "samples.png").exists()
    state = checkpoint.read(tmp_path / checkpoint.NAME)
    assert state["step"] == len(state["history"]["critic_loss"]) > 0


def test_resume_goes_on_where_the_run_stood(tmp_path):
    images = 90 * 64
    whole = labkit.train("digits", images=images, base_channels=8, ema=0.9)
    config = configure(images=images, base_channels=8, ema=0.9)
    Trainer(config, load("digits"), out=tmp_path).run(steps=40)
    resumed = labkit.resume(tmp_path)
    assert torch.equal(whole.samples, resumed.samples)
    assert not resumed.stopped


def test_labkit_steps_shortens_every_run_and_says_so(monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_STEPS", "3")
    trainer = Trainer(tiny(decay=True), small())
    run = trainer.run()
    assert (trainer.step, trainer.done, run.stopped) == (3, 1.0, False)
    assert "ends after 3 of its 200 steps" in capsys.readouterr().out
    assert len(toy.train_points("ring", steps=8).history["critic_loss"]) == 3
    monkeypatch.setenv("LABKIT_STEPS", "200")
    capsys.readouterr()
    assert Trainer(tiny(), small()).total_steps == 200
    assert capsys.readouterr().out == ""
    for senseless in ("0", "-1", "few"):
        monkeypatch.setenv("LABKIT_STEPS", senseless)
        with pytest.raises(LabkitError, match=f"above 0; got '{senseless}'"):
            Trainer(tiny(), small())


def test_damaged_foreign_and_missing_checkpoints_are_named(tmp_path):
    path = tmp_path / checkpoint.NAME
    with pytest.raises(LabkitError, match="no checkpoint"):
        labkit.resume(tmp_path)
    Trainer(tiny(images=320), small(), out=tmp_path).run()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LabkitError, match="damaged"):
        checkpoint.read(path)
    torch.save({"weights": torch.ones(2)}, path)
    with pytest.raises(LabkitError, match="not a labkit checkpoint"):
        checkpoint.read(path)
    torch.save({"trap": Evil()}, path)
    with pytest.raises(LabkitError, match="not a labkit checkpoint"):
        checkpoint.read(path)
    path.write_bytes(whole)
    with pytest.raises(LabkitError, match="other networks"):
        Trainer(tiny(base_channels=16), small(), out=tmp_path).load()


class Evil:
    def __reduce__(self):
        return os._exit, (3,)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"lr": -1}, "lr"),
        ({"lr": float("nan")}, "lr"),
        ({"batch_size": 1}, "BatchNorm"),
        ({"smoothing": 0.7}, "smoothing"),
        ({"images": 100, "seconds": 3}, "not both"),
        ({"images": 100, "critic_steps": 2}, "at least 128, 2 batches"),
        ({"images": 3}, "at least 64, one batch"),
        ({"critic_steps": 0}, "critic_steps"),
        ({"precision": "fp8"}, "precision"),
        ({"preset": "huge"}, "presets"),
        ({"ema": 1.0}, "ema"),
    ],
)
def test_senseless_settings_are_refused_with_the_reason(settings, word):
    with pytest.raises(LabkitError, match=word):
        configure(**settings)


def test_too_large_a_batch_and_misplaced_smoothing_are_refused():
    with pytest.raises(LabkitError, match="smaller batch_size"):
        Trainer(tiny(batch_size=512), small())
    with pytest.raises(LabkitError, match="smooth"):
        Trainer(
            tiny(smoothing=0.1),
            small(),
            steps=(plain_critic_step, plain_generator_step),
        )


def test_seconds_end_a_run():
    config = tiny(images=None, seconds=1.5)
    trainer = Trainer(config, small())
    run = trainer.run()
    assert 1.5 <= trainer.seconds
    assert trainer.step == len(run.history["critic_loss"]) > 0
    assert not run.stopped
