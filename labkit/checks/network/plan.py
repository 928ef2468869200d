"""What the probes of a whole network are made with: shapes, widths, names."""

from dataclasses import dataclass
from typing import Any

ImageShape = tuple[int, int, int]


@dataclass(frozen=True)
class Plan:
    """How the network of one exercise is probed.

    Attributes:
        name: what the exercise is called.
        shapes: name → (image_shape, batch), a generator's → (…, latent_dim, batch);
            other batch sizes than a student may have written in.
        mains: names in `shapes`; the first that works is probed closely.
        default: the base_channels that the signature promises.
        base: base_channels in the probes, a number that GroupNorm can split.
        dropout: whether the signature has dropout.
    """

    name: str
    shapes: dict[str, tuple[Any, ...]]
    mains: tuple[str, ...]
    default: int
    base: int
    dropout: bool = False

    def main(self, described: dict[str, Any]) -> ImageShape:
        """Choose the image_shape for the close look.

        Args:
            described: name → what came back for that shape, where something did.
        """
        fine = [name for name in self.mains if name in described]
        return self.shapes[fine[0] if fine else self.mains[-1]][0]

    def call(self) -> str:
        """Write the shortest call: Critic((1, 28, 28))."""
        return f"{self.name}({next(iter(self.shapes.values()))[0]})"
