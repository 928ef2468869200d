"""Lab 07: `invert`, observed: how near its z comes to images, and what it leaves.

The generators are tiny, of known algebra, and without valleys: every sensible optimiser
finds the way, from everywhere.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from labkit.checks.latent.probes import PlainGenerator, Traces
from labkit.checks.spec import Observation

STEPS = 300
FEW, MANY = 4, 40  # steps of two calls whose work is compared
NEAR = 0.1  # share of a random z's error that may be left


def observe(impl: Callable[..., Any], rng: torch.Generator) -> dict[str, Any]:
    """Invert images that can be reached, and one that cannot; then count the work.

    Where the first is not found, that is told, and no other search would add to it.
    """
    obs = Observation()
    bent = PlainGenerator(rng, 12, bent=True).eval()
    straight = PlainGenerator(rng, 5, bent=False).eval()
    obs["calls"] = [_call(obs, "one", impl, bent, _image(bent, rng))]
    others = [
        ("without batch axis", bent, _image(bent, rng)[0]),
        ("unreachable", straight, _image(straight, rng, noise=0.4)),
    ]
    if found(obs["calls"][0]):
        obs["calls"] += [_call(obs, part, impl, *where) for part, *where in others]
    bent.train()
    few, many = (
        _call(obs, f"{steps} steps", impl, bent, _image(bent, rng, noise=0.3), steps)
        for steps in (FEW, MANY)
    )
    obs["few"], obs["many"] = few, many
    return obs


def share(call: dict[str, Any]) -> float:
    """What is left of a random z's error: 0 at the best z, 1 where one began."""
    return (call["error"] - call["best"]) / (call["random"] - call["best"])


def found(call: dict[str, Any]) -> bool:
    """Tell whether a call gave a z whose image is near."""
    return "error" in call and share(call) < NEAR


@torch.no_grad()
def _image(
    generator: PlainGenerator, rng: torch.Generator, noise: float = 0.0
) -> Tensor:
    """Draw the image of a z whose length is typical, (1, C, H, W), noise added."""
    z = torch.randn(1, generator.latent_dim, generator=rng)
    image = generator(z * generator.latent_dim**0.5 / z.norm())
    return image + noise * torch.randn(image.shape, generator=rng)


def _call(
    obs: Observation,
    part: str,
    impl: Callable[..., Any],
    generator: PlainGenerator,
    image: Tensor,
    steps: int = STEPS,
) -> dict[str, Any]:
    """Call it once; measure its z in pixel errors, and look what has changed."""
    call: dict[str, Any] = {"part": part, "latent_dim": generator.latent_dim}
    call |= {"steps": steps, "shape": list(image.shape)}
    target = image.view(1, *generator.image_shape)
    call |= _scale(generator, target)
    given, traces = image.clone(), Traces(generator)
    generator.drawn.clear()
    with obs.part(part):
        result = impl(generator, given, steps)
        call["rows"] = sum(generator.drawn)
        call["type"] = type(result).__name__
        call["kept"] = torch.equal(given, image)
        if isinstance(result, Tensor):
            call |= {"got": list(result.shape), "graph": result.requires_grad}
            call["finite"] = bool(result.isfinite().all())
            call["dtype"] = str(result.dtype)
    call["left"] = traces.left()
    if call.get("got") in ([generator.latent_dim], [1, generator.latent_dim]):
        z = result.detach().float().view(1, -1)
        call["error"] = _error(generator, z, target)
        call["length"] = float(z.norm())
    return call


@torch.no_grad()
def _error(generator: PlainGenerator, z: Tensor, target: Tensor) -> float:
    return float((generator(z) - target).square().mean())


@torch.no_grad()
def _scale(generator: PlainGenerator, target: Tensor) -> dict[str, float]:
    """Pixel errors to compare with: of a random z, of z = 0, and of the best z."""
    fixed = torch.Generator().manual_seed(0)
    z = torch.randn(200, generator.latent_dim, generator=fixed)
    errors = (generator(z) - target).square().mean((1, 2, 3))
    found = {
        "random": float(errors.median()),
        "middle": _error(generator, z[:1] * 0, target),
        "best": 0.0,
    }
    if not generator.bent:
        rest = (target - generator(z[:1] * 0)).flatten()
        weight = generator.paint.weight
        found["best"] = _error(
            generator, (torch.linalg.pinv(weight) @ rest)[None], target
        )
    return found
