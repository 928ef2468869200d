"""init_weights: right ones however written, wrong ones with the reason."""

import numpy as np
import torch
from torch import nn

CONVS = (nn.Conv2d, nn.ConvTranspose2d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)

# --- right -----------------------------------------------------------------------


def plain(module):
    if isinstance(module, CONVS):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d) and module.affine:
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def by_name(module):
    """The tutorials' way, with care for what is not there."""
    kind = type(module).__name__
    bias = getattr(module, "bias", None)
    if getattr(module, "weight", None) is None:
        return
    if kind.startswith("Conv"):
        module.weight.data.normal_(0.0, 0.02)
    elif kind.find("BatchNorm") != -1:
        module.weight.data.normal_(1.0, 0.02)
    if not kind.startswith("Linear") and bias is not None:
        bias.data.fill_(0)


@torch.no_grad()
def in_place(module):
    base = nn.modules
    if isinstance(module, base.conv._ConvNd):
        module.weight.copy_(0.02 * torch.randn_like(module.weight))
    elif isinstance(module, base.batchnorm._BatchNorm) and module.affine:
        module.weight.copy_(1 + 0.02 * torch.randn_like(module.weight))
    else:
        return
    if module.bias is not None:
        module.bias.zero_()


def new_parameters(module):
    mean = {nn.Conv2d: 0.0, nn.ConvTranspose2d: 0.0, nn.BatchNorm2d: 1.0}.get(
        type(module)
    )
    if mean is None or module.weight is None:
        return None
    module.weight = nn.Parameter(mean + 0.02 * torch.randn(module.weight.shape))
    if module.bias is not None:
        module.bias = nn.Parameter(torch.zeros(module.bias.shape))
    return module


def whole_network(module):
    """Goes through the children itself: apply then does the work several times."""
    for part in module.modules():
        plain(part)


def matching(module):
    match module:
        case nn.Conv2d() | nn.ConvTranspose2d():
            nn.init.trunc_normal_(module.weight, std=0.02)
        case nn.BatchNorm2d(affine=True):
            nn.init.normal_(module.weight, mean=1, std=0.02)
        case _:
            return
    for name, weight in module.named_parameters(recurse=False):
        if name == "bias":
            nn.init.constant_(weight, 0.0)


def from_numpy(module):
    if isinstance(module, (*CONVS, *NORMS)) and module.weight is not None:
        rng = np.random.default_rng()
        mean = float(isinstance(module, NORMS))
        values = rng.normal(mean, 0.02, tuple(module.weight.shape))
        module.weight.data = torch.from_numpy(values).float()
        if module.bias is not None:
            module.bias.data = torch.zeros_like(module.bias)


RIGHT = {
    "plain": plain,
    "by name": by_name,
    "in place": in_place,
    "new parameters": new_parameters,
    "whole network": whole_network,
    "matching": matching,
    "from numpy": from_numpy,
}

# --- wrong -----------------------------------------------------------------------


def with_(
    conv=(0.0, 0.02), norm=(1.0, 0.02), convs=CONVS, norms=nn.BatchNorm2d, bias=0.0
):
    """plain with other numbers or kinds of layers; None draws nothing."""

    def change(module):
        numbers = None
        if isinstance(module, convs):
            numbers = conv
        elif isinstance(module, norms) and module.affine:
            numbers = norm
        if numbers is not None:
            nn.init.normal_(module.weight, *numbers)
        known = isinstance(module, (*convs, norms)) and bias is not None
        if known and module.bias is not None:
            nn.init.constant_(module.bias, bias)

    return change


def filled(fill, norm=None):
    """plain, with `fill(weight)` for convolutions and `norm(weight)` for BatchNorm."""

    def change(module):
        plain(module)
        if isinstance(module, CONVS):
            fill(module.weight)
        if norm is not None and isinstance(module, nn.BatchNorm2d) and module.affine:
            norm(module.weight)

    return change


def nothing(module):
    pass


def forgets_none(module):
    if isinstance(module, CONVS):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d) and module.affine:
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def no_affine(module):
    if isinstance(module, CONVS):
        plain(module)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def every_module(module):
    nn.init.normal_(module.weight, 0.0, 0.02)


def all_with_weight(module):
    if getattr(module, "weight", None) is not None:
        nn.init.normal_(module.weight, 0.0, 0.02)
    if getattr(module, "bias", None) is not None:
        nn.init.zeros_(module.bias)


def linear_too(module):
    plain(module)
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.02)


def linear_bias(module):
    plain(module)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)


def reseeds(module):
    torch.manual_seed(42)
    plain(module)


def a_tensor(module):
    if isinstance(module, CONVS):
        module.weight = torch.randn(module.weight.shape) * 0.02


def leaf(module):
    if isinstance(module, CONVS):
        module.weight.normal_(0.0, 0.02)


def double(module):
    plain(module)
    if isinstance(module, CONVS):
        module.weight.data = module.weight.data.double()


def frozen(module):
    plain(module)
    if isinstance(module, CONVS):
        module.weight.requires_grad_(False)


def scales(module):
    if isinstance(module, CONVS):
        module.weight.data *= 0.02
    plain_norm(module)


def plain_norm(module):
    if isinstance(module, nn.BatchNorm2d):
        plain(module)


def returns_new(module):
    if isinstance(module, CONVS):
        return 0.02 * torch.randn(module.weight.shape)
    return None


def tutorial(module):
    """As in many tutorials, where convolutions have no bias."""
    kind = module.__class__.__name__
    if kind.find("Conv2d") != -1 or kind.find("ConvT") != -1:
        nn.init.normal_(module.weight.data, 0.0, 0.02)
    elif kind.find("BatchNorm") != -1 and module.affine:
        nn.init.normal_(module.weight.data, 1.0, 0.02)
        nn.init.constant_(module.bias.data, 0)


def no_arguments():
    return None


WRONG = {
    "nothing": (nothing, "convolutions: weights left as they were"),
    "returns new": (returns_new, "convolutions: weights left as they were"),
    "mean and std swapped": (with_(conv=(0.02, 0.0)), "all the same number"),
    "normal_(w, 0.02)": (with_(conv=(0.02,)), "with a spread of 1"),
    "normal_(w)": (with_(conv=()), "with a spread of 1"),
    "std 0.2": (with_(conv=(0.0, 0.2)), "another mean or spread"),
    "std 0.002": (with_(conv=(0.0, 0.002)), "another mean or spread"),
    "variance": (with_(conv=(0.0, 0.02**0.5)), "another mean or spread"),
    "std 0.025": (with_(conv=(0.0, 0.025)), "std 0.025; expected"),
    "conv around 1": (with_(conv=(1.0, 0.02)), "another mean or spread"),
    "zeros": (filled(nn.init.zeros_), "all the same number"),
    "uniform": (
        filled(lambda w: nn.init.uniform_(w, -0.0346, 0.0346)),
        "not from a normal",
    ),
    "xavier": (filled(nn.init.xavier_normal_), "another mean or spread"),
    "kaiming": (filled(nn.init.kaiming_normal_), "another mean or spread"),
    "orthogonal": (filled(nn.init.orthogonal_), "another mean or spread"),
    "scaled": (scales, "another mean or spread"),
    "transposed forgotten": (
        with_(convs=(nn.Conv2d,)),
        "transposed convolutions: weights left",
    ),
    "conv forgotten": (
        with_(convs=(nn.ConvTranspose2d,)),
        "convolutions: weights left as they were",
    ),
    "BatchNorm forgotten": (
        with_(norm=None, norms=nn.Fold),
        "BatchNorm layers: weights left",
    ),
    "BatchNorm around 0": (with_(norm=(0.0, 0.02)), "drawn around .*, not around 1"),
    "BatchNorm constant": (
        with_(norm=(1.0, 0.0)),
        "BatchNorm layers: weights all the same",
    ),
    "BatchNorm spread 1": (with_(norm=(1.0, 1.0)), "another mean or spread"),
    "BatchNorm std 0.2": (with_(norm=(1.0, 0.2)), "another mean or spread"),
    "BatchNorm0.02": (with_(norm=(0.02,)), "drawn with a spread of 1"),
    "only BatchNorm1d": (with_(norms=nn.BatchNorm1d), "BatchNorm layers: weights left"),
    "biases forgotten": (with_(bias=None), "convolutions: biases are not 0"),
    "biases 0.02": (with_(bias=0.02), "convolutions: biases are not 0"),
    "tutorial": (tutorial, "convolutions: biases are not 0"),
    "bias None": (forgets_none, "without a bias"),
    "affine=False": (no_affine, "without a bias or a weight|it is None"),
    "every module": (every_module, "a weight in every module"),
    "all with a weight": (all_with_weight, "drawn around .*, not around 1"),
    "Linear too": (linear_too, "a Linear layer is changed"),
    "bias of Linear": (linear_bias, "a Linear layer is changed"),
    "reseeds": (reseeds, "exactly the same weights"),
    "equal channels": (
        filled(lambda w: w.data.copy_(w.data[:1].expand_as(w))),
        "exactly the same weights",
    ),
    "double exponential": (
        filled(
            lambda w: w.data.copy_(
                torch.distributions.Laplace(0, 0.01414).sample(w.shape)
            )
        ),
        "not from a normal",
    ),
    "BatchNorm left at 1": (
        filled(lambda w: None, nn.init.ones_),
        "BatchNorm layers: weights all the same",
    ),
    "positive": (filled(lambda w: w.data.abs_()), "another mean or spread"),
    "a tensor": (a_tensor, "no Parameter"),
    "leaf": (leaf, "as if it were part of a computation"),
    "double": (double, "no float32 parameters"),
    "frozen": (frozen, "no float32 parameters"),
    "no arguments": (no_arguments, "arguments"),
}
