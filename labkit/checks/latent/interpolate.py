"""Lab 07: `interpolate`, observed: which z its images come from, and what it leaves."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from labkit.checks.latent.probes import ReadableGenerator, Traces
from labkit.checks.spec import Observation

# latent_dim, image shape, steps, mode of the generator before the call
CASES = (
    (6, (1, 5, 4), 5, "eval"),
    (9, (3, 4, 4), 8, "train"),
    (6, (1, 5, 4), 2, "eval"),
    (4, (1, 3, 3), 11, "train"),
)


def observe(impl: Callable[..., Any], rng: torch.Generator) -> dict[str, Any]:
    """Call it with z of shape (D,), and all over again with (1, D)."""
    obs = Observation()
    state = rng.get_state()
    for form in ("(D,)", "(1, D)"):
        rng.set_state(state)
        obs[form] = [
            _call(obs, f"{form} {place}", impl, rng, case, row=form == "(1, D)")
            for place, case in enumerate(CASES)
        ]
    return obs


def _call(
    obs: Observation,
    part: str,
    impl: Callable[..., Any],
    rng: torch.Generator,
    case: tuple[int, tuple[int, int, int], int, str],
    row: bool,
) -> dict[str, Any]:
    """Call it once; read the z off the images, and look what has changed."""
    latent_dim, image_shape, steps, mode = case
    generator = ReadableGenerator(rng, latent_dim, image_shape)
    generator.train(mode == "train")
    z0, z1 = _ends(rng, latent_dim)
    call: dict[str, Any] = {"part": part, "steps": steps, "mode": mode}
    call |= {"z0": z0, "z1": z1, "image_shape": list(image_shape)}
    given = (z0[None].clone(), z1[None].clone()) if row else (z0.clone(), z1.clone())
    traces, result = Traces(generator), None
    with obs.part(part):
        result = impl(generator, *given, steps)
        call["type"] = type(result).__name__
        call["kept"] = torch.equal(given[0].view(-1), z0)
        call["kept"] &= torch.equal(given[1].view(-1), z1)
        call["modes"] = list(generator.modes)
        if isinstance(result, Tensor):
            call |= {"got": list(result.shape), "dtype": str(result.dtype)}
            call["graph"] = result.requires_grad
    call["left"] = traces.left()
    if call.get("got", [])[1:] == list(image_shape):
        call["z"], call["miss"] = generator.read(result.detach())
        call["blend"] = _is_blend(generator, result.detach(), z0, z1)
    return call


def _ends(rng: torch.Generator, size: int) -> tuple[Tensor, Tensor]:
    """Draw two z at a wide angle, so that line, arc and their reverses lie apart."""
    while True:
        z0, z1 = torch.randn(2, size, generator=rng).clamp(-2.5, 2.5)
        cosine = float(torch.cosine_similarity(z0, z1, dim=0))
        if -0.8 < cosine < 0.3 and min(z0.norm(), z1.norm()) > 1:
            return z0, z1


@torch.no_grad()
def _is_blend(
    generator: ReadableGenerator, images: Tensor, z0: Tensor, z1: Tensor
) -> bool:
    """Tell whether the images between are mixtures of the pixels of the outer two."""
    if len(images) < 3:
        return False
    first, last = generator.eval()(torch.stack([z0, z1]))
    shares = torch.linspace(0, 1, len(images)).view(-1, 1, 1, 1)
    return torch.allclose(
        images.float(), (1 - shares) * first + shares * last, atol=1e-3
    )
