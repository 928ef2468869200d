"""The two networks as the training steps see them.

A step, ours or a student's, calls `critic(images)` and `generator(z)` and need not know
how the numbers are computed. These wrappers see to it: channels_last and bfloat16 where
that is fast, one generator forward for both steps, instance noise, and a note of every
score, so that D(x) and D(G(z)) cost nothing extra.
"""

import torch
from torch import Tensor, nn


class Player(nn.Module):
    """A network that computes in a given dtype and answers in float32."""

    def __init__(self, network: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)
        self.dtype = dtype

    def compute(self, inputs: Tensor) -> Tensor:
        lower = self.dtype != torch.float32
        with torch.autocast(inputs.device.type, self.dtype, enabled=lower):
            return self.network(inputs).float()


class CriticPlayer(Player):
    """The critic, with noise on what it sees and a record of what it said.

    Attributes:
        noise: standard deviation of the instance noise (Sønderby et al. 2017).
        real: the batch of real images of this iteration, to tell real from fake.
        said_real, said_fake: D(x) and D(G(z)) of the latest calls, 0-d tensors.
    """

    def __init__(self, network: nn.Module, dtype: torch.dtype) -> None:
        super().__init__(network, dtype)
        self.noise = 0.0
        self.real: Tensor | None = None
        self.said_real = self.said_fake = torch.tensor(float("nan"))

    def forward(self, images: Tensor) -> Tensor:
        """Score images (B, C, H, W); returns the network's logits in float32."""
        seen = images.contiguous(memory_format=torch.channels_last)
        if self.noise > 0:
            seen = seen + self.noise * torch.randn_like(seen)
        logits = self.compute(seen)
        self._note(images, logits.detach())
        return logits

    def _note(self, images: Tensor, logits: Tensor) -> None:
        if images.is_leaf and images.requires_grad:
            return  # a penalty asks for the slope there: no image of this batch
        real = self.real
        if real is None or images is real:
            self.said_real = logits.sigmoid().mean()
        elif len(images) == 2 * len(real):  # real and fake in one batch
            first, second = (half.sigmoid().mean() for half in logits.chunk(2))
            if torch.equal(images[0], real[0]):
                self.said_real, self.said_fake = first, second
            else:
                self.said_fake, self.said_real = first, second
        else:
            self.said_fake = logits.sigmoid().mean()


class GeneratorPlayer(Player):
    """The generator, which draws the same z only once.

    Both steps of an iteration get the same z, and the generator has not changed in
    between: its images, and the graph behind them, serve both. That is a third of the
    work saved; losses and gradients are the same.
    """

    def __init__(self, network: nn.Module, dtype: torch.dtype) -> None:
        super().__init__(network, dtype)
        self._drawn: tuple[Tensor, Tensor] | None = None

    @property
    def latent_dim(self) -> int:
        return self.network.latent_dim

    def forward(self, z: Tensor) -> Tensor:
        """Draw images for z (B, latent_dim); float32 (B, C, H, W)."""
        if self._drawn is None or self._drawn[0] is not z:
            with torch.enable_grad():  # the other step may need the graph
                images = self.compute(z)
                images.register_hook(self.forget)
            self._drawn = z, images
        images = self._drawn[1]
        return images if torch.is_grad_enabled() else images.detach()

    def forget(self, gradient: Tensor | None = None) -> None:
        """Drop the images: a backward pass has used up their graph, or z is done."""
        self._drawn = None
