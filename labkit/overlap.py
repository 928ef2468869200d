"""What upsampling does to a flat picture: stamps, how they overlap, and the ripple.

After Odena, Dumoulin and Olah 2016, "Deconvolution and checkerboard artifacts". Torch's
own layers do the work; labkit/widgets/overlap.js does the same sums in a page.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from labkit.errors import BadValue

BORDER = 4  # pixels at each edge that feel the padding
KINDS = {
    "transposed": "transposed convolution",
    "nearest": "nearest pixel, then convolution",
    "bilinear": "bilinear, then convolution",
}
KERNELS, STRIDES = (1, 8), (1, 4)
INPUTS = 8  # pixels of a row of the flat picture: the fewest that leave an inside
MAPS = 16  # with random weights, as a layer has many maps


def ripple(image: Tensor, border: int = BORDER) -> float:
    """Measure how uneven maps are that should be even.

    Args:
        image: (H, W) or any (…, H, W), made from a constant input.
        border: pixels at each edge that do not count; H and W are larger than twice it.

    Returns:
        Standard deviation over mean size, inside the border, both averaged over the
        maps: a map that is switched off weighs nothing. 0 means perfectly even.
    """
    end = -border or None
    inside = image.detach().double()[..., border:end, border:end].flatten(-2)
    size = inside.abs().mean()
    spread = inside.std(dim=-1, correction=0).mean()
    return 0.0 if size == 0 else float(spread / size)  # nan stays nan


@dataclass(frozen=True)
class Upsampling:
    """One way to enlarge a picture, with all the weights of its kernel at hand.

    Args:
        upsampling: "transposed", "nearest" or "bilinear"; the latter two repeat or blend
            each pixel `stride` times, and then convolve with stride 1.
        kernel: width of the kernel, 1 to 8.
        stride: how many times as large the picture becomes, 1 to 4.
        padding: what a transposed convolution cuts off at each edge, or the zeros that a
            convolution adds there: 0 to (kernel − 1) // 2.

    Raises:
        BadValue: there is no such setting.
    """

    upsampling: str = "transposed"
    kernel: int = 3
    stride: int = 2
    padding: int = 0

    def __post_init__(self) -> None:
        if self.upsampling not in KINDS:
            raise BadValue(
                f"upsampling is one of {', '.join(KINDS)}; got {self.upsampling!r}."
            )
        _whole("kernel", self.kernel, *KERNELS)
        _whole("stride", self.stride, *STRIDES)
        most = (self.kernel - 1) // 2
        _whole(f"with a kernel of {self.kernel}, padding", self.padding, 0, most)

    @property
    def size(self) -> int:
        """Pixels in a row of the result, from `INPUTS` pixels."""
        if self.upsampling == "transposed":
            return (INPUTS - 1) * self.stride + self.kernel - 2 * self.padding
        return INPUTS * self.stride + 2 * self.padding - self.kernel + 1

    @property
    def inside(self) -> slice:
        """Those pixels of a row that feel no edge, in whole repeats of the pattern."""
        start = self.padding
        if self.upsampling == "transposed":
            start = max(0, self.kernel - self.stride - self.padding)
        length = (self.size - 2 * start) // self.stride * self.stride
        return slice(start, start + max(1, length))

    def stamps(self) -> Tensor:
        """How much of each input pixel arrives where, when all weights are 1.

        Returns:
            (INPUTS, size): a row for each pixel of a line.
        """
        return self._through(torch.eye(INPUTS)[:, None], torch.ones(self.kernel))[:, 0]

    def counts(self) -> Tensor:
        """What all weights of 1 make of a flat picture of ones: (size, size)."""
        return self.flat(torch.ones(1, self.kernel, self.kernel))[0]

    def flat(self, weights: Tensor) -> Tensor:
        """What becomes of a flat picture of ones.

        Args:
            weights: (N, K, K), K at least `kernel`: of each, the first rows and columns
                are the kernel of one map.

        Returns:
            (N, size, size), float64.
        """
        kernels = weights[:, : self.kernel, : self.kernel]
        return self._through(torch.ones(1, 1, INPUTS, INPUTS), kernels)[0]

    def ripple(self, maps: Tensor) -> float:
        """`ripple` of maps (…, size, size) where no edge is felt."""
        return ripple(maps[..., self.inside, self.inside], border=0)

    def _through(self, inputs: Tensor, kernels: Tensor) -> Tensor:
        """Send (B, 1, L) or (B, 1, H, W) through the layer with kernels of a width."""
        inputs, flat = inputs.double(), inputs.dim() == 4
        kernels = kernels.double().reshape(-1, 1, *[self.kernel] * (2 if flat else 1))
        if self.upsampling == "transposed":
            layer = F.conv_transpose2d if flat else F.conv_transpose1d
            kernels = kernels.transpose(0, 1)
            return layer(inputs, kernels, stride=self.stride, padding=self.padding)
        mode = self.upsampling if flat else self.upsampling.replace("bi", "")
        inputs = F.interpolate(inputs, scale_factor=self.stride, mode=mode)
        return (F.conv2d if flat else F.conv1d)(inputs, kernels, padding=self.padding)


def random_weights() -> Tensor:
    """The same random kernels each time: (MAPS, 8, 8), with two decimals."""
    rng = torch.Generator().manual_seed(0)
    weights = torch.randn(MAPS, KERNELS[1], KERNELS[1], generator=rng)
    return weights.double().round(decimals=2)


def _whole(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise BadValue(f"{name} is a whole number from {low} to {high}; got {value!r}.")
