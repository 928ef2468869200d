"""Paths, walks and maps in the space of z, and the way back from an image."""

import math

import pytest
import torch
from torch import nn

from labkit import inversion, latent
from labkit.errors import BadValue

RNG = torch.Generator().manual_seed(0)


class Canvas(nn.Module):
    """Draws z itself, as an image (1, 4, latent_dim / 4), while it is in eval mode."""

    def __init__(self, latent_dim: int = 8) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.weight = nn.Parameter(torch.ones(()))
        self.frozen = nn.BatchNorm1d(latent_dim).eval()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        assert not self.training
        return (self.weight * z).view(-1, 1, 4, self.latent_dim // 4)


def randn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=RNG)


@pytest.mark.parametrize("shape", [(64,), (3, 64), (2,)])
def test_slerp_keeps_the_length_and_walks_at_constant_angular_speed(shape):
    z0, z1 = randn(*shape), randn(*shape)
    z1 = z1 * z0.norm(dim=-1, keepdim=True) / z1.norm(dim=-1, keepdim=True)
    cosine = nn.functional.cosine_similarity
    whole = cosine(z0, z1, dim=-1).acos()
    for t in (0.1, 0.5, 0.8):
        z = latent.slerp(z0, z1, t)
        assert torch.allclose(z.norm(dim=-1), z0.norm(dim=-1))
        assert torch.allclose(cosine(z0, z, dim=-1).acos(), t * whole, atol=1e-3)


@pytest.mark.parametrize("path", [latent.lerp, latent.slerp])
def test_ends_are_exact_and_equal_or_opposite_or_zero_ends_stay_finite(path):
    z0, z1 = randn(5, 16), 3 * randn(5, 16)
    for end in (z1, z0, -z0, 2 * z0, z0 + 1e-5, -z0 + 1e-5, torch.zeros(5, 16)):
        assert torch.allclose(path(z0, end, 0.0), z0, atol=1e-6)
        assert torch.allclose(path(z0, end, 1.0), end, atol=1e-6)
        assert path(z0, end, 0.3).abs().max() < 20
    assert torch.allclose(path(z0, z0, 0.3), z0)


def test_lerp_cuts_the_corner_and_slerp_does_not():
    z0, z1 = torch.tensor([8.0, 0.0]), torch.tensor([0.0, 8.0])
    assert latent.lerp(z0, z1, 0.5).norm().item() == pytest.approx(8 / math.sqrt(2))
    assert latent.slerp(z0, z1, 0.5).norm().item() == pytest.approx(8)
    thirty_degrees = latent.slerp(z0, z1, 1 / 3)
    assert thirty_degrees.tolist() == pytest.approx([8 * 3**0.5 / 2, 4])


def test_interpolate_shows_both_ends_and_leaves_the_generator_as_it_was():
    generator, (z0, z1) = Canvas(), randn(2, 8)
    generator.train()
    generator.frozen.eval()
    pictures = latent.interpolate(generator, z0, z1, 5, path=latent.lerp)
    assert pictures.shape == (5, 1, 4, 2)
    assert torch.allclose(pictures[[0, 4]].flatten(1), torch.stack([z0, z1]))
    assert torch.allclose(pictures[2].flatten(), (z0 + z1) / 2)
    assert not pictures.requires_grad
    assert generator.training and not generator.frozen.training
    arc = latent.interpolate(generator, z0[None], z1[None], 3)
    assert torch.allclose(arc[1].flatten(), latent.slerp(z0, z1, 0.5))
    with pytest.raises(BadValue, match="counts both ends"):
        latent.interpolate(generator, z0, z1, 1)
    with pytest.raises(BadValue, match="two z of one generator"):
        latent.interpolate(generator, z0, z1[:4], 3)


def test_average_keeps_what_is_common_and_has_a_typical_length():
    common = 4 * torch.eye(16)[0]
    mean = latent.average(common + randn(400, 16))
    assert mean.norm().item() == pytest.approx(4)
    assert mean[0].item() == pytest.approx(4, abs=0.1)


def test_walk_is_a_loop_that_passes_every_stop_once():
    stops = randn(3, 8)
    pictures = latent.walk(Canvas(), stops, steps=4).flatten(1)
    assert len(pictures) == 12
    assert torch.allclose(pictures[::4], stops, atol=1e-6)
    assert torch.allclose(pictures[-2], latent.slerp(stops[2], stops[0], 0.5))
    with pytest.raises(BadValue, match="2 stops"):
        latent.walk(Canvas(), stops[:1], steps=4)


def test_plane_has_its_corners_at_the_corners():
    corners = randn(4, 8)
    pictures = latent.plane(Canvas(), corners, size=3).flatten(1)
    assert torch.allclose(pictures[[0, 2, 6, 8]], corners, atol=1e-6)
    assert torch.allclose(pictures[1], latent.slerp(*corners[:2], 0.5), atol=1e-6)
    with pytest.raises(BadValue, match="four corners"):
        latent.plane(Canvas(), corners[:3])


def test_manifold_gives_every_picture_the_same_share_of_the_samples():
    generator = nn.Unflatten(1, (1, 1, 2))
    generator.latent_dim = 2
    z = latent.manifold(generator, size=4).view(4, 4, 2)
    assert (z[:, 1:, 0] > z[:, :-1, 0]).all() and (z[1:, :, 1] < z[:-1, :, 1]).all()
    share = torch.special.ndtr(z[0, :, 0])
    assert torch.allclose(share, torch.tensor([0.125, 0.375, 0.625, 0.875]))
    with pytest.raises(BadValue, match="two directions"):
        latent.manifold(Canvas(8))


def test_truncation_keeps_the_numbers_inside_and_the_first_z():
    wide = latent.draw(32, 6, seed=3)
    tight = latent.draw(32, 6, seed=3, truncation=0.7)
    inside = wide.abs() <= 0.7
    assert torch.equal(tight[inside], wide[inside])
    assert tight.abs().max() <= 0.7 and len(tight[~inside].unique()) > 50
    assert torch.equal(latent.draw(32, 2, seed=3, truncation=0.7), tight[:2])
    assert torch.equal(latent.draw(32, 6, seed=3, truncation=9), wide)
    pictures = latent.sample(Canvas(), 4, seed=1, truncation=0.5)
    assert pictures.abs().max() <= 0.5
    for value in (0, -1, float("nan")):
        with pytest.raises(BadValue, match="truncation"):
            latent.draw(8, 1, truncation=value)


class Painter(nn.Module):
    """A small generator with dropout, BatchNorm and a gradient left in it."""

    latent_dim = 4

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(4, 36), nn.BatchNorm1d(36), nn.Dropout(), nn.Tanh()
        )
        self.layers[0].weight.data = 0.3 * randn(36, 4)
        self.layers[0].weight.grad = torch.ones(36, 4)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z).view(-1, 1, 6, 6)


def test_invert_finds_the_z_and_touches_nothing():
    generator, z = Painter(), randn(1, 4)
    image = latent.images(generator, z)
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    with torch.no_grad():  # also where gradients are switched off
        found = inversion.invert(generator, image, steps=200)
    assert torch.allclose(found, z[0], atol=0.2)
    assert not found.requires_grad and generator.training
    now = generator.state_dict()
    assert all(torch.equal(now[name], before[name]) for name in before)
    assert torch.equal(generator.layers[0].weight.grad, torch.ones(36, 4))
    assert generator.layers[0].bias.grad is None
    assert torch.equal(inversion.invert(generator, image[0], steps=200), found)


def test_invert_prefers_a_likely_z_and_refuses_several_images():
    generator = nn.Sequential(nn.Linear(6, 1), nn.Unflatten(1, (1, 1, 1)))
    generator.latent_dim = 6
    found = inversion.invert(generator, torch.full((1, 1, 1), 0.5), steps=300)
    assert generator(found[None]).item() == pytest.approx(0.5, abs=0.05)
    assert found.norm() < 4
    with pytest.raises(BadValue, match="one image"):
        inversion.invert(generator, torch.zeros(2, 1, 1, 1), 10)
    with pytest.raises(BadValue, match="steps"):
        inversion.invert(generator, torch.zeros(1, 1, 1), 0)
