"""Generators out as ONNX files, which other programs and languages can run."""

import contextlib
import copy
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from labkit.errors import LabkitError
from labkit.onnx_files import OnnxGenerator, needed, session
from labkit.runtime import atomic_write

FORMAT = "labkit-generator-1"
OPSET = 18
LARGEST_ERROR = 1e-4


def save_onnx(generator: nn.Module, path: str | Path) -> float:
    """Write a generator as an ONNX file and check it against the network itself.

    The file has one input "z" (batch, latent_dim) and one output "images"
    (batch, C, H, W) in [-1, 1], both float32, for any batch size.

    Args:
        generator: (B, latent_dim) → images; carries `latent_dim`; left as it is.
        path: of the file; replaced in one step if it exists.

    Returns:
        The largest difference between a number drawn by onnxruntime and by torch.

    Raises:
        LabkitError: a package is missing, the network cannot be exported, or the file
            draws something else than the network.
    """
    if isinstance(generator, OnnxGenerator):
        raise LabkitError(f"{generator.path} is an ONNX file already: copy it.")
    for package in ("onnx", "onnxscript", "onnxruntime"):
        needed(package)
    network = copy.deepcopy(generator).cpu().float().eval()
    content = _exported(network)
    error = float(torch.tensor([*_errors(network, content)]).max())  # NaN stays NaN
    if not error <= LARGEST_ERROR:  # true of NaN too
        raise LabkitError(
            f"the ONNX file draws other images than the network: the largest "
            f"difference is {error:.2g}, allowed is {LARGEST_ERROR:g}. Nothing was "
            "written. Is the network the same at every call in eval mode?"
        )
    atomic_write(path, lambda file: file.write_bytes(content))
    return error


def _exported(network: nn.Module) -> bytes:
    """The file's content: graph, weights, and three lines about the network."""
    z = torch.zeros(2, network.latent_dim)
    batch = torch.export.Dim("batch")
    with _quiet(), torch.no_grad():
        image_shape = tuple(network(z).shape[1:])
        try:
            program = torch.onnx.export(
                network,
                (z,),
                input_names=["z"],
                output_names=["images"],
                opset_version=OPSET,
                dynamic_shapes=({0: batch},),
                dynamo=True,
                verbose=False,
            )
        except Exception as error:  # the exporter raises many kinds
            reason = str(error).strip().splitlines()
            raise LabkitError(
                f"this {type(network).__name__} cannot be exported to ONNX: "
                f"{reason[0] if reason else type(error).__name__}"
            ) from error
    model = program.model_proto
    _forget_origins(model)
    about = {
        "format": FORMAT,
        "latent_dim": network.latent_dim,
        "image_shape": list(image_shape),
    }
    needed("onnx").helper.set_model_props(
        model, {name: _text(value) for name, value in about.items()}
    )
    needed("onnx").checker.check_model(model)
    return model.SerializeToString()


def _forget_origins(model: Any) -> None:
    """Drop the exporter's notes: they quote source lines and this machine's paths."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _errors(network: nn.Module, content: bytes) -> Iterator[float]:
    """Largest difference to torch in batches of other sizes than the exporter saw."""
    run = session(content).run
    rng = torch.Generator().manual_seed(0)
    for count in (1, 5):
        z = torch.randn(count, network.latent_dim, generator=rng)
        (drawn,) = run(["images"], {"z": z.numpy()})
        with torch.no_grad():
            yield float((torch.from_numpy(drawn) - network(z)).abs().max())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's progress and warnings to itself."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
