"""`labkit train` through its real command line: every option arrives where it should."""

import json
import sys
from pathlib import Path

import pytest

from labkit import cli

pytestmark = pytest.mark.slow

SMALL = ["--images", "64", "--batch-size", "16", "--base-channels", "8"]


@pytest.fixture
def train(monkeypatch, tmp_path, capsys):
    """Run `labkit train …` in an empty folder; (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["labkit", "train", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return call


def config(folder="runs/digits-1"):
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def test_every_option_arrives(train):
    code, out, err = train(
        "--dataset", "coloured-digits", "--image-size", 32, "--batch-size", 16,
        "--images", 64, "--lr", 0.0005, "--betas", 0.4, 0.9, "--latent-dim", 7,
        "--base-channels", 8, "--preset", "dcgan", "--loss", "minimax", "--noise", 0.05,
        "--smoothing", 0.1, "--flipping", 0.05, "--weight-decay", 0.001,
        "--critic-steps", 2, "--ema", 0.5, "--seed", 3,
        "--device", "cpu", "--precision", "fp32", "--out", "mine", "--tensorboard",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "The run is in mine" in out
    expected = {
        "dataset": "coloured-digits", "image_size": 32, "batch_size": 16, "images": 64,
        "seconds": None, "lr": 0.0005, "betas": [0.4, 0.9], "latent_dim": 7,
        "base_channels": 8, "preset": "dcgan", "loss": "minimax", "noise": 0.05,
        "smoothing": 0.1, "flipping": 0.05, "weight_decay": 0.001, "critic_steps": 2, "ema": 0.5, "seed": 3, "device": "cpu",
        "precision": "fp32", "spectral_norm": False,
    }  # fmt: skip
    assert config("mine").items() >= expected.items()
    assert len(json.loads(Path("mine/history.json").read_text())["critic_loss"]) == 2
    assert list(Path("mine/tensorboard").glob("events.*"))


@pytest.mark.parametrize("loss", ["least-squares", "hinge", "wgan-clip", "wgan-gp"])
def test_losses(train, loss):
    code, _, err = train(*SMALL, "--loss", loss, "--critic-steps", 1)
    assert (code, err) == (0, "")
    assert config()["loss"] == loss


def test_a_loss_with_spectral_norm_is_interrupted_and_resumed(train):
    given = ["--loss", "relativistic", "--spectral-norm"]
    assert train(*SMALL, *given)[0] == 0
    assert config()["spectral_norm"] is True
    code, out, err = train("--resume", "runs/digits-1", "--tensorboard")
    assert (code, err) == (0, "")
    assert list(Path("runs/digits-1/tensorboard").glob("events.*"))


def test_seconds_and_epochs(train):
    assert train("--seconds", 0.2, "--base-channels", 8, "--out", "a")[0] == 0
    assert config("a")["seconds"] == 0.2
    code, out, _ = train("fashion", "--epochs", 1, "--base-channels", 4, "--out", "b",
                         "--batch-size", 200)  # fmt: skip
    assert code == 0 and "epoch   1 · step    50" in out


@pytest.mark.parametrize(
    "arguments, reason",
    [
        (["fashion", "--dataset", "digits"], "two data sets are named"),
        (["--images", 100, "--seconds", 5], "images is to be given, or seconds is"),
        (["--loss", "bce"], "loss is to be one of vanilla, minimax"),
        (["--loss", "hinge", "--smoothing", 0.1], "the loss hinge has no labels"),
        (["--loss", "wgan-clip", "--spectral-norm"], "one undoes the other"),
        (["--loss", "wgan-gp", "--flipping", 0.1], "the loss wgan-gp has no labels"),
        (["--flipping", 0.5], "flipping is to be in [0, 0.5)"),
        (["--betas", 0.5, 1.0], "betas is to be two numbers in [0, 1)"),
        (["--lr", 0], "lr is to be between 0 and 1"),
        (["--lr", "nan"], "lr is to be between 0 and 1"),
        (["--smoothing", 0.7], "smoothing is to be in [0, 0.5)"),
        (["--batch-size", 1], "BatchNorm needs company"),
        (["--critic-steps", 0], "critic_steps is to be 1 or more"),
        (["--images", 63], "images is to be at least 64, one batch of 64; got 63"),
        (
            ["--loss", "wgan-gp", "--images", 192],
            "at least 320, 5 batches, one for each critic step, of 64; got 192",
        ),
        (["--precision", "fp16"], "precision is to be auto, fp32 or bf16"),
        (["--image-size", 30], "square images of 28, 16, 32, 64"),
        (["--epochs", 0], "epochs is to be 1 or more; got 0"),
        (["--epochs", 2, "--seconds", 5], "epochs and seconds both say when to stop"),
        (["--resume", "runs/digits-1", "--loss", "hinge"], "leave out --loss"),
        (["--device", "cuda:9"], "cuda"),
    ],
)
def test_conflicting_and_senseless_values_are_refused(
    train, tmp_path, arguments, reason
):
    code, out, err = train(*arguments)
    assert code == 2
    assert err.startswith("labkit: ") and reason in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
