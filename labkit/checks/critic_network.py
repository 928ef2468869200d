"""Lab 02, exercise Critic: one raw score per image."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from labkit.checks import network_probes as probes
from labkit.checks.critic_words import (
    default_told,
    no_score,
    shape_told,
    unlearnt,
    wall,
)
from labkit.checks.network_dropout import dropout_findings
from labkit.checks.network_errors import network_error
from labkit.checks.network_findings import (
    bend_finding,
    kept_finding,
    mode_finding,
    reach_finding,
    steady_findings,
)
from labkit.checks.network_training import Adam, drive, fast_tiny_numbers
from labkit.checks.network_wiring import advice, batchnorm_finding, wiring_findings
from labkit.checks.network_words import same_size_told
from labkit.checks.spec import Exercise, Finding, Observation, register

BASE = 32  # base_channels in the probes: the default, and a number GroupNorm can split
# name -> (image_shape, batch); other batch sizes than a student may have written in.
SHAPES = {
    "28": ((1, 28, 28), 7),
    "28 colour": ((3, 28, 28), 2),
    "32": ((3, 32, 32), 2),
    "64": ((3, 64, 64), 2),
    "64 grey": ((1, 64, 64), 2),
    "one": ((1, 28, 28), 1),
}


@fast_tiny_numbers()
def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Score images of several shapes, then train and probe critics of 28 pixels."""
    obs = Observation()
    obs["shapes"] = {}
    for name, (shape, batch) in SHAPES.items():
        with obs.part(name):
            images = probes.noise_images(batch, shape, rng)
            obs["shapes"][name] = probes.described(_built(impl, shape).eval()(images))
    with obs.part("defaults"):
        obs["defaults"] = _defaults(impl, rng)
    images = probes.noise_images(8, (1, 28, 28), rng)
    with obs.part("kept"):
        given = images.clone()
        _built(impl).eval()(given)
        obs["kept"] = torch.equal(given, images)
    with obs.part("wiring"):
        critic = probes.ready(_built(impl), images.clone())
        obs["wiring"] = probes.wiring(critic, images.clone(), rng)
        obs["batchnorm"] = probes.batchnorm(critic)
    if obs.get("wiring", {}).get("weights"):
        _look_closely(obs, impl, rng)
    return obs


def _defaults(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Score two images by default, and compare with what the signature promises."""
    images = probes.noise_images(2, (1, 28, 28), rng)
    critic, same = impl((1, 28, 28)), _built(impl, base_channels=32)
    found = probes.described(critic.eval()(images))
    same(images)
    found["weights"] = [probes.weights(critic), probes.weights(same)]
    found["noise"] = probes.unrest(critic, images)["noise"]
    return found


def _built(
    impl: Any,
    shape: tuple[int, ...] = (1, 28, 28),
    base_channels: int = BASE,
    dropout: float = 0.0,
) -> nn.Module:
    return probes.build(impl, shape, base_channels=base_channels, dropout=dropout)


def _look_closely(obs: Observation, impl: Any, rng: torch.Generator) -> None:
    """Probe critics that have the same weights, where they have the same size."""
    seed = int(torch.randint(2**31, (), generator=rng))
    images = probes.noise_images(16, (1, 28, 28), rng)
    colour = probes.noise_images(4, (3, 32, 32), rng)

    def fresh(inputs: Tensor = images, **options: Any) -> nn.Module:
        torch.manual_seed(seed)
        critic = _built(impl, tuple(inputs.shape[1:]), **options)
        return probes.ready(critic, inputs)

    def moved(inputs: Tensor = images, **options: Any) -> nn.Module:
        return probes.moved(fresh(inputs, **options), seed)

    with obs.part("growth"):
        obs["growth"] = [
            probes.weights(fresh(base_channels=n)) for n in (BASE, 2 * BASE)
        ]
    with obs.part("down"):
        obs["down"] = drive(fresh(), images[:8], -1, until=0.6)
    with obs.part("up"):
        obs["up"] = drive(fresh().eval(), images[:8], +1, until=1.6)
    with obs.part("bend"):
        others = 30 * torch.randn(3, *images.shape, generator=rng)
        obs["bend"] = probes.bend(moved().eval(), *others)
    with obs.part("lesson"):
        obs["lesson"] = _lesson(fresh(), rng)
    with obs.part("reach"):
        obs["reach"] = min(
            float(probes.reach(moved(inputs), inputs, rng).float().mean())
            for inputs in (images, colour)
        )
    with obs.part("dropout"):
        obs["dropout"] = {
            name: probes.unrest(moved(dropout=p), images[:8])
            for name, p in (("none", 0.0), ("little", 0.1), ("much", 0.8))
        }
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(fresh(dropout=0.5), images)
    with obs.part("modes"):
        obs["modes"] = probes.modes(fresh(dropout=0.5), images)


def _lesson(critic: nn.Module, rng: torch.Generator) -> dict[str, float]:
    """Teach it lying against standing stripes for up to 80 steps.

    Returns:
        loss: the last binary cross-entropy (guessing: ln 2); steps.
    """
    wave = torch.arange(28) // 2 % 2 * 1.2 - 0.6
    lying, standing = wave[:, None].expand(28, 28), wave[None, :].expand(28, 28)
    real = torch.tensor([1.0, 0.0] * 8)
    clean = torch.stack([lying, standing] * 8)[:, None]
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


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, raw scores, learning, every pixel, dropout, modes."""
    no_zero, dropout = dropout_findings(obs, 1.5)
    learns, steady = [_learns(obs)], steady_findings(obs, "scores", "image", 1)
    return [
        _scores(obs, ["28"], "one score per image", 3),
        _scores(obs, ["28 colour", "32", "64 grey", "64"], "32, 64 pixels, colour", 1),
        _scores(obs, ["one"], "batch of one", 1),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "critic", 2),
        no_zero,  # the probes from here on are made with dropout=0.0
        _raw(obs),
        batchnorm_finding(obs, 0.5),
        bend_finding(obs, "your critic is a linear function of the pixels", 1.5),
        reach_finding(obs, "the score of your critic", 1),
        # who mixes the images of a batch learns little, and that is why
        *(learns + steady if all(f.passed for f in steady) else steady + learns),
        _grows(obs),
        mode_finding(obs, 0.5),
        dropout,
        _by_default(obs),
        *advice(obs),
    ]


def _is_scores(got: dict[str, Any], batch: int) -> bool:
    return got.get("shape") in ([batch], [batch, 1]) and got["dtype"] == "float32"


def _scores(
    obs: dict[str, Any], names: list[str], title: str, weight: float
) -> Finding:
    for name in names:
        shape, batch = SHAPES[name]
        got = obs["shapes"].get(name)
        given = f"({', '.join(map(str, (batch, *shape)))})"
        if got is None:
            text = network_error(obs["errors"].get(name), f"for images {given}", batch)
        elif _is_scores(got, batch):
            continue
        else:
            text = no_score(got, given, batch) or shape_told(got["shape"], given, batch)
        return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def _by_default(obs: dict[str, Any]) -> Finding:
    got, error = obs.get("defaults"), obs["errors"].get("defaults")
    fine, text = False, network_error(error, "for Critic((1, 28, 28))")
    if got is not None and _is_scores(got, 2):
        mine, promised = got["weights"]
        fine, text = mine == promised and got["noise"] > 0, default_told(mine, promised)
    return Finding("defaults", fine, text, 0.5)


def _raw(obs: dict[str, Any]) -> Finding:
    down, up = obs.get("down"), obs.get("up")
    if down is None or up is None:
        error = obs["errors"].get("down") or obs["errors"].get("up")
        return Finding("raw scores", False, network_error(error, "in training"), 3)
    fine = down["mean"] < -0.5 and up["mean"] > 1.5
    return Finding("raw scores", fine, wall(down, up), 3)


def _learns(obs: dict[str, Any]) -> Finding:
    found = obs.get("lesson")
    if found is None:
        text, fine = network_error(obs["errors"].get("lesson"), "in training"), False
    else:
        fine, text = found["loss"] < 0.5, unlearnt(found)
    return Finding("learns stripes", fine, text, 2)


def _grows(obs: dict[str, Any]) -> Finding:
    found = obs.get("growth")
    if found is None:
        error = obs["errors"].get("growth")
        text, fine = network_error(error, f"for base_channels={2 * BASE}"), False
    else:
        fine, text = found[1] > found[0], same_size_told(found, BASE, "critic")
    return Finding("base_channels used", fine, text, 0.5)


EXERCISE = register(
    Exercise(
        name="Critic",
        lab="02_critic",
        points=5,
        observe=observe,
        judge=judge,
        promise="28, 32, 64 pixels, batch of one, raw scores, learns, dropout, modes",
        own="labkit.models:Critic",
    )
)
