"""Probes for a student's networks: each runs one and returns numbers, nothing else.

None of them looks at how a network is built. No probe copies a network either (some
cannot be copied): each exercise builds a fresh one where a probe changes it.
"""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

# Layers whose bias is taken away again by a normalisation right behind them.
BIASED = (nn.Linear, nn.modules.conv._ConvNd)


def build(impl: Callable[..., Any], *required: Any, **options: Any) -> Any:
    """Call a student's class or function, options by name where its signature allows.

    Names of parameters are nobody's mistake, so the options go by position otherwise;
    give them in the order of the signature and leave none out in between.
    """
    try:
        inspect.signature(impl).bind(*required, **options)
    except (TypeError, ValueError):
        return impl(*required, *options.values())
    return impl(*required, **options)


@torch.no_grad()
def ready(net: nn.Module, inputs: Tensor) -> nn.Module:
    """Let lazy layers find out their size; returns the network in train mode."""
    if any(isinstance(weight, UninitializedParameter) for weight in net.parameters()):
        net.eval()(inputs.clone())
    return net.train()


@torch.no_grad()
def moved(net: nn.Module, seed: int) -> nn.Module:
    """Shift all weights a little, the same way for the same seed; returns the network.

    A lucky start, zeros say or equal numbers, must neither hide a mistake nor look
    like one.
    """
    rng = torch.Generator().manual_seed(seed)
    for weight in net.parameters():
        noise = torch.randn(weight.shape, generator=rng)
        weight.add_(0.3 * (rms(weight) + 0.01) * noise)
    return net


def weights(net: nn.Module) -> int:
    """Count the numbers that the network can learn."""
    return sum(weight.numel() for weight in net.parameters())


def described(value: Any) -> dict[str, Any]:
    """Describe what came back: its kind, and shape and dtype if it is a tensor."""
    if not isinstance(value, Tensor):
        return {"kind": type(value).__name__}
    dtype = str(value.dtype).removeprefix("torch.")
    return {"kind": "Tensor", "shape": list(value.shape), "dtype": dtype}


def noise_images(batch: int, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Draw images of noise, (batch, *shape) in [-1, 1]."""
    return 2 * torch.rand(batch, *shape, generator=rng) - 1


def rms(values: Tensor) -> float:
    """Root of the mean square, as a float."""
    return float(values.detach().double().pow(2).mean().sqrt())


def wiring(net: nn.Module, inputs: Tensor, rng: torch.Generator) -> dict[str, Any]:
    """Compare the weights that forward() uses with those in parameters().

    Returns:
        strangers: weights used in forward() that parameters() does not list.
        fresh: whether these are new ones at every call.
        unused: names of parameters that the output does not depend on.
        frozen: names of parameters with requires_grad off.
        weights: how many parameter tensors there are.
        cut: whether the output hangs on nothing that can learn.
        idle_biases: how many bias numbers get no gradient though their weights do.
    """
    net.train()
    outputs = net(inputs)
    again = net(inputs)
    named = dict(net.named_parameters())
    known = {id(weight) for weight in named.values()}
    first, second = (_leaves(o) for o in (outputs, again))
    strangers = [leaf for key, leaf in first.items() if key not in known]
    if outputs.requires_grad:
        for weight in net.parameters():
            weight.grad = None
        (outputs * torch.randn(outputs.shape, generator=rng)).sum().backward()
    trainable = {name: w for name, w in named.items() if w.requires_grad}
    return {
        "strangers": len(strangers),
        "fresh": any(id(leaf) not in second for leaf in strangers),
        "unused": [name for name, w in trainable.items() if w.grad is None],
        "frozen": [name for name in named if name not in trainable],
        "weights": len(named),
        "cut": not outputs.requires_grad,
        "idle_biases": _idle_biases(net),
    }


def _leaves(output: Tensor) -> dict[int, Tensor]:
    """Find the tensors at the ends of the graph behind `output`, by id."""
    found: dict[int, Tensor] = {}
    seen: set[Any] = set()
    nodes = [output.grad_fn]
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found[id(node.variable)] = node.variable
        nodes += [before for before, _ in node.next_functions]
    return found


def _idle_biases(net: nn.Module) -> int:
    count = 0
    for layer in net.modules():
        if not isinstance(layer, BIASED) or layer.bias is None:
            continue
        weight, bias = layer.weight, layer.bias
        if not (weight.is_leaf and bias.is_leaf):
            continue
        if weight.grad is None or bias.grad is None:
            continue
        if rms(bias.grad) < 1e-5 * rms(weight.grad):
            count += bias.numel()
    return count


def batchnorm(net: nn.Module) -> dict[str, Any]:
    """Look at the BatchNorm layers: their eps, and weights drawn around 0."""
    layers = [
        m for m in net.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)
    ]
    around_zero = [
        float(layer.weight.detach().std())
        for layer in layers
        if layer.weight is not None
        and layer.weight.numel() >= 8
        and float(layer.weight.detach().mean().abs()) < 0.1
        and float(layer.weight.detach().min()) < 0 < float(layer.weight.detach().max())
    ]
    return {
        "eps": max((layer.eps for layer in layers), default=0.0),
        "around_zero": around_zero,
    }


@torch.no_grad()
def steadiness(net: nn.Module, inputs: Tensor) -> dict[str, float]:
    """In eval mode: is the output the same twice, and alone as among others?

    Returns:
        twice, alone: the largest difference; scale: the largest output.
    """
    net.eval()
    first, second = net(inputs), net(inputs)
    alone = torch.cat(
        [net(one).reshape(1, *first.shape[1:]) for one in inputs.split(1)]
    )
    return {
        "twice": float((first - second).abs().max()),
        "alone": float((first - alone).abs().max()),
        "scale": float(first.abs().max()),
    }


@torch.no_grad()
def modes(net: nn.Module, inputs: Tensor) -> dict[str, int]:
    """Count the modules whose training flag forward() changed, in either mode."""
    changed = {}
    for mode in (True, False):
        net.train(mode)
        before = {id(m): m.training for m in net.modules()}
        net(inputs)
        changed["train" if mode else "eval"] = sum(
            before.get(id(m), m.training) != m.training for m in net.modules()
        )
    return changed


def reach(net: nn.Module, inputs: Tensor, rng: torch.Generator) -> Tensor:
    """Mark the input numbers, (*inputs.shape[1:]), that some output depends on."""
    net.eval()
    inputs = inputs.clone().requires_grad_()
    outputs = net(1 * inputs)  # not the leaf itself: in-place layers refuse leaves
    (outputs * torch.randn(outputs.shape, generator=rng)).sum().backward()
    slopes = torch.zeros_like(inputs) if inputs.grad is None else inputs.grad
    return (slopes != 0).any(dim=0)


@torch.no_grad()
def bend(
    net: Callable[[Tensor], Tensor], a: Tensor, b: Tensor, c: Tensor
) -> dict[str, float]:
    """Measure how far a network is from a linear (affine) function.

    Returns:
        bend: rms of f(a) + f(b) - f(c) - f(a+b-c), 0 for an affine f; scale: rms of
        f(a) - f(b).
    """
    of_a, of_b = net(a.clone()).double(), net(b.clone()).double()
    others = net(c.clone()).double() + net(a + b - c).double()
    return {"bend": rms(of_a + of_b - others), "scale": rms(of_a - of_b)}


@torch.no_grad()
def unrest(net: nn.Module, inputs: Tensor, passes: int = 4) -> dict[str, float]:
    """In train mode: how much do outputs differ from pass to pass, as dropout makes?

    Returns:
        noise: spread between passes; spread: spread between inputs. The inputs are
        only turned round, so no layer sees another mean.
    """
    net.train()
    for _ in range(4):  # spectral norm settles during the first passes
        net(inputs)
    outputs = torch.stack([net(inputs) for _ in range(passes)]).double()
    return {
        "noise": rms(outputs - outputs.mean(dim=0, keepdim=True)),
        "spread": rms(outputs[0] - net(inputs.flip(0)).double()) / 2**0.5,
    }


def tiled(pictures: Tensor) -> bool:
    """Tell whether the four pixels of each 2×2 square are always equal."""
    small = pictures.detach()[:, :, ::2, ::2]
    large = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    return torch.equal(large, pictures.detach())
