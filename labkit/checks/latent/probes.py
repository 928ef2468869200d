"""Tiny generators whose images tell from which z they were drawn."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

SLOPE = 0.5  # keeps tanh where it can be undone


class Log(list):
    """Notes of a probe, shared with its copies: a copy of a generator draws as well."""

    def __deepcopy__(self, _: Any) -> "Log":
        return self


class ReadableGenerator(nn.Module):
    """Draws images from which z can be read back, in eval mode.

    An image is tanh of z, turned into more numbers by columns at right angles. In
    training mode BatchNorm makes every image depend on its neighbours, as in real ones.

    Args:
        rng: draws the weights.
        latent_dim: length of z.
        image_shape: (C, H, W), with more than `latent_dim` numbers.
    """

    def __init__(
        self, rng: torch.Generator, latent_dim: int, image_shape: tuple[int, int, int]
    ) -> None:
        super().__init__()
        self.latent_dim, self.image_shape = latent_dim, image_shape
        pixels = image_shape[0] * image_shape[1] * image_shape[2]
        columns, _ = torch.linalg.qr(torch.randn(pixels, latent_dim, generator=rng))
        self.norm = nn.BatchNorm1d(latent_dim, affine=False)
        self.paint = nn.Linear(latent_dim, pixels, bias=False)
        with torch.no_grad():
            self.paint.weight.copy_(SLOPE * columns)
        self.modes = Log()  # of each call: was it in training mode?

    def forward(self, z: Tensor) -> Tensor:
        self.modes.append(self.training)
        return torch.tanh(self.paint(self.norm(z)).unflatten(1, self.image_shape))

    @torch.no_grad()
    def read(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Read z back: (N, latent_dim), and how far each image is from being drawn."""
        flat = images.double().flatten(1).clamp(-1 + 1e-9, 1 - 1e-9).atanh()
        columns = self.paint.weight.double() / SLOPE
        z = flat @ columns / SLOPE
        drawn = torch.tanh(SLOPE * z @ columns.T).view_as(images)
        miss = (drawn - images).abs().flatten(1).amax(1)
        return z * (1 + self.norm.eps) ** 0.5, miss


class PlainGenerator(nn.Module):
    """One layer, then a gentle bend or nothing; the same in train and eval mode.

    Each of the pixels moves by about as much as z does, as in a trained generator, so
    that common step sizes suit it.

    Args:
        rng: draws the weights.
        latent_dim: length of z.
        bent: halfway to tanh after the layer, steep everywhere, so that no optimiser
            gets lost; else the image is a straight function of z.
    """

    def __init__(self, rng: torch.Generator, latent_dim: int, bent: bool) -> None:
        super().__init__()
        self.latent_dim, self.image_shape, self.bent = latent_dim, (1, 6, 7), bent
        self.paint = nn.Linear(latent_dim, 42)
        columns, _ = torch.linalg.qr(torch.randn(42, latent_dim, generator=rng))
        with torch.no_grad():
            self.paint.weight.copy_(GAIN * (42 / latent_dim) ** 0.5 * columns)
            self.paint.bias.copy_(0.2 * torch.randn(42, generator=rng))
        self.drawn = Log()  # how many z in each call

    def forward(self, z: Tensor) -> Tensor:
        drawn = self.paint(z).unflatten(1, self.image_shape)
        self.drawn.append(len(z))
        return (drawn + torch.tanh(drawn)) / 2 if self.bent else drawn


GAIN = 1.0  # spread of a pixel before the bend, when z is N(0, 1)


class Traces:
    """What a call leaves behind in a network: weights, switches, modes.

    Args:
        network: looked at now, and again by `left`.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network, self.training = network, network.training
        self.state = copy.deepcopy(network.state_dict())
        network.zero_grad()

    def left(self) -> dict[str, Any]:
        """Tell what has changed, and put it back."""
        state = self.network.state_dict()
        found = {
            "moved": [k for k in state if not torch.equal(state[k], self.state[k])],
            "mode": any(m.training != self.training for m in self.network.modules()),
            "was": "train" if self.training else "eval",
            "frozen": not all(w.requires_grad for w in self.network.parameters()),
            "filled": any(w.grad is not None for w in self.network.parameters()),
            "off": not torch.is_grad_enabled(),
        }
        torch.set_grad_enabled(True)
        self.network.load_state_dict(self.state)
        self.network.train(self.training).requires_grad_(True).zero_grad()
        return found


def told_left(left: dict[str, Any], order: Sequence[str]) -> tuple[str, str] | None:
    """What a call has left behind, as a headline and a line about it.

    Args:
        left: as `Traces.left` gives it.
        order: of "mode", "off", "frozen" and "moved"; the first that is there is told.
    """
    now = "train" if left["was"] == "eval" else "eval"
    texts = {
        "mode": (
            "it leaves the generator in another mode",
            f"before the call {left['was']} mode, after it {now} mode",
        ),
        "off": (
            "it leaves gradients switched off everywhere",
            "after the call torch.is_grad_enabled() is False",
        ),
        "frozen": (
            "it leaves the generator frozen",
            "after the call its weights have requires_grad = False",
        ),
        "moved": (
            "it changes the generator",
            f"after the call {''.join(left['moved'][:1])} holds other numbers",
        ),
    }
    return next((texts[trace] for trace in order if left[trace]), None)
