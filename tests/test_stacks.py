"""Networks from tables: the same as the classes that they stand in for."""

import pytest
import torch

from labkit import presets
from labkit.checks import CheckFailed, check
from labkit.dcgan import DCGANCritic
from labkit.kit import looked_up


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


class Borrowed(torch.nn.Module):
    """A network that has the fast preset's inside."""

    which: int

    def __init__(self, image_shape, *sizes):
        super().__init__()
        self.inside = presets.build("fast", (image_shape[0], 32, 32))[self.which]

    def forward(self, inputs):
        return self.inside(inputs)


@pytest.mark.parametrize(
    ("exercise", "which"),
    [("DCGANCritic", 0), ("Critic", 0), ("Generator", 1), ("DCGANGenerator", 1)],
)
def test_a_preset_is_no_answer(exercise, which):
    mine = type("Mine", (Borrowed,), {"which": which})
    with pytest.raises(CheckFailed, match="this calls labkit's own .*; write yours"):
        check(exercise, mine)


def test_the_table_of_bytes_is_no_answer():
    with pytest.raises(CheckFailed, match="this calls labkit's own rescale"):
        check("rescale", lambda images: looked_up(images))
