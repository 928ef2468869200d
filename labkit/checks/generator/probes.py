"""Exercises Generator and DCGANGenerator: what is looked at."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks.network import probes
from labkit.checks.network.plan import ImageShape, Plan
from labkit.checks.network.training import drive, fast_tiny_numbers
from labkit.checks.spec import Observation

LATENT = 20  # length of z in the close look


@fast_tiny_numbers()
def observe(impl: Any, rng: torch.Generator, plan: Plan) -> dict[str, Any]:
    """Draw images of several shapes, then train and probe generators of small ones."""
    obs = Observation()
    obs["shapes"] = {}
    for name, (shape, latent_dim, batch) in plan.shapes.items():
        with obs.part(name):
            z = torch.randn(batch, latent_dim, generator=rng)
            images = _built(impl, plan, shape, latent_dim).eval()(z)
            obs["shapes"][name] = probes.described(images)
    with obs.part("defaults"):
        obs["defaults"] = _defaults(impl, rng, plan)
    main = plan.main(_fitting(obs["shapes"], plan))
    with obs.part("wiring"):
        z = torch.randn(8, LATENT, generator=rng)
        generator = probes.ready(_built(impl, plan, main), z)
        obs["wiring"] = probes.wiring(generator, z, rng)
        obs["batchnorm"] = probes.batchnorm(generator)
    if obs.get("wiring", {}).get("weights"):
        _look_closely(obs, impl, rng, plan, main)
    return obs


def _built(
    impl: Any,
    plan: Plan,
    shape: ImageShape,
    latent_dim: int = LATENT,
    base_channels: int | None = None,
) -> nn.Module:
    return probes.build(
        impl, shape, latent_dim=latent_dim, base_channels=base_channels or plan.base
    )


def _fitting(shapes: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Those shapes for which images of that size came out."""
    return {
        name: got
        for name, got in shapes.items()
        if got.get("shape", [])[1:] == [*plan.shapes[name][0]]
    }


def _defaults(impl: Any, rng: torch.Generator, plan: Plan) -> dict[str, Any]:
    """Draw two images by default, and compare with what the signature promises."""
    shape, *_ = next(iter(plan.shapes.values()))
    z = torch.randn(2, 100, generator=rng)
    generator, same = impl(shape), _built(impl, plan, shape, 100, plan.default)
    found = probes.described(generator.eval()(z))
    probes.ready(same, z)
    found["weights"] = [probes.weights(generator), probes.weights(same)]
    return found


def _look_closely(
    obs: Observation, impl: Any, rng: torch.Generator, plan: Plan, main: ImageShape
) -> None:
    """Probe generators that have the same weights, where they have the same size."""
    seed = int(torch.randint(2**31, (), generator=rng))
    z = torch.randn(16, LATENT, generator=rng)
    colour = main if main[0] == 3 else (3, 32, 32)

    def fresh(shape: ImageShape = main, **options: Any) -> nn.Module:
        torch.manual_seed(seed)
        return probes.ready(_built(impl, plan, shape, **options), z)

    # One for all probes that only look at it, another for those of its moved weights.
    same = functools.cache(fresh)

    @functools.cache
    def moved(shape: ImageShape = main) -> nn.Module:
        return probes.moved(fresh(shape), seed)

    with obs.part("growth"):
        wider = fresh(base_channels=2 * plan.base)
        obs["growth"] = [probes.weights(net) for net in (same(), wider)]
    with obs.part("range"):
        downs = [drive(net, z[:6], -1, until=0.7) for net in (fresh(), fresh().eval())]
        obs["down"] = max(downs, key=lambda down: down["low"])
        obs["up"] = drive(fresh().eval(), z[:6], +1, until=0.7)
        with torch.no_grad():
            wild = same().eval()(100 * z[:4])
        obs["wild"] = [float(wild.min()), float(wild.max())]
    with obs.part("pixels"):
        obs["pixels"] = _pixels(moved(), z)
    with obs.part("reach"):
        obs["reach"] = float(probes.reach(moved(), z[:4], rng).float().mean())
        obs["directions"] = _directions(moved(), z[:4], rng)
    with obs.part("colour"):
        images = moved(colour).eval()(z[:4]).detach()
        obs["grey"] = torch.equal(images[:, 0], images[:, 1])
    with obs.part("bend"):
        obs["bend"] = _bend(moved(), rng)
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(same(), z[:6])
    with obs.part("modes"):
        obs["modes"] = probes.modes(same(), z[:6])


def _directions(generator: nn.Module, z: Tensor, rng: torch.Generator) -> float:
    """Ask whether different pixels depend on z in different ways.

    Returns:
        Of the table (some mixtures of pixels) × (numbers in z) of slopes, the second
        singular value by the first: 0 if z counts as one number, its mean say.
    """
    z = z.clone().requires_grad_()
    image = generator.eval()(1 * z)[0].flatten()
    mixtures = torch.randn(4, image.numel(), generator=rng) @ image
    slopes = [
        torch.autograd.grad(m, z, retain_graph=True, allow_unused=True)[0]
        for m in mixtures
    ]
    rows = [torch.zeros_like(z) if slope is None else slope for slope in slopes]
    values = torch.linalg.svdvals(torch.stack(rows).flatten(1))
    return float(values[1] / (values[0] + 1e-30))


@torch.no_grad()
def _pixels(generator: nn.Module, z: Tensor) -> dict[str, Any]:
    """Look at how each pixel varies with z.

    Returns:
        still: share of the pixels that never change; frame: how many pixels wide the
        unchanging frame is; tiled: whether all 2×2 squares have one colour.
    """
    images = generator.eval()(z)
    spread = images.std(dim=0).amax(dim=0)  # (H, W)
    moves = spread > 1e-4 * spread.max()
    frame = 0
    while frame < len(moves) // 2 and not (_ring(moves, frame)).any():
        frame += 1
    return {
        "still": 1 - float(moves.float().mean()),
        "frame": frame,
        "tiled": probes.tiled(images),
    }


def _ring(mask: Tensor, depth: int) -> Tensor:
    """The pixels at a distance of `depth` from the border."""
    inner = mask[depth : mask.shape[0] - depth, depth : mask.shape[1] - depth]
    return torch.cat([inner[0], inner[-1], inner[:, 0], inner[:, -1]])


def _bend(generator: nn.Module, rng: torch.Generator) -> dict[str, dict[str, float]]:
    """Measure the bend between z and the pixels, before a tanh and as they are."""
    inputs = 2 * torch.randn(3, 8, LATENT, generator=rng)
    generator.eval()

    def before_tanh(z: Tensor) -> Tensor:
        return torch.atanh(generator(z).double().clamp(-1 + 1e-9, 1 - 1e-9))

    views: dict[str, Callable[[Tensor], Tensor]] = {
        "before tanh": before_tanh,
        "as they are": generator,
    }
    return {name: probes.bend(view, *inputs) for name, view in views.items()}
