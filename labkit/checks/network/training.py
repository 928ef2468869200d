"""Training a student's network for a few steps, to see where it can go."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

STEEP = 1e-9  # no weight has a gradient larger than this: training stands still


@contextlib.contextmanager
def fast_tiny_numbers() -> Iterator[None]:
    """Count numbers below 1e-38 as 0: saturated networks make them, and they are slow.

    The processor's setting is afterwards as it was before.
    """
    was_on = float(torch.full((), 1e-38) * 0.1) == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(was_on)


class Adam:
    """Adam in a few lines: making torch's own loads its compiler first, for seconds."""

    def __init__(self, net: nn.Module, lr: float) -> None:
        self.weights = [w for w in net.parameters() if w.requires_grad]
        self.lr, self.steps = lr, 0
        self.means = [torch.zeros_like(w) for w in self.weights]
        self.squares = [torch.zeros_like(w) for w in self.weights]

    def minimise(self, loss: Tensor) -> bool:
        """Take one step down `loss`; returns whether there is a slope to speak of."""
        slopes = torch.autograd.grad(loss, self.weights, allow_unused=True)
        if not any(float(s.abs().max()) > STEEP for s in slopes if s is not None):
            return False
        self.steps += 1
        fix1, fix2 = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        with torch.no_grad():
            for weight, slope, mean, square in zip(
                self.weights, slopes, self.means, self.squares, strict=True
            ):
                if slope is not None:
                    mean.lerp_(slope, 0.1)
                    square.lerp_(slope * slope, 0.001)
                    step = (mean / fix1) / ((square / fix2).sqrt() + 1e-8)
                    weight.sub_(self.lr * step)
        return True


def drive(
    net: nn.Module, inputs: Tensor, sign: int, until: float, steps: int = 60
) -> dict[str, float]:
    """Train the network, in the mode it is in, to push its mean output up or down.

    Stops once sign · mean > until. A final sigmoid, ReLU or tanh shows itself as a
    wall that the outputs cannot pass.

    Returns:
        mean: the last mean output; low, high: the extremes on the way; steps.
    """
    adam = Adam(net, lr=0.05)
    low, high, mean, step = float("inf"), float("-inf"), float("nan"), 0
    for step in range(steps + 1):
        outputs = net(inputs)
        mean = float(outputs.detach().mean())
        low = min(low, float(outputs.detach().min()))
        high = max(high, float(outputs.detach().max()))
        if sign * mean > until or step == steps:
            break
        if not adam.minimise(-sign * outputs.mean()):
            break
    return {"mean": mean, "low": low, "high": high, "steps": step}
