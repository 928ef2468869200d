import pytest
import torch
from torch import nn

import labkit
from labkit.models import critic_block, upsample_block
from labkit.presets import PRESETS, build

SHAPES = [(channels, size, size) for size in (28, 32, 64) for channels in (1, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("preset", PRESETS)
def test_pair_of_every_preset_fits_together_at_every_size(preset, shape):
    critic, generator = build(preset, shape)
    images = generator(torch.randn(2, generator.latent_dim))
    assert images.shape == (2, *shape)
    assert images.abs().max() <= 1
    assert critic(images).shape == (2,)


@pytest.mark.parametrize("size", [16, 28, 32, 64, 128])
def test_dcgan_pair_takes_any_power_of_two(size):
    generator = labkit.DCGANGenerator((3, size, size), base_channels=4)
    critic = labkit.DCGANCritic((3, size, size), base_channels=4)
    assert critic(generator(torch.randn(2, 100))).shape == (2,)


@pytest.mark.parametrize("build_network", [labkit.Generator, labkit.DCGANCritic])
@pytest.mark.parametrize("shape", [(1, 30, 30), (1, 28, 32), (28, 28), (1, 4, 4)])
def test_impossible_image_shapes_are_refused_by_name(build_network, shape):
    with pytest.raises(ValueError, match="28|8×8"):
        build_network(shape)


def test_batch_of_one_keeps_its_axis():
    critic = labkit.Critic((1, 28, 28)).eval()
    assert critic(torch.zeros(1, 1, 28, 28)).shape == (1,)


def test_classic_preset_has_about_two_and_a_half_million_weights():
    networks = build("classic", (1, 32, 32))
    weights = sum(p.numel() for network in networks for p in network.parameters())
    assert 2.4e6 < weights < 2.6e6


def test_critic_block_rounds_odd_sizes_up_and_drops_maps_only_in_training():
    block = critic_block(1, 8, dropout=0.5)
    assert [block(torch.zeros(1, 1, n, n)).shape[-1] for n in (28, 14, 7)] == [14, 7, 4]
    images = torch.rand(4, 1, 8, 8)
    assert not torch.equal(block(images), block(images))
    block.eval()
    assert torch.equal(block(images), block(images))


@pytest.mark.parametrize("upsampling", ["nearest", "bilinear"])
def test_upsample_block_keeps_a_flat_picture_flat(upsampling):
    block = upsample_block(3, 5, upsampling=upsampling)
    inner = block(torch.full((2, 3, 8, 8), 0.7))[..., 2:-2, 2:-2]
    assert inner.shape == (2, 5, 12, 12)
    spread = inner.amax((2, 3)) - inner.amin((2, 3))
    assert spread.max() < 1e-5


def test_unknown_upsampling_is_refused():
    with pytest.raises(ValueError, match="bicubic"):
        upsample_block(1, 1, upsampling="bicubic")


def test_init_weights_follows_the_paper_and_leaves_linear_alone():
    network = nn.Sequential(
        nn.Conv2d(64, 64, 3), nn.ConvTranspose2d(64, 64, 3), nn.BatchNorm2d(4096),
        nn.Linear(64, 64), nn.BatchNorm2d(8, affine=False),
    )  # fmt: skip
    for weight in network.parameters():
        nn.init.constant_(weight, 7.0)
    network.apply(labkit.init_weights)
    for layer, mean in zip(network[:3], (0, 0, 1), strict=True):
        assert layer.weight.mean().item() == pytest.approx(mean, abs=2e-3)
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)
        assert (layer.bias == 0).all()
    assert (network[3].weight == 7).all()


def test_gan_scores_given_images_or_draws_its_own():
    gan = labkit.GAN(*build("fast", (1, 28, 28)))
    images = torch.zeros(3, 1, 28, 28)
    logits, same = gan(images)
    assert same is images
    assert logits.shape == (3,)
    _, fakes = gan(batch_size=4)
    _, others = gan(batch_size=4)
    assert fakes.shape == (4, 1, 28, 28)
    assert not torch.equal(fakes, others)
    for wrong in ({}, {"images": images, "batch_size": 2}):
        with pytest.raises(ValueError, match="either"):
            gan(**wrong)
