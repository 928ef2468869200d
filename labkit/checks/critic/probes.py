"""Exercises Critic and DCGANCritic: what is looked at."""

import functools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from labkit.checks.network import probes
from labkit.checks.network.plan import ImageShape, Plan
from labkit.checks.network.training import Adam, drive, fast_tiny_numbers
from labkit.checks.spec import Observation


@fast_tiny_numbers()
def observe(impl: Any, rng: torch.Generator, plan: Plan) -> dict[str, Any]:
    """Score images of several shapes, then train and probe critics of small images."""
    obs = Observation()
    obs["shapes"] = {}
    for name, (shape, batch) in plan.shapes.items():
        with obs.part(name):
            images = probes.noise_images(batch, shape, rng)
            critic = _built(impl, plan, shape).eval()
            obs["shapes"][name] = probes.described(critic(images))
    with obs.part("defaults"):
        obs["defaults"] = _defaults(impl, rng, plan)
    main = plan.main(obs["shapes"])
    images = probes.noise_images(8, main, rng)
    with obs.part("kept"):
        given = images.clone()
        _built(impl, plan, main).eval()(given)
        obs["kept"] = torch.equal(given, images)
    with obs.part("wiring"):
        critic = probes.ready(_built(impl, plan, main), images.clone())
        obs["wiring"] = probes.wiring(critic, images.clone(), rng)
        obs["batchnorm"] = probes.batchnorm(critic)
    if obs.get("wiring", {}).get("weights"):
        _look_closely(obs, impl, rng, plan, main)
    return obs


def _built(
    impl: Any,
    plan: Plan,
    shape: ImageShape,
    base_channels: int | None = None,
    dropout: float = 0.0,
) -> nn.Module:
    options = {"dropout": dropout} if plan.dropout else {}
    return probes.build(
        impl, shape, base_channels=base_channels or plan.base, **options
    )


def _defaults(impl: Any, rng: torch.Generator, plan: Plan) -> dict[str, Any]:
    """Score two images by default, and compare with what the signature promises."""
    shape, _ = next(iter(plan.shapes.values()))
    images = probes.noise_images(2, shape, rng)
    critic, same = impl(shape), _built(impl, plan, shape, plan.default)
    found = probes.described(critic.eval()(images))
    same(images)
    found["weights"] = [probes.weights(critic), probes.weights(same)]
    if plan.dropout:
        found["noise"] = probes.unrest(critic, images)["noise"]
    return found


def _look_closely(
    obs: Observation, impl: Any, rng: torch.Generator, plan: Plan, main: ImageShape
) -> None:
    """Probe critics that have the same weights, where they have the same size."""
    seed = int(torch.randint(2**31, (), generator=rng))
    images = probes.noise_images(16, main, rng)
    colour = probes.noise_images(4, (3, 32, 32), rng)

    def fresh(inputs: Tensor = images, **options: Any) -> nn.Module:
        torch.manual_seed(seed)
        critic = _built(impl, plan, tuple(inputs.shape[1:]), **options)
        return probes.ready(critic, inputs)

    # One for all probes that only look at it, others for those of its moved weights.
    same = functools.cache(functools.partial(fresh, dropout=0.5))

    @functools.cache
    def moved(inputs: Tensor, **options: Any) -> nn.Module:
        return probes.moved(fresh(inputs, **options), seed)

    with obs.part("growth"):
        wider = fresh(base_channels=2 * plan.base)
        obs["growth"] = [probes.weights(net) for net in (same(), wider)]
    with obs.part("down"):
        obs["down"] = drive(fresh(), images[:8], -1, until=0.6)
    with obs.part("up"):
        obs["up"] = drive(fresh().eval(), images[:8], +1, until=1.6)
    with obs.part("bend"):
        others = 30 * torch.randn(3, *images.shape, generator=rng)
        obs["bend"] = probes.bend(moved(images).eval(), *others)
    with obs.part("lesson"):
        obs["lesson"] = _lesson(fresh(), main, rng)
    with obs.part("reach"):
        both = (images,) if main[0] == 3 else (images, colour)
        obs["reach"] = min(
            float(probes.reach(moved(inputs), inputs, rng).float().mean())
            for inputs in both
        )
    if plan.dropout:
        with obs.part("dropout"):
            obs["dropout"] = {
                name: probes.unrest(moved(images, dropout=p), images[:8])
                for name, p in (("none", 0.0), ("little", 0.1), ("much", 0.8))
            }
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(same(), images)
    with obs.part("modes"):
        obs["modes"] = probes.modes(same(), images)
    with obs.part("batches"):
        obs["batches"] = _batches(moved(images), main, rng)


def _lesson(
    critic: nn.Module, shape: ImageShape, rng: torch.Generator
) -> dict[str, float]:
    """Teach it lying against standing stripes for up to 80 steps.

    Returns:
        loss: the last binary cross-entropy (guessing: ln 2); steps.
    """
    lying = _stripes(shape[1])
    real = torch.tensor([1.0, 0.0] * 8)
    clean = torch.stack([lying, lying.T] * 8)[:, None].expand(-1, shape[0], -1, -1)
    adam = Adam(critic, lr=0.005)
    critic.train()
    loss, step = torch.tensor(float("nan")), 0
    for step in range(80):
        images = clean + 0.3 * (2 * torch.rand(clean.shape, generator=rng) - 1)
        logits = critic(images).reshape(16)
        loss = F.binary_cross_entropy_with_logits(logits, real)
        if loss < 0.35:
            break
        if not adam.minimise(loss):
            break
    return {"loss": float(loss.detach()), "steps": step}


def _stripes(size: int) -> Tensor:
    """Lying stripes of two pixels, (size, size), between -0.6 and 0.6."""
    wave = torch.arange(size) // 2 % 2 * 1.2 - 0.6
    return wave[:, None].expand(size, size)


@torch.no_grad()
def _batches(
    critic: nn.Module, shape: ImageShape, rng: torch.Generator
) -> dict[str, float]:
    """In train mode, score batches of very different kinds, each by itself.

    Returns:
        apart: spread of the batches' mean scores; within: spread inside a batch.
    """
    noise = probes.noise_images(8, shape, rng)
    kinds = [noise, 0.3 * noise + 0.6, 0.3 * noise + _stripes(shape[1])]
    critic.train()
    scores = torch.stack([critic(kind).reshape(8).double() for kind in kinds])
    return {
        "apart": float(scores.mean(1).std()),
        "within": float(scores.std(1).mean()),
    }
