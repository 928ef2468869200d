"""The page draws what PyTorch draws, and goes the same ways through the latent space."""

import base64
from collections.abc import Callable
from typing import Any

import torch
from playwright.sync_api import Page
from torch import Tensor

from labkit import latent, zoo
from labkit.models import Generator
from labkit.widgets.weights import fold
from tests.browser.harness import Harness

DRAW = """async ([plan, code, zs]) => {
    const { buffer } = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
    window.draw = lab.makeGenerator(plan, buffer);
    const images = [];
    await lab.drawMany(draw, zs.map((z) => Float32Array.from(z)),
                       (index, image) => { images[index] = Array.from(image); });
    return { images, shape: draw.shape };
}"""
PATHS = """([z0, z1]) => {
    const [a, b] = [Float32Array.from(z0), Float32Array.from(z1)];
    const ways = [0, 0.25, 0.5, 0.9, 1];
    const plain = (list) => list.map((z) => Array.from(z));
    return { lerp: plain(ways.map((t) => lab.lerp(a, b, t))),
             slerp: plain(ways.map((t) => lab.slerp(a, b, t))),
             average: plain([lab.average([a, b, b])])[0],
             norm: [lab.norm(a)] };
}"""
MANY = """(corners) => {
    const stops = corners.map((z) => Float32Array.from(z));
    const plain = (list) => list.map((z) => Array.from(z));
    return { walk: plain(lab.walk(stops, 5)), plane: plain(lab.plane(stops, 4)),
             straight: plain(lab.plane(stops, 4, lab.lerp)) };
}"""
GIVE_UP = """async () => {
    const zs = Array.from({ length: 400 }, () => new Float32Array(2));
    let [count, turns] = [0, 0];  // somebody wishes for something newer in turn 3
    const turn = () => { turns += 1; if (turns < 3) setTimeout(turn); };
    setTimeout(turn);
    const done = await lab.drawMany(draw, zs, () => { count += 1; }, () => turns === 3);
    return { done, count };
}"""


def drawn(page: Page, generator: Generator, z: Tensor) -> Tensor:
    """What generator.js draws from z (N, D)."""
    plan, whole = fold(generator)
    code = base64.b64encode(whole).decode()
    found = page.evaluate(DRAW, [plan, code, z.tolist()])
    assert found["shape"] == list(generator.image_shape)
    return torch.tensor(found["images"]).view(len(z), *generator.image_shape)


def close(found: Any, expected: Tensor) -> bool:
    return torch.allclose(torch.tensor(found).float(), expected, rtol=0, atol=1e-5)


def test_images_are_those_of_pytorch(harness: Harness) -> None:
    page = harness.module("generator")
    odd = Generator((3, 32, 32), latent_dim=5, base_channels=10, convs=2).eval()
    networks = {name: zoo.load(name) for name in zoo.names()} | {"odd widths": odd}
    for name, generator in networks.items():
        z = latent.draw(generator.latent_dim, 3, seed=5)
        difference = drawn(page, generator, z) - latent.images(generator, z)
        assert difference.abs().max() * 127.5 <= 1, name  # grey levels
    assert harness.errors == []


def test_many_images_leave_the_page_its_turns_and_can_be_given_up(
    harness: Harness,
) -> None:
    page = harness.module("generator")
    drawn(page, zoo.load("digits-2d"), latent.draw(2, 1))
    told = page.evaluate(GIVE_UP)
    assert told["done"] is False
    assert 0 < told["count"] < 400


ENDS: dict[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "any": lambda a, b: (a, b),
    "equal": lambda a, b: (a, a),
    "opposite": lambda a, b: (a, -a),
    "one direction": lambda a, b: (a, 3 * a),
    "lengths unequal": lambda a, b: (a, 4 * b),
    "nothing": lambda a, b: (0 * a, b),
}


def test_paths_are_those_of_labkit(harness: Harness) -> None:
    page = harness.module("latent")
    a, b, c, d = latent.draw(64, 4)
    for name, ends in ENDS.items():
        z0, z1 = ends(a, b)
        found = page.evaluate(PATHS, [z0.tolist(), z1.tolist()])
        for path in ("lerp", "slerp"):
            way = getattr(latent, path)
            expected = torch.stack([way(z0, z1, t) for t in (0, 0.25, 0.5, 0.9, 1)])
            assert close(found[path], expected), f"{path}, {name}"
        assert close(found["average"], latent.average(torch.stack([z0, z1, z1])))
        assert close(found["norm"], z0.norm()[None])
    corners = torch.stack([a, b, c, d])
    found = page.evaluate(MANY, corners.tolist())
    itself = Itself()
    assert close(found["walk"], latent.walk(itself, corners, 5).view(-1, 64))
    assert close(found["plane"], latent.plane(itself, corners, 4).view(-1, 64))
    straight = latent.plane(itself, corners, 4, latent.lerp)
    assert close(found["straight"], straight.view(-1, 64))


class Itself(torch.nn.Module):
    """A generator whose images are the z it was given."""

    def forward(self, z: Tensor) -> Tensor:
        return z[:, None, None]
