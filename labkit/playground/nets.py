"""The two small networks in NumPy: forward, backward and Adam by hand.

The same as labkit/widgets/toynet.js, and ten times as fast as torch at this size.
"""

import numpy as np

from labkit.playground.dice import Dice

Array = np.ndarray


class Net:
    """inputs → hidden → hidden → outputs, Linear, with `slope` below zero.

    Attributes:
        parts: W1, b1, W2, b2, W3, b3 as torch has them, views of `weights`.
    """

    def __init__(self, inputs: int, hidden: int, outputs: int, slope: float) -> None:
        shapes = [(hidden, inputs), (hidden,), (hidden, hidden), (hidden,)]
        shapes += [(outputs, hidden), (outputs,)]
        self.slope = slope
        self.incoming = (inputs, inputs, hidden, hidden, hidden, hidden)
        self.weights = np.zeros(sum(int(np.prod(shape)) for shape in shapes))
        self.gradient = np.zeros_like(self.weights)
        self.parts, self.slopes = (
            _views(array, shapes) for array in (self.weights, self.gradient)
        )

    def begin(self, dice: Dice) -> None:
        """Draw the weights as torch's Linear does: uniform within 1 / sqrt(inputs)."""
        for part, incoming in zip(self.parts, self.incoming, strict=True):
            drawn = 2 * dice.uniforms(part.size) - 1
            part[:] = (drawn / np.sqrt(incoming)).reshape(part.shape)

    def forward(self, points: Array) -> tuple[Array, ...]:
        """(B, inputs) → what the layers have said: points, two hidden ones, outputs."""
        w1, b1, w2, b2, w3, b3 = self.parts
        first = self._bend(points @ w1.T + b1)
        second = self._bend(first @ w2.T + b2)
        return points, first, second, second @ w3.T + b3

    def backward(self, said: tuple, d_out: Array, learn: bool = True) -> Array:
        """(B, outputs) slopes → (B, inputs); `learn` adds to the weights' gradient."""
        points, first, second, _ = said
        w1, _, w2, _, w3, _ = self.parts
        d_second = d_out @ w3 * self._slope(second)
        d_first = d_second @ w2 * self._slope(first)
        if learn:
            for at, slopes, inputs in (
                (0, d_first, points), (2, d_second, first), (4, d_out, second)
            ):  # fmt: skip
                self.slopes[at] += slopes.T @ inputs
                self.slopes[at + 1] += slopes.sum(0)
        return d_first @ w1

    def backward_of_slopes(self, said: tuple, pull: Array) -> None:
        """Add the weights' gradient of Σ pull · ∇score, with `pull` (B, 2) held fixed.

        Where the layers are straight, ∇score is W1ᵀ S1 W2ᵀ S2 w3 with fixed slopes S.
        """
        _, first, second, _ = said
        w1, _, w2, _, w3, _ = self.parts
        along = pull @ w1.T * self._slope(first)
        further = along @ w2.T * self._slope(second)
        d_second = w3 * self._slope(second)
        d_first = d_second @ w2 * self._slope(first)
        self.slopes[4] += further.sum(0)
        self.slopes[2] += d_second.T @ along
        self.slopes[0] += d_first.T @ pull

    def _bend(self, values: Array) -> Array:
        return np.maximum(values, self.slope * values)

    def _slope(self, bent: Array) -> Array:
        return np.where(bent > 0, 1.0, self.slope)


def _views(array: Array, shapes: list[tuple[int, ...]]) -> list[Array]:
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    parts = np.split(array, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


class Adam:
    """Adam with labkit.toy's decay rates, 0.5 and 0.9 (Kingma and Ba 2015)."""

    def __init__(self, net: Net) -> None:
        self.net, self.steps = net, 0
        self.mean, self.square = np.zeros_like(net.weights), np.zeros_like(net.weights)

    def step(self, rate: float) -> None:
        """Move the weights against their gradient, and set it to 0."""
        gradient = self.net.gradient
        self.steps += 1
        self.mean += 0.5 * (gradient - self.mean)
        self.square *= 0.9
        self.square += 0.1 * gradient * gradient
        scale = np.sqrt(self.square) / np.sqrt(1 - 0.9**self.steps) + 1e-8
        self.net.weights -= rate / (1 - 0.5**self.steps) * self.mean / scale
        gradient[:] = 0
