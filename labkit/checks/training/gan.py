"""Lab 05: `GAN`, observed: what it returns, which z it draws, where gradients go."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks.probes import ProbeCritic, ProbeGenerator, draw_images, gradients
from labkit.checks.spec import Observation
from labkit.checks.training.gan_judge import judge

__all__ = ["judge", "observe"]

LATENT_DIMS = 7, 64
REAL_BATCHES = 5, 1
FAKE_BATCHES = 4, 1, 6
MANY = 512  # 512 × 64 numbers: mean and spread are certain to about 0.01


def observe(build: Callable[..., Any], rng: torch.Generator) -> dict[str, Any]:
    """Build a GAN from probes and use it in both ways."""
    obs = Observation()
    critic, generator = ProbeCritic(rng), ProbeGenerator(rng, LATENT_DIMS[0])
    with obs.part("build"):
        gan = build(critic, generator)
        obs["callable"] = callable(gan)
    if not obs.get("callable"):
        return obs
    obs["latent_dim"], obs["images"], obs["fakes"] = generator.latent_dim, [], []
    for count in REAL_BATCHES:
        with obs.part("images"):
            images = draw_images(count, rng)
            returned = gan(images.clone())
            obs["images"].append(_pair(returned, count, critic, images))
    for count in FAKE_BATCHES:
        generator.seen.clear()
        with obs.part("fakes"):
            returned = gan(batch_size=count)
            obs["fakes"].append(_pair(returned, count, critic, None))
            obs["fakes"][-1]["called"] = len(generator.seen)
            obs["fakes"][-1]["drawn"] = _drawn(returned, generator)
        obs["z_shapes"] = [list(z.shape) for z in generator.seen]
    with obs.part("noise"):
        obs["noise"] = _noise(build, rng)
    with obs.part("gradient"):
        obs["gradient"] = _gradient(gan, critic, generator)
    with obs.part("modes"):
        obs["modes"] = _modes(gan, critic, generator, draw_images(2, rng))
    with obs.part("inside"):
        obs["inside"] = _inside(gan, critic, generator)
    with obs.part("device"):
        _on_meta(build, rng)
    return obs


def _pair(
    returned: Any, count: int, critic: ProbeCritic, images: Tensor | None
) -> dict[str, Any]:
    """Describe a pair (logits, images); for fakes `images` is None."""
    pair = list(returned) if isinstance(returned, (tuple, list)) else []
    found = {
        "count": count,
        "type": type(returned).__name__,
        "shapes": [list(getattr(each, "shape", [])) for each in pair],
        "types": [type(each).__name__ for each in pair],
    }
    if len(pair) != 2 or not all(isinstance(each, Tensor) for each in pair):
        return found
    logits, pictures = (each.detach() for each in pair)
    found["changed"] = images is not None and not torch.equal(pictures, images)
    found["logits"] = logits
    if pictures.shape[1:] == critic.image_shape:
        with torch.no_grad():
            found["expected"] = critic(pictures if images is None else images)
    return found


def _drawn(returned: Any, generator: ProbeGenerator) -> bool:
    """Tell whether the fakes are the generator's images of a z that it was given."""
    pair = list(returned) if isinstance(returned, (tuple, list)) else []
    if len(pair) != 2 or not isinstance(pair[1], Tensor):
        return False
    with torch.no_grad():
        drawn = [generator(z) for z in list(generator.seen)]
    fakes = pair[1].detach()
    return any(
        each.shape == fakes.shape and torch.allclose(each, fakes, atol=1e-5)
        for each in drawn
    )


def _noise(build: Callable[..., Any], rng: torch.Generator) -> dict[str, Any]:
    """Statistics of the z that a larger generator is given."""
    generator = ProbeGenerator(rng, LATENT_DIMS[1])
    gan = build(ProbeCritic(rng), generator)
    gan(batch_size=MANY)
    gan(batch_size=MANY)
    shapes = [list(z.shape) for z in generator.seen]
    found: dict[str, Any] = {"latent_dim": LATENT_DIMS[1], "shapes": shapes}
    if len(shapes) < 2 or shapes[0] != [MANY, LATENT_DIMS[1]]:
        return found
    first, last = generator.seen[0].double(), generator.seen[-1].double()
    return found | {
        "repeated": torch.equal(first, last),
        "distinct": len(first.unique(dim=0)),
        "mean": first.mean(),
        "std": first.std(),
        "tails": (first.abs() > 2).double().mean(),  # 4.6 % for N(0, 1)
        "norms": first.norm(dim=1).std(),  # 0.71 for N(0, 1), 0 on a sphere
    }


def _gradient(
    gan: Callable[..., Any], critic: ProbeCritic, generator: ProbeGenerator
) -> dict[str, Any]:
    """Walk back from the logits of fakes, and of real images, to the weights."""
    generator.seen.clear()
    players: list[nn.Module] = [critic, generator]
    for player in players:
        player.zero_grad()
    logits = gan(batch_size=6)[0]
    found: dict[str, Any] = {"fakes_grad": logits.requires_grad}
    if logits.requires_grad:
        z = generator.seen[-1].clone()
        logits.mean().backward()
        generator.requires_grad_(True)
        wanted = torch.autograd.grad(
            critic(generator(z)).mean(), list(generator.parameters())
        )
        flat = torch.cat([each.flatten() for each in wanted]).double()
        found["arrived"] = gradients(generator).norm() / flat.norm()
        found["miss"] = (gradients(generator) - flat).norm() / flat.norm()
    logits = gan(draw_images(4, torch.Generator().manual_seed(0)))[0]
    critic.zero_grad()
    found["real_grad"] = logits.requires_grad
    if logits.requires_grad:
        logits.mean().backward()
        found["real_grad"] = bool(gradients(critic).any())
    return found


def _modes(
    gan: Callable[..., Any], critic: nn.Module, generator: nn.Module, images: Tensor
) -> list[str]:
    """Tell which modes and switches a call changes, from train and from eval mode."""
    changed = []
    players = (("critic", critic), ("generator", generator))
    calls = (lambda: gan(images), lambda: gan(batch_size=2))
    for mode, call in itertools.product((True, False), calls):
        for _, network in players:
            network.train(mode).requires_grad_(True)
        call()
        for name, network in players:
            if any(module.training != mode for module in network.modules()):
                to, back = ("eval", "train") if mode else ("train", "eval")
                changed.append(
                    f"the {name} was in {back} mode, and is in {to} mode now"
                )
            if not all(weight.requires_grad for weight in network.parameters()):
                changed.append(f"the {name} is frozen now (requires_grad is False)")
    for _, network in players:
        network.train().requires_grad_(True)
    return changed


def _inside(gan: Any, critic: nn.Module, generator: nn.Module) -> dict[str, Any]:
    """Which player's weights are among the GAN's, and whose mode follows the GAN's."""
    found: dict[str, Any] = {"module": hasattr(gan, "parameters")}
    if found["module"]:
        inside = {id(weight) for weight in gan.parameters()}
        gan.eval()
        for name, network in (("critic", critic), ("generator", generator)):
            weights = {id(weight) for weight in network.parameters()}
            found[name] = weights <= inside and not network.training
        gan.train()
    return found


def _on_meta(build: Callable[..., Any], rng: torch.Generator) -> None:
    """Draw fakes on torch's meta device, which stands in for a GPU here.

    Raises:
        RuntimeError: z lies on the CPU, and not where the generator's weights are.
    """
    critic, generator = ProbeCritic(rng), ProbeGenerator(rng)
    build(critic.to("meta"), generator.to("meta"))(batch_size=2)
