"""Folded weights: which networks the page can draw from, and what it is sent."""

import json

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from labkit import latent, zoo
from labkit.dcgan import DCGANGenerator
from labkit.models import Generator
from labkit.widgets.quick import drawer
from labkit.widgets.weights import LIMIT, fold


def lively(generator: Generator) -> Generator:
    """Statistics and weights that are not those of a new network."""
    rng = torch.Generator().manual_seed(0)
    for module in generator.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for numbers in (module.weight, module.bias, module.running_mean):
                numbers.data.normal_(0, 1, generator=rng)
            module.running_var.uniform_(0.5, 2, generator=rng)
        elif isinstance(module, torch.nn.Conv2d):
            module.weight.data.normal_(0, 0.1, generator=rng)
    return generator


def drawn(plan: list[dict], whole: bytes, z: torch.Tensor) -> torch.Tensor:
    """What the plan says, in PyTorch's words."""
    left = torch.from_numpy(np.frombuffer(whole, "<i2").astype(np.float32))
    for layer in plan:
        channels = len(layer["scales"])
        linear = layer["kind"] == "linear"
        inner = (
            (np.prod(layer["shape"][1:]), layer["inputs"])
            if linear
            else (layer["channels"][0], 3, 3)
        )
        count = channels * int(np.prod(inner))
        scales, biases = torch.tensor(layer["scales"]), torch.tensor(layer["biases"])
        weight = left[:count].view(channels, -1) * scales[:, None]
        weight, left = weight.view(channels, *inner), left[count:]
        if linear:
            x = torch.einsum("cpk,bk->bcp", weight, z) + biases[:, None]
            x = x.view(len(z), *layer["shape"])
        else:
            if layer["kind"] == "up":
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = F.conv2d(x, weight, biases, padding=1)
        x = x.tanh() if layer is plan[-1] else x.relu()
    assert len(left) == 0
    return x


@pytest.mark.parametrize("convs", [1, 2])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_the_folded_network_draws_the_same(shape: tuple, convs: int) -> None:
    generator = lively(Generator(shape, latent_dim=7, base_channels=10, convs=convs))
    z = latent.draw(7, 5)
    plan, whole = fold(generator)
    close = (drawn(plan, whole, z) - latent.images(generator, z)).abs().max()
    assert close < 1 / 127.5  # a grey level
    assert json.loads(json.dumps(plan)) == plan
    assert torch.allclose(drawer(generator)(z), latent.images(generator, z), atol=1e-4)


def test_the_mode_and_the_weights_of_the_network_stay() -> None:
    generator = lively(Generator((1, 28, 28), base_channels=8)).train()
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    plan, whole = fold(generator)
    assert all(module.training for module in generator.modules())
    after = generator.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert (plan, whole) == fold(generator.eval())


@pytest.mark.parametrize("name", zoo.names())
def test_all_of_the_zoo_fits(name: str) -> None:
    plan, whole = fold(zoo.load(name))
    assert len(whole) <= LIMIT
    assert len(json.dumps(plan)) < 10_000


class Students(Generator):
    """Might compute anything."""


@pytest.mark.parametrize(
    "network",
    [
        DCGANGenerator((1, 32, 32), base_channels=4),
        Students((1, 28, 28), base_channels=8),
        torch.nn.Sequential(torch.nn.Linear(2, 4)),
        Generator((1, 28, 28), base_channels=8, upsampling="bilinear"),
        Generator((1, 28, 28), base_channels=256),
    ],
    ids=lambda network: type(network).__name__,
)
def test_other_networks_stay_with_the_kernel(network: torch.nn.Module) -> None:
    assert fold(network) is None


@pytest.mark.parametrize("upsampling", ["nearest", "bilinear"])
def test_the_quick_drawer_takes_every_network(upsampling: str) -> None:
    generator = lively(
        Generator((3, 16, 16), latent_dim=6, base_channels=8, upsampling=upsampling)
    ).train()
    z = latent.draw(6, 3)
    drawn_quickly = drawer(generator)(z)
    assert drawn_quickly.shape == (3, 3, 16, 16)
    assert torch.allclose(drawn_quickly, latent.images(generator, z), atol=1e-4)
    assert all(module.training for module in generator.modules())


def test_weights_that_are_no_numbers_stay_with_the_kernel() -> None:
    generator = Generator((1, 28, 28), base_channels=8)
    generator.paint[0].bias.data[0] = float("nan")
    assert fold(generator) is None


def test_a_channel_of_zeros_is_no_obstacle() -> None:
    generator = lively(Generator((1, 28, 28), latent_dim=3, base_channels=8))
    generator.blocks[2][2].weight.data[1] = 0
    z = latent.draw(3, 2)
    difference = drawn(*fold(generator), z) - latent.images(generator, z)
    assert difference.abs().max() < 1 / 127.5
