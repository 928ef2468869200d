"""Generators in ONNX files: labkit's own, and those that other courses publish."""

import importlib
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from labkit.errors import LabkitError

TRIED = 16  # z drawn from a file to see what it makes of them
TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
}


class OnnxGenerator(nn.Module):
    """A generator in an ONNX file, used like any other network, but not trained.

    Args:
        path: of the file. It has one input, z as (B, latent_dim) or
            (B, latent_dim, 1, 1), and one output, images as (B, C, H, W), (B, H, W, C)
            or (B, H, W); B may be fixed.

    Attributes:
        latent_dim: length of z.
        image_shape: (C, H, W).

    Raises:
        LabkitError: the file is damaged, or no generator of this kind.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self.session = _opened(self.path)
        self.source, self.latent_dim = self._input()
        batch = self.source.shape[0]
        self.batch_size = batch if isinstance(batch, int) else None
        if len(self.session.get_outputs()) != 1:
            raise self._unfit(f"{len(self.session.get_outputs())} outputs")
        rng = torch.Generator().manual_seed(0)
        drawn = self(torch.randn(TRIED, self.latent_dim, generator=rng))
        self.image_shape = tuple(drawn.shape[1:])
        self._look_at_range(drawn)
        self.eval()

    def forward(self, z: Tensor) -> Tensor:
        """Draw one image per row of z (B, latent_dim); returns (B, C, H, W)."""
        if z.requires_grad and torch.is_grad_enabled():
            raise LabkitError(
                f"{self.path} is an ONNX file: no gradient comes back from it. Use a "
                "generator of torch, a run's folder or a .safetensors file."
            )
        if z.dim() != 2 or z.shape[1] != self.latent_dim:
            raise LabkitError(
                f"{self.path} takes z (B, {self.latent_dim}); got {tuple(z.shape)}."
            )
        parts = z.detach().cpu().split(self.batch_size or len(z))
        return torch.cat([self._draw(part) for part in parts]).to(z.device)

    def _draw(self, z: Tensor) -> Tensor:
        """The images of one batch; a fixed batch size is filled up with zeros."""
        count = len(z)
        missing = (self.batch_size or count) - count
        z = torch.cat([z, z.new_zeros(missing, self.latent_dim)])
        values = z.numpy().astype(TYPES[self.source.type])
        values = values.reshape(
            len(z), *self.source.shape[1:]
        )  # (B, D) or (B, D, 1, 1)
        try:
            drawn = self.session.run(None, {self.source.name: values})[0]
        except Exception as error:  # onnxruntime's own kinds
            raise self._unfit(
                f"a graph that does not run ({_first_line(error)})"
            ) from error
        return self._as_images(torch.from_numpy(drawn).float(), len(z))[:count]

    def _as_images(self, drawn: Tensor, count: int) -> Tensor:
        if drawn.dim() == 3:
            drawn = drawn.unsqueeze(1)  # (B, H, W) → (B, 1, H, W)
        elif drawn.dim() == 4 and drawn.shape[1] not in (1, 3):
            drawn = drawn.permute(0, 3, 1, 2)  # (B, H, W, C) → (B, C, H, W)
        if drawn.dim() != 4 or len(drawn) != count or drawn.shape[1] not in (1, 3):
            raise self._unfit(f"an output of shape {tuple(drawn.shape)} for {count} z")
        return drawn

    def _input(self) -> tuple[Any, int]:
        """The one input, and the length of z that it takes."""
        inputs = self.session.get_inputs()
        if len(inputs) != 1:
            found = ", ".join(f"{i.name} {i.shape}" for i in inputs)
            raise self._unfit(f"{len(inputs)} inputs ({found})")
        (source,) = inputs
        sizes = source.shape[1:]
        if (
            source.type not in TYPES
            or len(sizes) not in (1, 3)
            or sizes[1:] not in ([], [1, 1])
            or not isinstance(sizes[0], int)
        ):
            raise self._unfit(f"an input {source.name} {source.shape} of {source.type}")
        return source, sizes[0]

    def _unfit(self, found: str) -> LabkitError:
        return LabkitError(
            f"{self.path} is no generator that labkit can use. Expected one input "
            "(batch, latent_dim) or (batch, latent_dim, 1, 1) of floats with a fixed "
            f"latent_dim, and one output of images, grey or RGB; it has {found}."
        )

    def _look_at_range(self, drawn: Tensor) -> None:
        low, high = float(drawn.min()), float(drawn.max())
        if low >= 0 or low < -1.01 or high > 1.01:
            warnings.warn(
                f"{self.path} draws numbers from {low:.2f} to {high:.2f}; labkit expects "
                "[-1, 1] and draws them as such. "
                + (
                    "Pictures in [0, 1] look pale: scale them with 2·x − 1."
                    if 0 <= low and high <= 1.01
                    else ""
                ),
                stacklevel=3,
            )


def needed(package: str) -> ModuleType:
    """Import onnx, onnxscript or onnxruntime.

    Raises:
        LabkitError: it is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        raise LabkitError(
            f"ONNX files need {package}, which is not installed: "
            "pip install 'labkit[train]'"
        ) from None


def session(source: str | bytes) -> Any:
    """Start onnxruntime on a file, or on the content of one, with torch's threads."""
    runtime = needed("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong comes as an exception as well
    options.intra_op_num_threads = torch.get_num_threads()
    return runtime.InferenceSession(source, options, ["CPUExecutionProvider"])


def _opened(path: Path) -> Any:
    try:
        return session(str(path))
    except LabkitError:
        raise
    except Exception as error:  # onnxruntime's own kinds
        raise LabkitError(
            f"{path} is not a whole ONNX file (damaged, cut short or of another "
            f"format): {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
