"""Networks from tables: the same as the classes that they stand in for."""

import pytest
import torch

from labkit import presets
from labkit.checks import CheckFailed, check
from labkit.dcgan import DCGANCritic


@pytest.mark.parametrize("norm", ["batch", "layer", "none"])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_the_fast_critic_is_the_dcgan_critic_to_the_last_bit(shape, norm):
    made = []
    for build in (presets.fast_critic, DCGANCritic):
        torch.manual_seed(3)
        network = build(shape, 8, norm=norm)
        made.append(
            (network.state_dict(), torch.get_rng_state(), list(map(str, network)))
        )
    (table, after, layers), (own, after_own, own_layers) = made
    assert list(table) == list(own)
    assert all(torch.equal(table[name], own[name]) for name in own)
    assert layers == own_layers
    assert torch.equal(after, after_own)


def test_it_is_no_answer_to_the_exercise():
    class Mine(torch.nn.Module):
        def __init__(self, image_shape, base_channels=64):
            super().__init__()
            self.inside = presets.fast_critic((3, 32, 32), base_channels)

        def forward(self, images):
            return self.inside(images[:, :, :32, :32])

    with pytest.raises(CheckFailed, match="labkit's own DCGANCritic; write yours"):
        check("DCGANCritic", Mine)
