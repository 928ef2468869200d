"""DCGAN Lab: a small library to learn, teach and train GANs with.

`import labkit` alone loads nothing heavy; each name below is loaded on first use.
"""

import importlib
from typing import Any

_HOMES = {
    "load": "data",
    "Critic": "models",
    "DCGANCritic": "dcgan",
    "DCGANGenerator": "dcgan",
    "GAN": "models",
    "Generator": "models",
    "critic_block": "models",
    "init_weights": "models",
    "upsample_block": "models",
    "critic_loss": "losses",
    "generator_loss": "losses",
    "minimax_generator_loss": "losses",
    "critic_step": "training",
    "generator_step": "training",
    "make_optimizers": "training",
    "resume": "training",
    "train": "training",
    "sample": "latent",
    "interpolate": "latent",
    "invert": "inversion",
    "lerp": "latent",
    "slerp": "latent",
    "load_generator": "export",
    "save_generator": "export",
}
_MODULES = {
    "clinic",
    "data",
    "latent",
    "show",
    "metrics",
    "losses",
    "models",
    "training",
    "runtime",
    "zoo",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"labkit.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f"labkit.{name}")
    raise AttributeError(f"module 'labkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_MODULES])
