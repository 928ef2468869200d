"""Implementations of `mode_coverage`, right and wrong."""

from collections import Counter

import numpy as np
import torch
from torch.nn import functional as F


def by_loop(labels, num_classes):
    seen = 0
    for c in range(num_classes):
        if (labels == c).any():
            seen += 1
    return seen / num_classes


def by_mask(labels, num_classes):
    seen = torch.zeros(num_classes, dtype=torch.bool)
    seen[labels] = True
    return seen.float().mean()


RIGHT = {
    "unique": lambda labels, num_classes: len(labels.unique()) / num_classes,
    "bincount": lambda labels, num_classes: (
        (torch.bincount(labels, minlength=num_classes) > 0).float().mean()
    ),
    "set of ints": lambda y, k: len(set(y.tolist())) / k,
    "set of items": lambda y, k: len({int(label) for label in y}) / k,
    "one hot": lambda y, k: F.one_hot(y, k).any(0).float().mean().item(),
    "numpy": lambda y, k: np.unique(y.numpy()).size / k,
    "Counter": lambda y, k: len(Counter(y.tolist())) / k,
    "loop": by_loop,
    "mask": by_mask,
    "histogram": lambda y, k: (
        torch.histc(y.float(), bins=k, min=0, max=k - 1) > 0
    ).sum() / k,
    "sorted": lambda y, k: (1 + (y.sort().values.diff() != 0).sum().item()) / k,
    "isin": lambda y, k: torch.isin(torch.arange(k), y).double().mean(),
    "a count": lambda labels, num_classes: len(labels.unique()),
    "a count, tensor": lambda y, k: (torch.bincount(y, minlength=k) > 0).sum(),
}  # fmt: skip


def no_return(labels, num_classes):
    len(labels.unique()) / num_classes


def in_place(labels, num_classes):
    labels.copy_(labels.sort().values)
    return (1 + (labels.diff() != 0).sum()) / num_classes


def entropy(y, k):
    shares = torch.bincount(y, minlength=k) / len(y)
    return torch.special.entr(shares).sum()


ONES = r"counts the labels, not the classes"
WRONG = {
    "set of tensors": (lambda y, k: len(set(y)) / k, ONES),
    "number of labels": (lambda y, k: len(y), ONES),
    "labels per class": (lambda y, k: len(y) / k, ONES),
    "largest label": (lambda y, k: (y.max() + 1) / k, r"largest label only"),
    "largest label, count": (lambda y, k: y.max().item() + 1, r"largest label only"),
    "bincount, mean": (
        lambda y, k: (torch.bincount(y) > 0).float().mean(), r"up to the largest",
    ),
    "length of bincount": (lambda y, k: len(torch.bincount(y)), r"largest label only"),
    "range": (lambda y, k: (y.max() - y.min() + 1) / k, r"range of the labels"),
    "over the labels": (
        lambda y, k: len(y.unique()) / len(y), r"number of labels, not of classes",
    ),
    "without class 0": (
        lambda y, k: len(y[y > 0].unique()) / k, r"class 0 is not counted",
    ),
    "nonzero": (lambda y, k: y.count_nonzero() / len(y), r"labels that are not 0"),
    "missing": (lambda y, k: k - len(y.unique()), r"that are missing"),
    "share missing": (lambda y, k: 1 - len(y.unique()) / k, r"that are missing"),
    "twice or more": (
        lambda y, k: (torch.bincount(y, minlength=k) > 1).float().mean(),
        r"occur once are not counted",
    ),
    "exactly once": (
        lambda y, k: (torch.bincount(y, minlength=k) == 1).float().mean(),
        r"counts classes that occur once",
    ),
    "fair share": (
        lambda y, k: (torch.bincount(y, minlength=k) >= len(y) / k).float().mean(),
        r"rare classes",
    ),
    "neighbours": (
        lambda y, k: len(y.unique_consecutive()) / k, r"neighbouring labels differ",
    ),
    "one less": (lambda y, k: (len(y.unique()) - 1) / k, r"one class too few"),
    "one more": (lambda y, k: (len(y.unique()) + 1) / k, r"one class too many"),
    "percent": (lambda y, k: 100 * len(y.unique()) / k, r"these are percent"),
    "floor": (lambda y, k: len(y.unique()) // k, r"thrown away \(//\)"),
    "all or nothing": (lambda y, k: len(y.unique()) == k, r"only says whether"),
    "most frequent": (
        lambda y, k: torch.bincount(y).max() / len(y), r"most frequent class",
    ),
    "entropy": (entropy, r"is the entropy"),
    "relative entropy": (
        lambda y, k: entropy(y, k) / np.log(k), r"is the entropy",
    ),
    "perplexity": (lambda y, k: entropy(y, k).exp() / k, r"exponential of the entropy"),
    "divergence": (
        lambda y, k: np.log(k) - entropy(y, k).item(), r"divergence from even",
    ),
    "the classes": (lambda y, k: y.unique(), r"shape \(4,\), not one number"),
    "a table": (
        lambda y, k: torch.bincount(y, minlength=k) > 0, r"shape \(10,\), not one",
    ),
    "list": (lambda y, k: y.unique().tolist(), r"a list, not one number"),
    "no return": (no_return, r"returns nothing"),
    "in place": (in_place, r"changes the labels"),
    "always one": (lambda y, k: 1.0, r"all classes, whatever"),
    "ten classes": (lambda y, k: len(y.unique()) / 10, r"not the share|count for some"),
    "loop misses the last": (
        lambda y, k: sum(bool((y == c).any()) for c in range(k - 1)) / k,
        r"not the share",
    ),
    "loop from 1": (
        lambda y, k: sum(bool((y == c).any()) for c in range(1, k)) / k,
        r"class 0 is not counted",
    ),
    "rounded": (lambda y, k: round(len(y.unique()) / k, 1), r"not the share"),
    "average label": (lambda y, k: y.float().mean(), r"averages the labels"),
    "swapped": (lambda k, y: len(y.unique()) / k, r"error|AttributeError"),
}  # fmt: skip
