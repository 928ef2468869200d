"""GAN: right ones however written, wrong ones with the reason."""

import copy

import numpy as np
import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, critic, generator):
        super().__init__()
        self.critic = critic
        self.generator = generator

    def latents(self, batch_size):
        device = next(self.generator.parameters()).device
        return torch.randn(batch_size, self.generator.latent_dim, device=device)

    def forward(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(self.latents(batch_size))
        return self.critic(images), images


# --- right -----------------------------------------------------------------------


class OtherNames(nn.Module):
    def __init__(self, D, G):
        super().__init__()
        self.D, self.G = D, G
        self.latent_dim = G.latent_dim

    def forward(self, images=None, *, batch_size=64):
        if images is not None:
            return [self.D(images), images]
        z = torch.empty(batch_size, self.latent_dim).normal_()
        fakes = self.G(z)
        return [self.D(fakes), fakes]


class InAModuleDict(nn.Module):
    def __init__(self, critic, generator):
        super().__init__()
        self.players = nn.ModuleDict({"critic": critic, "generator": generator})
        self.register_buffer("where", torch.zeros(()), persistent=False)

    def forward(self, images=None, batch_size=1):
        if images is None:
            size = (batch_size, self.players["generator"].latent_dim)
            z = torch.normal(0.0, 1.0, size=size).to(self.where)
            images = self.players["generator"].forward(z)
        return self.players["critic"].forward(images), images


class InAList(nn.ModuleList):
    def __init__(self, critic, generator):
        super().__init__([critic, generator])

    def forward(self, images=None, batch_size=None):
        critic, generator = self
        if images is None:
            weight = next(generator.parameters())
            images = generator(
                weight.new_empty(batch_size, generator.latent_dim).normal_()
            )
        return critic(images), images


class NumpyNoise(Plain):
    def latents(self, batch_size):
        noise = np.random.default_rng().standard_normal(
            (batch_size, self.generator.latent_dim)
        )
        return torch.from_numpy(noise).float()


class RefusesNonsense(Plain):
    def forward(self, images=None, batch_size=None):
        if (images is None) == (batch_size is None):
            raise ValueError("images or batch_size")
        return super().forward(images, batch_size)


class ColumnOfLogits(Plain):
    def forward(self, images=None, batch_size=None):
        logits, images = super().forward(images, batch_size)
        return logits.view(-1, 1), images


class OwnGenerator(Plain):
    """Draws from a torch.Generator of its own."""

    def __init__(self, critic, generator):
        super().__init__(critic, generator)
        self.rng = torch.Generator()
        self.rng.seed()

    def latents(self, batch_size):
        size = batch_size, self.generator.latent_dim
        return torch.randn(size, generator=self.rng, dtype=torch.float32)


def a_function(critic, generator):
    """A function that builds the module."""
    gan = Plain(critic, generator)
    gan.note = "made by a function"
    return gan


class DetachedForDisplay(Plain):
    def forward(self, images=None, batch_size=None):
        logits, images = super().forward(images, batch_size)
        return logits, images.detach()


RIGHT = {
    each.__name__: each
    for each in (
        Plain,
        OtherNames,
        InAModuleDict,
        InAList,
        NumpyNoise,
        RefusesNonsense,
        ColumnOfLogits,
        OwnGenerator,
        a_function,
        DetachedForDisplay,
    )
}


# --- wrong -----------------------------------------------------------------------


def with_latents(draw):
    """The plain one with other noise: draw(batch_size, latent_dim) → z."""

    class GAN(Plain):
        def latents(self, batch_size):
            return draw(batch_size, self.generator.latent_dim)

    return GAN


def with_forward(forward):
    """The plain one with another forward(self, images, batch_size)."""

    class GAN(Plain):
        def __call__(self, images=None, batch_size=None):
            return forward(self, images, batch_size)

    return GAN


def with_change(change):
    """The plain one with something done to its (logits, images) at the end."""

    class GAN(Plain):
        def forward(self, images=None, batch_size=None):
            return change(*super().forward(images, batch_size))

    return GAN


def seeded(batch_size, latent_dim):
    torch.manual_seed(0)
    return torch.randn(batch_size, latent_dim)


def on_a_sphere(batch_size, latent_dim):
    z = torch.randn(batch_size, latent_dim)
    return z / z.norm(dim=1, keepdim=True) * latent_dim**0.5


class FixedNoise(Plain):
    def __init__(self, critic, generator):
        super().__init__(critic, generator)
        self.z = torch.randn(1000, generator.latent_dim)

    def latents(self, batch_size):
        return self.z[:batch_size]


class NoSuper(nn.Module):
    def __init__(self, critic, generator):
        self.critic = critic
        self.generator = generator


class NoForward(nn.Module):
    def __init__(self, critic, generator):
        super().__init__()
        self.critic, self.generator = critic, generator

    def foward(self, images=None, batch_size=None):
        return self.critic(images), images


class PlainClass:
    def __init__(self, critic, generator):
        self.critic, self.generator = critic, generator

    def __call__(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(torch.randn(batch_size, self.generator.latent_dim))
        return self.critic(images), images


class PythonList(nn.Module):
    def __init__(self, critic, generator):
        super().__init__()
        self.networks = [critic, generator]

    def forward(self, images=None, batch_size=None):
        critic, generator = self.networks
        if images is None:
            images = generator(torch.randn(batch_size, generator.latent_dim))
        return critic(images), images


class HiddenGenerator(nn.Module):
    def __init__(self, critic, generator):
        super().__init__()
        self.critic = critic
        self.generator = lambda z: generator(z)
        self.latent_dim = generator.latent_dim

    def forward(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(torch.randn(batch_size, self.latent_dim))
        return self.critic(images), images


class Copies(Plain):
    def __init__(self, critic, generator):
        super().__init__(copy.deepcopy(critic), copy.deepcopy(generator))


class Swapped(Plain):
    def __init__(self, generator, critic):
        super().__init__(critic, generator)


class OneArgument(nn.Module):
    def __init__(self, critic):
        super().__init__()
        self.critic = critic


class TruthOfImages(Plain):
    def forward(self, images=None, batch_size=None):
        if not images:
            images = self.generator(self.latents(batch_size))
        return self.critic(images), images


class IgnoresImages(Plain):
    def forward(self, images=None, batch_size=None):
        count = len(images) if images is not None else batch_size
        images = self.generator(self.latents(count))
        return self.critic(images), images


class IgnoresBatchSize(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(self.latents(16))
        return self.critic(images), images


class NoBatchSize(Plain):
    def forward(self, images):
        return self.critic(images), images


class NReturn(Plain):
    def forward(self, images=None, n=None):
        return super().forward(images, n)


class ForgetsOneReturn(Plain):
    def forward(self, images=None, batch_size=None):
        if images is not None:
            return self.critic(images), images
        images = self.generator(self.latents(batch_size))
        self.critic(images)


class NoGradForFakes(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            with torch.no_grad():
                images = self.generator(self.latents(batch_size))
        return self.critic(images), images


class NoGradAtAll(Plain):
    @torch.no_grad()
    def forward(self, images=None, batch_size=None):
        return super().forward(images, batch_size)


class NoGradForReal(Plain):
    def forward(self, images=None, batch_size=None):
        with torch.set_grad_enabled(images is None):
            return super().forward(images, batch_size)


class DrawsTwice(Plain):
    def forward(self, images=None, batch_size=None):
        if images is not None:
            return self.critic(images), images
        logits = self.critic(self.generator(self.latents(batch_size)))
        return logits, self.generator(self.latents(batch_size))


class RescalesForCritic(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(self.latents(batch_size))
        return self.critic((images + 1) / 2), images


class RescalesFakes(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            images = (self.generator(self.latents(batch_size)) + 1) / 2
        return self.critic(images), images


class RescalesReal(Plain):
    def forward(self, images=None, batch_size=None):
        if images is not None:
            images = images * 2 - 1
        return super().forward(images, batch_size)


class EvalForFakes(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            self.generator.eval()
        return super().forward(images, batch_size)


class TrainAfterwards(Plain):
    def forward(self, images=None, batch_size=None):
        self.generator.eval()
        pair = super().forward(images, batch_size)
        self.generator.train()
        return pair


class FreezesCritic(Plain):
    def forward(self, images=None, batch_size=None):
        self.critic.requires_grad_(images is not None)
        return super().forward(images, batch_size)


class FreezesGenerator(Plain):
    def forward(self, images=None, batch_size=None):
        self.generator.requires_grad_(False)
        return super().forward(images, batch_size)


class ReturnsZ(Plain):
    def forward(self, images=None, batch_size=None):
        z = None
        if images is None:
            z = self.latents(batch_size)
            images = self.generator(z)
        return self.critic(images), z if z is not None else images


class SqueezedGenerator(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            images = self.generator(self.latents(batch_size)).squeeze(1)
            return self.critic(images), images
        return self.critic(images), images


class RandomImages(Plain):
    def forward(self, images=None, batch_size=None):
        if images is None:
            images = torch.randn(batch_size, *self.generator.image_shape)
        return self.critic(images), images


WRONG = {
    "latent_dim 100": (with_latents(lambda n, d: torch.randn(n, 100)), r"\(6, 100\)"),
    "z of (n, d, 1, 1)": (
        with_latents(lambda n, d: torch.randn(n, d, 1, 1)),
        "wrong shape",
    ),
    "z transposed": (with_latents(lambda n, d: torch.randn(d, n)), "wrong shape"),
    "z without batch": (with_latents(lambda n, d: torch.randn(d)), "shape"),
    "uniform": (with_latents(torch.rand), r"not drawn from N\(0, 1\)"),
    "uniform -1 to 1": (
        with_latents(lambda n, d: 2 * torch.rand(n, d) - 1),
        r"not drawn from N\(0, 1\)",
    ),
    "uniform, spread 1": (
        with_latents(lambda n, d: 12**0.5 * (torch.rand(n, d) - 0.5)),
        r"0\.0 % beyond",
    ),
    "small noise": (
        with_latents(lambda n, d: 0.1 * torch.randn(n, d)),
        "deviation 0.1",
    ),
    "doubled noise": (
        with_latents(lambda n, d: 2 * torch.randn(n, d)),
        "not drawn from N",
    ),
    "shifted noise": (
        with_latents(lambda n, d: torch.randn(n, d) + 1),
        "not drawn from N",
    ),
    "on a sphere": (with_latents(on_a_sphere), "lengths"),
    "on the unit sphere": (
        with_latents(lambda n, d: nn.functional.normalize(torch.randn(n, d))),
        r"not drawn from N\(0, 1\)",
    ),
    "zeros": (with_latents(torch.zeros), "same z"),
    "ones": (with_latents(torch.ones), "same z"),
    "one z for all": (
        with_latents(lambda n, d: torch.randn(1, d).expand(n, d)),
        "share",
    ),
    "seeded": (with_latents(seeded), "same z"),
    "fixed noise": (FixedNoise, "same z"),
    "double": (
        with_latents(lambda n, d: torch.randn(n, d, dtype=torch.float64)),
        "dtype",
    ),
    "numpy": (with_latents(lambda n, d: np.random.randn(n, d)), "numpy"),
    "no super": (NoSuper, "before nn.Module is ready"),
    "no forward": (NoForward, "forward is missing"),
    "plain class": (PlainClass, "not a module"),
    "python list": (PythonList, "critic and the generator cannot be found"),
    "hidden generator": (HiddenGenerator, "the generator cannot be found"),
    "copies": (Copies, "called 0 times"),
    "swapped": (Swapped, "error|shape|latent_dim"),
    "one argument": (OneArgument, "arguments"),
    "truth of images": (TruthOfImages, "truth value"),
    "ignores images": (IgnoresImages, "images that it was given"),
    "ignores batch_size": (IgnoresBatchSize, r"\(16, 1, 5, 4\), expected \(4"),
    "no batch_size": (NoBatchSize, "arguments"),
    "n instead of batch_size": (NReturn, "arguments"),
    "forgets one return": (ForgetsOneReturn, "returns None"),
    "no_grad for fakes": (NoGradForFakes, "does not reach the generator"),
    "no_grad at all": (NoGradAtAll, "does not reach the generator"),
    "no_grad for real": (NoGradForReal, "from real images"),
    "draws twice": (DrawsTwice, "not the critic's scores"),
    "rescales for critic": (RescalesForCritic, "not the critic's scores"),
    "rescales fakes": (RescalesFakes, "not return the generator's images"),
    "rescales real": (RescalesReal, "images that it was given"),
    "eval for fakes": (EvalForFakes, "in eval mode now"),
    "train afterwards": (TrainAfterwards, "in train mode now"),
    "freezes critic": (FreezesCritic, "frozen|from real|generator"),
    "freezes generator": (FreezesGenerator, "generator"),
    "returns z": (ReturnsZ, "wrong shape"),
    "squeezed fakes": (SqueezedGenerator, "wrong shape"),
    "random images": (RandomImages, "called 0 times"),
    "returns None": (with_change(lambda logits, images: None), "None"),
    "logits only": (with_change(lambda logits, images: logits), "pair"),
    "images only": (with_change(lambda logits, images: images), "pair"),
    "swapped pair": (
        with_change(lambda logits, images: (images, logits)),
        "wrong order",
    ),
    "three": (with_change(lambda logits, images: (logits, images, 0)), "tuple of 3"),
    "dict": (with_change(lambda logits, images: {"l": logits, "i": images}), "pair"),
    "probabilities": (
        with_change(lambda logits, images: (logits.sigmoid(), images)),
        "probabilities",
    ),
    "mean logit": (
        with_change(lambda logits, images: (logits.mean(), images)),
        "logits",
    ),
    "squeezed logits": (
        with_change(lambda logits, images: (logits.squeeze(), images)),
        r"\(\), expected \(1,\)",
    ),
    "negative logits": (
        with_change(lambda logits, images: (-logits, images)),
        "not the critic's scores",
    ),
    "detached logits": (
        with_change(lambda logits, images: (logits.detach(), images)),
        "does not reach the generator",
    ),
    "numbers": (
        with_change(lambda logits, images: (logits.tolist(), images)),
        "two tensors",
    ),
    "numpy pair": (
        with_change(lambda logits, images: (logits.detach().numpy(), images)),
        "two tensors",
    ),
    "flat images": (
        with_change(lambda logits, images: (logits, images.flatten(1))),
        "wrong shape",
    ),
    "half the gradient": (
        with_change(lambda logits, images: ((logits + logits.detach()) / 2, images)),
        "does not reach the generator",
    ),
    "no branch for fakes": (
        with_forward(lambda gan, images, n: (gan.critic(images), images)),
        "error|None",
    ),
}
