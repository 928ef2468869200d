"""Implementations of `nearest_neighbours`, right and wrong."""

import numpy as np
import torch
from scipy.spatial import KDTree
from torch.nn import functional as F


def in_chunks(fake_features, real_features, chunk=100):
    parts = []
    for start in range(0, len(fake_features), chunk):
        part = fake_features[start : start + chunk]
        parts.append(torch.cdist(part, real_features).argmin(dim=1))
    return torch.cat(parts)


def one_by_one(fake_features, real_features):
    return torch.stack(
        [(real_features - fake).square().sum(1).argmin() for fake in fake_features]
    )


def expanded(f, r):
    squares = (f**2).sum(1, keepdim=True) - 2 * f @ r.T + (r**2).sum(1)
    return squares.min(dim=1).indices


def over_real_chunks(f, r, chunk=500):
    best = torch.full((len(f),), float("inf"), dtype=f.dtype)
    index = torch.zeros(len(f), dtype=torch.long)
    for start in range(0, len(r), chunk):
        distance, place = torch.cdist(f, r[start : start + chunk]).min(1)
        nearer = distance < best
        best = torch.where(nearer, distance, best)
        index = torch.where(nearer, place + start, index)
    return index


RIGHT = {
    "cdist": lambda fake_features, real_features: torch.cdist(
        fake_features, real_features
    ).argmin(1),
    "broadcast": lambda f, r: (f[:, None] - r[None]).norm(dim=-1).argmin(dim=-1),
    "squares": lambda f, r: (f[:, None] - r).square().sum(2).argmin(1),
    "expanded": expanded,
    "chunks": in_chunks,
    "chunks of real images": over_real_chunks,
    "one by one": one_by_one,
    "topk": lambda f, r: torch.cdist(f, r).topk(1, largest=False).indices.squeeze(1),
    "sort": lambda f, r: torch.cdist(f, r).argsort(dim=1)[:, 0],
    "other axis": lambda f, r: torch.cdist(r, f).argmin(0),
    "tree": lambda f, r: torch.from_numpy(KDTree(r.numpy()).query(f.numpy())[1]),
    "numpy array": lambda f, r: KDTree(r.numpy()).query(f.numpy())[1],
    "list": lambda f, r: torch.cdist(f, r).argmin(1).tolist(),
    "int32": lambda f, r: torch.cdist(f, r).argmin(1).int(),
    "float32 only": lambda f, r: torch.cdist(f.float(), r).argmin(1),
    "in float64": lambda f, r: torch.cdist(f.double(), r.double()).argmin(1),
    "negative": lambda f, r: (-torch.cdist(f, r)).argmax(1),
    "exponential": lambda f, r: torch.cdist(f, r).neg().softmax(1).argmax(1),
}


def no_return(f, r):
    torch.cdist(f, r).argmin(1)


def in_place(f, r):
    f -= r.mean(0)
    return torch.cdist(f, r - r.mean(0)).argmin(1)


def forgetful_chunks(f, r):
    best = torch.full((len(f),), float("inf"), dtype=f.dtype)
    index = torch.zeros(len(f), dtype=torch.long)
    for start in range(0, len(r), 500):
        distance, place = torch.cdist(f, r[start : start + 500]).min(1)
        index = torch.where(distance < best, place, index)
        best = torch.minimum(best, distance)
    return index


def last_chunk_lost(f, r):
    chunks = [f[i * 500 : (i + 1) * 500] for i in range(max(1, len(f) // 500))]
    return torch.cat([torch.cdist(chunk, r).argmin(1) for chunk in chunks])


def without_own(f, r):
    table = torch.cdist(f, r)
    if len(f) == len(r):
        table.fill_diagonal_(float("inf"))
    return table.argmin(1)


def without_copies(f, r):
    table = torch.cdist(f.double(), r.double())
    table[table < 1e-3] = float("inf")
    return table.argmin(1)


def second(f, r):
    return torch.cdist(f, r).argsort(1)[:, min(1, len(r) - 1)]


def one_for_all(f, r):
    return torch.cdist(f, r).argmin() % len(r) + 0 * torch.arange(len(f))


WRONG = {
    "swapped": (lambda f, r: torch.cdist(f, r).argmin(0), r"for each real image"),
    "swapped arguments": (lambda r, f: torch.cdist(f, r).argmin(1), r"for each real"),
    "farthest": (lambda f, r: torch.cdist(f, r).argmax(1), r"farthest"),
    "cosine": (
        lambda f, r: (F.normalize(f) @ F.normalize(r).T).argmax(1), r"\(cosine\)",
    ),
    "cosine distance, largest": (
        lambda f, r: (1 - F.normalize(f) @ F.normalize(r).T).argmax(1),
        r"most opposite",
    ),
    "dot product": (lambda f, r: (f @ r.T).argmax(1), r"largest dot product"),
    "smallest dot product": (lambda f, r: (f @ r.T).argmin(1), r"smallest dot"),
    "L1": (lambda f, r: torch.cdist(f, r, p=1).argmin(1), r"\(L1\)"),
    "L1 by hand": (lambda f, r: (f[:, None] - r).abs().sum(2).argmin(1), r"\(L1\)"),
    "largest difference": (
        lambda f, r: torch.cdist(f, r, p=float("inf")).argmin(1),
        r"largest difference only",
    ),
    "no squares": (
        lambda f, r: (f[:, None] - r).sum(2).argmin(1), r"differences cancel",
    ),
    "no squares, abs at the end": (
        lambda f, r: (f[:, None] - r).mean(2).abs().argmin(1), r"differences cancel",
    ),
    "no factor 2": (
        lambda f, r: (
            (f**2).sum(1, keepdim=True) + (r**2).sum(1) - f @ r.T
        ).argmin(1),
        r"the 2 is missing",
    ),
    "drops a feature": (
        lambda f, r: torch.cdist(f[:, : max(1, f.shape[1] - 1)], r[:, : max(1, f.shape[1] - 1)]).argmin(1),
        r"not the nearest",
    ),
    "L3": (lambda f, r: torch.cdist(f, r, p=3).argmin(1), r"not the nearest"),
    "lengths": (
        lambda f, r: (f.norm(dim=1)[:, None] - r.norm(dim=1)).abs().argmin(1),
        r"lengths, not places",
    ),
    "first feature": (
        lambda f, r: (f[:, :1] - r[:, 0]).abs().argmin(1), r"first feature only",
    ),
    "second nearest": (second, r"second nearest"),
    "not its own number": (without_own, r"leaves out|same number"),
    "copies left out": (without_copies, r"copies are left out"),
    "own number": (lambda f, r: torch.arange(len(f)), r"its own number"),
    "centred": (
        lambda f, r: torch.cdist(f - f.mean(0), r - r.mean(0)).argmin(1),
        r"centred on its own mean",
    ),
    "one side rescaled": (
        lambda f, r: torch.cdist(F.normalize(f), r).argmin(1), r"only the fakes",
    ),
    "from 1": (lambda f, r: torch.cdist(f, r).argmin(1) + 1, r"count from 1"),
    "sorted": (lambda f, r: torch.cdist(f, r).argmin(1).sort().values, r"sorted"),
    "unique": (lambda f, r: torch.cdist(f, r).argmin(1).unique(), r"the shape is"),
    "one for all": (one_for_all, r"not the nearest"),
    "flat index": (lambda f, r: torch.cdist(f, r).argmin(), r"the shape is \(\)"),
    "distances": (lambda f, r: torch.cdist(f, r).amin(1), r"returns the distances"),
    "squared distances": (
        lambda f, r: (f[:, None] - r).square().sum(2).amin(1),
        r"returns the distances",
    ),
    "both": (lambda f, r: torch.cdist(f, r).min(1), r"not a tensor of indices"),
    "features": (
        lambda f, r: r[torch.cdist(f, r).argmin(1)], r"the shape is \(4, 1\)",
    ),
    "column": (
        lambda f, r: torch.cdist(f, r).argmin(1, keepdim=True),
        r"the shape is \(4, 1\), not \(4,\)(.*\n)+.*left over",
    ),
    "squeezed": (
        lambda f, r: torch.cdist(f, r).argmin(1).squeeze(), r"the shape is \(\)",
    ),
    "floats": (
        lambda f, r: torch.cdist(f, r).argmin(1).float(), r"float32 numbers, not the",
    ),
    "by the sum over images": (
        lambda f, r: (f[:, None] - r).square().sum(0).argmin(1), r"for each real",
    ),
    "row by row": (lambda f, r: (f - r).norm(dim=1).argmin(), r"image by image"),
    "axis of features": (lambda f, r: (f.T @ r).argmin(1), r"do not fit"),
    "chunk numbers": (forgetful_chunks, r"right for few images"),
    "last chunk lost": (last_chunk_lost, r"the shape is \(1000,\)"),
    "first hundred": (
        lambda f, r: torch.cdist(f, r[:100]).argmin(1), r"right for few images",
    ),
    "no return": (no_return, r"returns nothing"),
    "in place": (in_place, r"changes the features"),
    "random": (
        lambda f, r: torch.randint(len(r), (len(f),)), r"not the nearest|two calls",
    ),
    "zeros": (lambda f, r: torch.zeros(len(f), dtype=torch.long), r"not the nearest"),
    "rounded": (lambda f, r: torch.cdist(f.round(), r.round()).argmin(1), r"nearest"),
    "each standardised": (
        lambda f, r: torch.cdist(
            (f - f.mean(0)) / f.std(0, correction=0).clamp(min=1e-12)
            if len(f) > 1 else f - f.mean(0),
            (r - r.mean(0)) / r.std(0, correction=0).clamp(min=1e-12)
            if len(r) > 1 else r - r.mean(0),
        ).argmin(1),
        r"rescaled by itself",
    ),
    "numpy, farthest": (
        lambda f, r: np.linalg.norm(f.numpy()[:, None] - r.numpy(), axis=2).argmax(1),
        r"farthest",
    ),
}  # fmt: skip
