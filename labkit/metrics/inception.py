"""FID and KID with the Inception network of the papers, where its weights are at hand."""

import importlib
from pathlib import Path

import torch
from torch import Tensor

from labkit.data import to_uint8
from labkit.errors import LabkitError
from labkit.metrics.distances import frechet_distance, kernel_distance, moments

WEIGHTS = "weights-inception-2015-12-05-6726825d.pth"
CHUNK = 50  # images a forward


def inception_distances(
    images: Tensor, real: Tensor, weights: str | Path | None = None
) -> dict[str, float]:
    """FID (Heusel et al. 2017) and KID (Bińkowski et al. 2018), as papers report them.

    The network is torch-fidelity's. Nothing is downloaded. Papers use 10 000 to 50 000
    images of each; with fewer, FID is too large.

    Args:
        images, real: (N, C, H, W), uint8, or float in [-1, 1]; C is 1 or 3.
        weights: the file with the network's weights; by default the one that
            torch-fidelity keeps among torch's downloads.

    Returns:
        "FID" and "KID".

    Raises:
        LabkitError: torch-fidelity or the weights are missing.
    """
    network = _network(weights)
    sides = [_features(side, network) for side in (images, real)]
    fid = frechet_distance(*moments(sides[0]), *moments(sides[1]))
    return {"FID": float(fid), "KID": kernel_distance(*sides)[0]}


def _network(weights: str | Path | None) -> torch.nn.Module:
    try:
        module = importlib.import_module("torch_fidelity.feature_extractor_inceptionv3")
    except ImportError as error:
        raise LabkitError(
            "Inception's features need the package torch-fidelity, which is not here; "
            "install it, or use the lab's own FID_c, which needs nothing."
        ) from error
    if weights is None:
        weights = Path(torch.hub.get_dir()) / "checkpoints" / WEIGHTS
    path = Path(weights)
    if not path.is_file():
        raise LabkitError(
            f"the weights of the Inception network are not at {path}. Put the file "
            f"{WEIGHTS} of torch-fidelity's releases there, or use the lab's own FID_c."
        )
    return module.FeatureExtractorInceptionV3(
        "inception-v3-compat", ["2048"], feature_extractor_weights_path=str(path)
    )


@torch.no_grad()
def _features(images: Tensor, network: torch.nn.Module) -> Tensor:
    chunks = (
        chunk if chunk.dtype == torch.uint8 else to_uint8(chunk)
        for chunk in images.split(CHUNK)
    )
    return torch.cat([
        network(chunk.expand(-1, 3, -1, -1))[0] for chunk in chunks
    ]).double()  # fmt: skip
