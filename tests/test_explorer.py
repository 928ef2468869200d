"""The latent explorer without a page: views, share lines, answers, files."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from labkit import latent, zoo
from labkit.data import load, normalise
from labkit.errors import BadValue, LabkitError
from labkit.widgets import Explorer, sheets
from labkit.widgets.explorer_choices import CHOICES, SHARED

VIEWS = list(SHARED)


@pytest.fixture(scope="module")
def digits() -> nn.Module:
    return zoo.load("digits")


def z_of(*seeds: int) -> torch.Tensor:
    return torch.cat([latent.draw(64, 1, seed) for seed in seeds])


def state(**changes: object) -> dict:
    return CHOICES | changes


def test_the_path_is_the_arc_or_the_line_between_the_seeds() -> None:
    start, middle, end = z_of(3, 17, 5)
    seen = sheets.view("digits", 64, state(seeds=[3, 17, 5], t=1.25, path="lerp"))
    assert torch.allclose(seen.shown, latent.lerp(middle, end, 0.25))
    seen = sheets.view("digits", 64, state(t=0.5))
    arc, line = latent.slerp(start, middle, 0.5), latent.lerp(start, middle, 0.5)
    assert torch.equal(seen.shown, arc)
    assert seen.alt == (
        f"digits: halfway (t 0.50) on the arc from seed 3 to seed 17, length "
        f"{arc.norm():.1f}; on the line {line.norm():.1f}; the shell's is 8.0."
    )
    assert torch.equal(seen.sheet[[0, 8, 9, 17]], torch.stack([start, middle] * 2))


def test_the_walk_comes_back_to_its_first_stop() -> None:
    stops = z_of(3, 17, 5)
    for at, expected in ((0, stops[0]), (2, stops[2]), (3, stops[0])):
        seen = sheets.view("digits", 64, state(view="walk", stops=[3, 17, 5], at=at))
        assert torch.equal(seen.shown, expected)
    generator = nn.Identity()  # its images are its z
    generator.latent_dim = 64
    around = latent.walk(generator, stops, steps=8)
    assert torch.allclose(seen.sheet, around, atol=1e-6)


def test_the_corners_of_the_plane_are_the_seeds() -> None:
    corners = dict(
        zip([(0, 0), (1, 0), (0, 1), (1, 1)], z_of(3, 7, 24, 28), strict=True)
    )
    for (x, y), z in corners.items():
        seen = sheets.view("digits", 64, state(view="plane", x=x, y=y))
        assert torch.allclose(seen.shown, z, atol=1e-5)
        assert torch.allclose(seen.sheet[7 * x + 56 * y], z, atol=1e-5)
    a, b, c = z_of(3, 7, 24)
    three = state(view="plane", corners=[3, 7, 24], x=1, y=1)
    unit = [z / z.norm() for z in (a, b, c)]
    fourth = unit[1] - unit[0] + unit[2]
    shown = sheets.view("digits", 64, three).shown
    assert torch.allclose(shown, 8 * fourth / fourth.norm(), atol=1e-5)


def test_arithmetic_equals_numpy() -> None:
    chosen = {"a": [1, 2], "b": [3], "c": [4, 5, 6]}
    total = np.zeros(64)
    for sign, seeds in zip((1, -1, 1), chosen.values(), strict=True):
        mean = z_of(*seeds).numpy().astype(float).mean(0)
        total += sign * 8 * mean / np.linalg.norm(mean)
    seen = sheets.view("digits", 64, state(view="arithmetic", **chosen))
    expected = 8 * total / np.linalg.norm(total)
    assert np.allclose(seen.shown.numpy(), expected, atol=1e-5)
    assert f"a sum {np.linalg.norm(total):.1f} long" in seen.alt
    only = sheets.view("digits", 64, state(view="arithmetic", a=[1, 2], b=[], c=[]))
    assert torch.allclose(only.shown, latent.average(z_of(1, 2)), atol=1e-5)


def test_the_sheet_is_truncated() -> None:
    seen = sheets.view("digits", 64, state(view="sheet", truncation=0.5, picked=9))
    assert seen.sheet.abs().max() <= 0.5
    assert torch.equal(seen.shown, latent.draw(64, 1, 9, truncation=0.5)[0])
    assert f"average length {seen.sheet.norm(dim=1).mean():.1f}" in seen.alt
    whole = sheets.view("digits", 64, state(view="sheet"))
    assert torch.equal(whole.sheet, z_of(*range(64)))


@pytest.mark.parametrize("view", VIEWS)
def test_a_shared_line_shows_the_same_picture(view: str) -> None:
    first = Explorer(
        "digits", view=view, t=0.25, path="lerp", at=1.5, x=0.2, y=0.9,
        truncation=0.7, picked=5, b=[], bookmarks=[["a", "b", "c"]],
    )  # fmt: skip
    line = first.share()
    assert (
        line.startswith("explorer?generator=digits&view=") and "bookmarks" not in line
    )
    again = Explorer.shared(f"  {line}\n")
    assert again.share() == line
    one, other = first.view, again.view
    assert one.alt == other.alt and torch.equal(one.sheet, other.sheet)
    if view in ("path", "plane", "arithmetic"):  # the others are drawn as the plane
        one, other = first.picture(), again.picture()
        assert (one.alt, one.data) == (other.alt, other.data)
        assert one.alt.startswith(first.view.alt)


def test_a_module_is_explored_and_shared_with_itself(digits: nn.Module) -> None:
    own = Explorer(digits, t=0.75)
    line = own.share()
    with pytest.raises(BadValue, match="generator=run.generator"):
        Explorer.shared(line)
    assert Explorer.shared(line, generator=digits).view.alt == own.view.alt
    assert own.view.alt.startswith("your generator: 75 % of the way")
    assert "Nearest" not in own.picture().alt
    with pytest.raises(LabkitError, match='real="digits"'):
        own.answer("nearest", {}, [z_of(0).numpy().tobytes()])
    with pytest.raises(BadValue, match="latent_dim"):
        Explorer(nn.Linear(2, 2))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seeds": [3]}, "2 to 6 seeds"),
        ({"seeds": [3, -1]}, "seeds is"),
        ({"t": 1.5}, "from 0 to 1; got 1.5"),
        ({"path": "straight"}, "slerp, lerp"),
        ({"view": "map"}, "path, walk, plane"),
        ({"corners": [1, 2]}, "3 or 4"),
        ({"x": "left"}, "from 0 to 1"),
        ({"a": []}, "at least one"),
        ({"truncation": 0}, "0.1"),
        ({"picked": 64}, "0 to 63"),
        ({"bookmarks": ["no"]}, "name, note"),
        ({"speed": 2}, "speed"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(BadValue, match=re.escape(said)):
        Explorer("digits", **wrong)


def test_answers_are_images_and_z(digits: nn.Module) -> None:
    explorer = Explorer("digits")
    z = z_of(3)
    expected = latent.images(digits, z)
    _, [pixels] = explorer.answer("draw", {}, [z.numpy().tobytes()])
    drawn = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, 1, 28, 28)
    assert (normalise(drawn) - expected).abs().max() < 0.01
    _, [numbers] = explorer.answer("z", {"seeds": [3], "truncation": None}, [])
    assert numbers == z.numpy().tobytes()
    _, [sheet, shown] = explorer.answer("sheet", {"state": {"view": "plane"}}, [])
    with Image.open(io.BytesIO(sheet)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (8 * 28, 8 * 28))
    assert len(sheet) < 30_000 and len(shown) == 64 * 4
    with pytest.raises(BadValue, match="picked"):
        explorer.answer("sheet", {"state": {"picked": 99}}, [])


def test_the_nearest_real_image_has_the_least_difference(digits: nn.Module) -> None:
    z = z_of(11)
    found, [pixels] = Explorer("digits").answer("nearest", {}, [z.numpy().tobytes()])
    train = load("digits").images
    away = (normalise(train) - latent.images(digits, z)).square().mean((1, 2, 3))
    assert found["index"] == int(away.argmin())
    assert pixels == train[found["index"]].numpy().tobytes()
    assert f"difference {away.min():.3f} (a test image's nearest: 0." in found["words"]
    assert "the classifier sees a" in found["seen"]


def test_files(tmp_path: Path) -> None:
    explorer = Explorer("digits", view="walk", stops=[3, 17])
    for kind in ("gif", "webp"):
        explorer.save(tmp_path / f"film.{kind}")
        with Image.open(tmp_path / f"film.{kind}") as film:
            assert film.n_frames == 2 * sheets.FILM_STEPS
    explorer.save(tmp_path / "walk.png")
    with Image.open(tmp_path / "walk.png") as picture:
        assert picture.width > picture.height  # two rows of eight
    still = Explorer("digits", view="sheet")
    with pytest.raises(BadValue, match="moves"):
        still.save(tmp_path / "film.gif")
    with pytest.raises(BadValue, match=r"\.png"):
        still.save(tmp_path / "film.mp4")


def test_one_file_holds_all_and_asks_for_nothing(tmp_path: Path) -> None:
    page = tmp_path / "digits.html"
    Explorer("digits").save(page)
    text = page.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_200_000
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert "halfway (t 0.50) on the arc from seed 3" in text  # without scripts
