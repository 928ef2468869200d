"""The commands that use a trained generator, each through the real command line."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import labkit
from labkit import latent, metrics, show


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pixels(path: Path | str) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def frames(path: Path | str) -> int:
    with Image.open(path) as picture:
        return picture.n_frames


# ---------------------------------------------------------------------------- generate


def test_generate_draws_a_grid_or_single_files(command, tiny_run: Path) -> None:
    code, out, _ = command("generate", tiny_run, "--count", 6, "--columns", 3)
    assert (code, out) == (0, "6 pictures in generated.png\n")
    assert pixels("generated.png").shape == (2 * 28 + 2, 3 * 28 + 2 * 2, 3)
    code, out, _ = command("generate", tiny_run, "--count", 2, "--single", "each")
    assert (code, out) == (0, "2 files in each\n")
    first = pixels("each/0000.png")
    assert (first == pixels("generated.png")[:28, :28]).all()
    assert sorted(path.name for path in Path("each").iterdir()) == [
        "0000.png",
        "0001.png",
    ]


def test_generate_by_seeds_and_with_truncation(command, tiny_run: Path) -> None:
    command(
        "generate", tiny_run, "--seeds", "3,17, 42", "--single", "s", "--out", "g.png"
    )
    generator = labkit.load_generator(tiny_run)
    for index, seed in enumerate((3, 17, 42)):
        expected = show.tiles.tile(labkit.sample(generator, 1, seed))
        assert (pixels(f"s/seed-{seed}.png") == expected).all()
        assert (pixels("g.png")[:, 30 * index : 30 * index + 28] == expected).all()
    command("generate", tiny_run, "--seed", 3, "--count", 1, "--truncation", 0.5)
    expected = show.tiles.tile(labkit.sample(generator, 1, 3, truncation=0.5))
    assert (pixels("generated.png") == expected).all()
    assert (expected != pixels("s/seed-3.png")).any()


# -------------------------------------------------------------------- interpolate, film


def test_interpolate_draws_a_strip_with_both_ends(command, tiny_run: Path) -> None:
    code, out, _ = command("interpolate", tiny_run, 3, 17, 3, "--steps", 4)
    assert (code, out) == (0, "8 pictures in interpolation.png\n")
    strip = pixels("interpolation.png")
    assert strip.shape == (2 * 28 + 2, 4 * 28 + 3 * 2, 3)
    generator = labkit.load_generator(tiny_run)
    for seed, corner in ((3, strip[:28, :28]), (17, strip[30:, :28])):
        assert (corner == show.tiles.tile(labkit.sample(generator, 1, seed))).all()
    assert (strip[:28, :28] == strip[30:, -28:]).all()


def test_lerp_and_slerp_differ_between_the_ends(command, tiny_run: Path) -> None:
    for path in ("lerp", "slerp"):
        arguments = ("--path", path, "--steps", 3, "--out", f"{path}.png")
        command("interpolate", tiny_run, 3, 17, *arguments)
    arc, line = pixels("slerp.png"), pixels("lerp.png")
    assert (arc[:, :28] == line[:, :28]).all() and (arc[:, 60:] == line[:, 60:]).all()
    generator = labkit.load_generator(tiny_run)
    ends = [latent.draw(16, 1, seed) for seed in (3, 17)]
    middle = show.tiles.tile(latent.images(generator, latent.lerp(*ends, 0.5)))
    assert (line[:, 30:58] == middle).all() and (arc[:, 30:58] != middle).any()


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_films_of_ways(command, tiny_run: Path, kind: str) -> None:
    for loop, count in (((), 9), (("--loop",), 15)):
        way = ("interpolate", tiny_run, 1, 2, 3, "--steps", 5, "--out", f"w.{kind}")
        code, out, _ = command(*way, *loop)
        assert (code, out) == (0, f"{count} pictures in w.{kind}\n")
        assert frames(f"w.{kind}") == count


def test_film_shows_the_frames_of_a_run(command, tiny_run: Path) -> None:
    for kind in ("gif", "webp"):
        code, out, _ = command("film", tiny_run, "--out", f"f.{kind}")
        assert (code, out) == (0, f"2 frames in f.{kind}\n")
        assert frames(f"f.{kind}") == 2
    code, _, _ = command("film", tiny_run, "--out", "f.png")
    assert code == 0
    first = pixels(tiny_run / "frames" / "0000.png")
    assert (pixels("f.png")[:28, 30:58] == first[:28, 28:56]).all()


# ---------------------------------------------------------------------------- evaluate


def test_evaluate_prints_a_table_or_json(
    command, tiny_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = command("evaluate", tiny_run, "--count", 50, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["dataset"], found["count"], found["seed"]) == ("digits", 50, 0)
    assert found["values"]["FID_c"] > found["scale"]["blurred"]["FID_c"]
    once = metrics.Evaluation(**found)
    monkeypatch.setattr(metrics, "evaluate", lambda *_: once)
    code, out, _ = command("evaluate", tiny_run, "--count", 50)
    assert code == 0
    assert "50 pictures, test images of digits" in " ".join(out.split())
    for row in once.rows():
        assert all(word in out for word in row), row
    monkeypatch.setattr(
        metrics, "inception_distances", lambda *images: {"FID": 1.0 * len(images[1])}
    )
    _, out, _ = command("evaluate", tiny_run, "--count", 50, "--inception")
    assert "1000.000" in out
    _, out, _ = command("evaluate", tiny_run, "--count", 50, "--inception", "--json")
    assert json.loads(out)["FID"] == 1000


def test_evaluate_says_what_inception_needs(
    command, tiny_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "torch_fidelity.feature_extractor_inceptionv3"
    monkeypatch.setitem(sys.modules, missing, None)
    code, out, err = command("evaluate", tiny_run, "--count", 50, "--inception")
    assert (code, out) == (2, "")
    assert "torch-fidelity" in err and "FID_c" in err


# ------------------------------------------------------------------------------- export


def test_export_and_back(command, tiny_run: Path) -> None:
    code, out, err = command("export", tiny_run, "--out", "new/g.onnx")
    assert (code, err) == (0, "")
    assert out.startswith(str(Path("new/g.onnx")) + ": differs from torch by")
    again = labkit.load_generator("new/g.onnx")
    assert (again.latent_dim, again.image_shape) == (16, (1, 28, 28))
    pictures = []
    for source in (tiny_run, tiny_run / "generator.safetensors", "new/g.onnx"):
        code, _, err = command("generate", source, "--count", 3, "--out", "x.png")
        assert (code, err) == (0, "")
        pictures.append(pixels("x.png").astype(int))
    assert (pictures[0] == pictures[1]).all()
    assert abs(pictures[0] - pictures[2]).max() <= 1
    code, _, err = command("export", "new/g.onnx", "--out", "h.onnx")
    assert code == 2 and "already" in err


# ----------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("generate nowhere", "no generator at nowhere"),
        ("generate zoo:nobody", "the zoo has"),
        ("generate text.safetensors", "not a whole .safetensors"),
        ("generate text.onnx", "not a whole ONNX"),
        ("generate RUN --seeds 3,x", "whole numbers from 0 up, 3 17 42 say; got 'x'"),
        ("generate RUN --seeds -3", "got '-3'"),
        ("generate RUN --seeds 3 --count 2", "leave out --count and --seed"),
        ("generate RUN --count 0", "--count"),
        ("generate RUN --truncation 0", "truncation"),
        ("generate RUN --truncation -1", "truncation"),
        ("generate RUN --truncation nan", "truncation"),
        ("generate RUN --out x.bmp", "--out ends in .png; got 'x.bmp'"),
        ("generate RUN --out folder.png", "folder.png is a folder"),
        ("generate RUN --count 1 --out text.onnx/x.png", "cannot be written"),
        ("generate RUN --count 1 --single text.onnx", "cannot be written"),
        ("interpolate RUN 3", "two seeds or more"),
        ("interpolate RUN 3 four", "got 'four'"),
        ("interpolate RUN 3 4 --steps 1", "--steps"),
        ("interpolate RUN 3 4 --path circle", "circle"),
        ("interpolate RUN 3 4 --out x.mp4", ".png, .gif or .webp; got 'x.mp4'"),
        ("film nowhere", "nowhere has no frames"),
        ("film broken", "is no frame of a run"),
        ("film RUN --out x", ".gif, .webp or .png; got 'x'"),
        ("evaluate text.safetensors", "add --dataset digits"),
        ("evaluate RUN --dataset no-such-set", "no-such-set"),
        ("evaluate RUN --count 3", "50 to 10000"),
        ("evaluate RUN --dataset stacked-digits", "channels"),
        ("export RUN --out x.pt", "--out ends in .onnx; got 'x.pt'"),
    ],
)
def test_what_the_user_can_mend_is_one_message(
    command, tiny_run: Path, here: Path, arguments: str, says: str
) -> None:
    for name in ("text.safetensors", "text.onnx"):
        (here / name).write_text("not what the name says")
    (here / "folder.png").mkdir()
    (here / "broken" / "frames").mkdir(parents=True)
    (here / "broken" / "frames" / "0000.png").write_text("no picture")
    before = sorted(here.rglob("*"))
    words = [str(tiny_run) if w == "RUN" else w for w in arguments.split()]
    code, out, err = command(*words)
    assert code == 2
    assert out == ""
    assert says in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
    assert sorted(here.rglob("*")) == before


def test_an_existing_file_is_replaced(command, tiny_run: Path) -> None:
    Path("generated.png").write_text("old")
    assert command("generate", tiny_run, "--count", 1)[0] == 0
    assert pixels("generated.png").shape == (28, 28, 3)
