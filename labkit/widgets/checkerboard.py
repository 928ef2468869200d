"""The checkerboard of lab 03: kernel, stride, upsampling, and what they do to a flat input."""

from typing import Any, ClassVar

from labkit.overlap import KERNELS, KINDS, STRIDES, Upsampling, random_weights
from labkit.show.overlap import overlap
from labkit.show.picture import Picture
from labkit.widgets.base import Widget


class Checkerboard(Widget):
    """Choose how to upsample, and see how the stamps overlap and what ripples.

    The page computes all of it (overlap.js); `labkit.overlap` does the same by torch.

    Args:
        upsampling: "transposed", "nearest" or "bilinear".
        kernel: 1 to 8.
        stride: 1 to 4.
        padding: 0 to (kernel − 1) // 2.

    Raises:
        BadValue: there is no such setting.
    """

    module: ClassVar[str] = "checkerboard"
    label: ClassVar[str] = "Checkerboard"
    defaults: ClassVar[dict[str, Any]] = {
        "upsampling": "transposed",
        "kernel": 3,
        "stride": 2,
        "padding": 0,
    }

    def __init__(self, **state: Any) -> None:
        facts = {
            "kinds": list(KINDS.items()),
            "kernels": KERNELS,
            "strides": STRIDES,
            "weights": random_weights().tolist(),
        }
        super().__init__(facts, **state)

    def check(self, state: dict[str, Any]) -> dict[str, Any]:
        """Refuse settings that there are not."""
        Upsampling(**state)
        return state

    def picture(self) -> Picture:
        """Stamps, counts and the flat input after the layer, as chosen now."""
        return overlap(Upsampling(**self.state))
