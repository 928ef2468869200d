"""Generators as files: safetensors, with everything needed to build them again.

`load_generator` reads every kind: a run's folder, safetensors, ONNX, the zoo.
"""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from labkit import zoo
from labkit.dcgan import DCGANGenerator
from labkit.errors import LabkitError
from labkit.models import Generator
from labkit.runtime import atomic_write

FORMAT = "labkit-generator-1"
KINDS = {"Generator": Generator, "DCGANGenerator": DCGANGenerator}


def save_generator(generator: nn.Module, path: str | Path) -> None:
    """Write a generator's weights, and how it is built, into one .safetensors file.

    Networks of labkit can be read back by `load_generator` without knowing their
    sizes; of others, a student's own, the file holds the weights and the class's name.

    Args:
        generator: the network.
        path: of the file; replaced in one step if it exists.
    """
    kind = type(generator).__name__ if type(generator) in KINDS.values() else "other"
    metadata = {
        "format": FORMAT,
        "kind": kind,
        "class": type(generator).__name__,
        "build": json.dumps(getattr(generator, "arguments", {})),
    }
    weights = {
        name: value.detach().cpu().contiguous()
        for name, value in generator.state_dict().items()
    }
    atomic_write(path, lambda file: save_file(weights, file, metadata))


def load_generator(path: str | Path) -> nn.Module:
    """Read a generator, in eval mode.

    Args:
        path: a run's folder, a .safetensors file, "zoo:digits" or another name of the
            zoo, or an .onnx file, see `labkit.onnx_files.OnnxGenerator`.

    Returns:
        A module z (B, latent_dim) → images; carries `latent_dim` and `image_shape`.

    Raises:
        LabkitError: there is none, the file is damaged, or holds something else.
    """
    name = str(path)
    path = (
        zoo.find(name[len(zoo.PREFIX) :]) if name.startswith(zoo.PREFIX) else Path(path)
    )
    if path.is_dir():
        path = path / "generator.safetensors"
    if not path.is_file():
        raise LabkitError(
            f"there is no generator at {path}. Expected a run's folder that has a "
            "generator.safetensors (`labkit train` makes one), a .safetensors file, an "
            ".onnx file, or one of the zoo, zoo:digits say (`labkit zoo` lists them)."
        )
    if path.suffix.lower() == ".onnx":
        from labkit.onnx_files import OnnxGenerator  # an extra: only when asked for

        return OnnxGenerator(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise LabkitError(
            f"{path} is not a whole .safetensors file (damaged, cut short or of "
            f"another format): {error}"
        ) from error
    return _rebuilt(path, metadata, weights)


def _rebuilt(
    path: Path, metadata: dict[str, str], weights: dict[str, torch.Tensor]
) -> nn.Module:
    if metadata.get("format") != FORMAT:
        raise LabkitError(f"{path} holds tensors, but not a generator saved by labkit.")
    if metadata["kind"] not in KINDS:
        raise LabkitError(
            f"{path} holds the weights of your own class {metadata['class']}; build it "
            "yourself and load them with safetensors.torch.load_model."
        )
    try:
        arguments = json.loads(metadata["build"])
        arguments["image_shape"] = tuple(arguments["image_shape"])
        generator = KINDS[metadata["kind"]](**arguments)
        generator.load_state_dict(weights)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise LabkitError(
            f"{path} does not fit the network it names: {reason}"
        ) from error
    return generator.eval()
