"""The zoo: what is in it, whether its files are whole, how a run gets into it."""

import importlib.util
import inspect
import json
from pathlib import Path

import pytest

import labkit
from labkit import zoo
from labkit.commands import training
from labkit.errors import LabkitError

ROOT = Path(__file__).parent.parent


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty zoo in place of labkit's own."""
    (tmp_path / zoo.LIST).write_text("{}")
    monkeypatch.setattr(zoo, "folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def keeper():
    """benchmarks/zoo.py as a module; its slow measuring left out."""
    spec = importlib.util.spec_from_file_location("keeper", ROOT / "benchmarks/zoo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.measure = lambda generator, dataset: {"FID_c": 12.3}
    return module


def test_a_run_is_added_loaded_verified_and_removed(
    keeper, empty: Path, tiny_run: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.add(tiny_run, "tiny", "specks")
    assert zoo.names() == ["tiny"]
    entry = json.loads((empty / zoo.LIST).read_text())["tiny"]
    assert entry["command"] == (
        "labkit train digits --latent-dim 16 --base-channels 8 --images 256 --seed 0"
    )
    assert "CC BY-SA 3.0" in entry["licence"]
    expected = labkit.sample(labkit.load_generator(tiny_run), 3)
    assert (labkit.sample(zoo.load("tiny"), 3) == expected).all()
    drawn = labkit.sample(labkit.load_generator(empty / "tiny.onnx"), 3)
    assert (drawn - expected).abs().max() < 1e-4

    code, out, _ = command("zoo")
    assert code == 0
    for text in ("tiny", "specks", "16", "1×28×28", "12.3", "labkit train digits"):
        assert text in " ".join(out.split())
    assert command("generate", "zoo:tiny", "--out", empty / "x.png")[0] == 0

    with (empty / "tiny.onnx").open("ab") as file:
        file.write(b"!")
    (empty / "tiny.safetensors").unlink()
    code, out, _ = command("zoo")
    assert code == 1
    assert "tiny.onnx is altered" in out and "tiny.safetensors is missing" in out
    code, _, err = command("generate", "zoo:tiny")
    assert code == 2 and "there is no generator at" in err

    monkeypatch.setattr(keeper, "LARGEST", 1000)
    with pytest.raises(LabkitError, match="tiny is out again"):
        keeper.add(tiny_run, "tiny", "specks")
    assert zoo.names() == []
    assert not list(empty.glob("tiny*"))


def test_an_unknown_name_and_a_damaged_list_are_explained(empty: Path) -> None:
    with pytest.raises(LabkitError, match="the zoo has .*got 'nobody'"):
        zoo.load("nobody")
    (empty / zoo.LIST).write_text("{")
    with pytest.raises(LabkitError, match=r"zoo\.json cannot be read"):
        zoo.names()


def test_the_zoo_that_comes_with_labkit_is_whole() -> None:
    assert set(zoo.verify().values()) <= {"ok"}
    size = sum(path.stat().st_size for path in zoo.folder().iterdir())
    assert size <= 25e6


@pytest.mark.parametrize("name", zoo.names())
def test_every_generator_draws_what_the_list_says(name: str) -> None:
    entry, generator = zoo.entries()[name], zoo.load(name)
    assert not generator.training
    assert generator.latent_dim == entry["latent_dim"]
    images = labkit.sample(generator, 2)
    assert images.shape == (2, *entry["image_shape"])
    again = labkit.sample(labkit.load_generator(zoo.folder() / f"{name}.onnx"), 2)
    assert (images - again).abs().max() < 1e-4
    words = entry["command"].split()
    assert words[:3] == ["labkit", "train", entry["dataset"]]
    options = {w[2:].replace("-", "_") for w in words if w.startswith("--")}
    assert options <= set(inspect.signature(training.train).parameters)
    assert {"draws", "dataset", "command", "seed", "metrics", "licence"} <= set(entry)
