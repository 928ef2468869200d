"""The Fréchet distance of lab 09 in numpy, and what students write instead."""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Formula = Callable[[Array, Array, Array, Array], float]


def root(cov: Array) -> Array:
    """The symmetric root of a covariance."""
    values, vectors = np.linalg.eigh(cov)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def parts(mean_a: Array, cov_a: Array, mean_b: Array, cov_b: Array) -> tuple:
    """What the means and what the spreads add to the distance."""
    spread = np.trace(cov_a) + np.trace(cov_b) - 2 * _cross(cov_a, cov_b)
    return float(((mean_a - mean_b) ** 2).sum()), max(float(spread), 0.0)


def _cross(a: Array, b: Array) -> float:
    """Trace of (AB)^½."""
    values = np.linalg.eigvalsh(root(a) @ b @ root(a))
    return float(np.sqrt(np.maximum(values, 0)).sum())


def _with(
    cross: Callable[[Array, Array], float], times: float = 2, square: bool = True
) -> Formula:
    """The distance with something else in place of the trace of (AB)^½."""

    def formula(m: Array, a: Array, n: Array, b: Array) -> float:
        mean = ((m - n) ** 2).sum() if square else np.linalg.norm(m - n)
        return float(mean + np.trace(a) + np.trace(b) - times * cross(a, b))

    return formula


def _sorted(a: Array, b: Array) -> float:
    both = (np.maximum(np.linalg.eigvalsh(c), 0) for c in (a, b))
    return float(np.sqrt(next(both) * next(both)).sum())


def _all(m: Array, a: Array, n: Array, b: Array) -> float:
    values, vectors = np.linalg.eig(a @ b)
    full = (vectors * np.sqrt(values + 0j) @ np.linalg.inv(vectors)).real
    return float(((m - n) ** 2).sum() + (a + b - 2 * full).sum())


def _kl(m: Array, a: Array, n: Array, b: Array) -> float:
    inverse, away = np.linalg.inv(b), n - m
    logs = np.linalg.slogdet(b)[1] - np.linalg.slogdet(a)[1]
    return float((np.trace(inverse @ a) + away @ inverse @ away - len(m) + logs) / 2)


def right(m: Array, a: Array, n: Array, b: Array) -> float:
    """The squared distance."""
    return sum(parts(m, a, n, b))


ASK_ROOT = "Try: the root R of a matrix C has R @ R = C. Check yours on a turned one."
ASK_MEANS = "Try: two clouds without spread, at 0 and at 3: what is their distance?"
ASK_SAME = "Try: what does your formula give for two equal clouds?"
MISTAKES: tuple[tuple[Formula, str, str], ...] = (
    (lambda *c: np.sqrt(right(*c)), "this is the distance, the squared one is asked for",
     "Try: which of the two is called FID?"),
    (_with(_cross, square=False), "the part of the means is not squared", ASK_MEANS),
    (lambda *c: parts(*c)[1], "the part of the means is missing", ASK_MEANS),
    (lambda *c: parts(*c)[0], "only the means are compared",
     "Try: is a generator whose images are all alike at distance 0?"),
    (lambda *c: parts(*c)[0] / len(c[0]) + parts(*c)[1],
     "the means are averaged over the features, not added up", ASK_MEANS),
    (lambda *c: sum(parts(*c)) / len(c[0]), "it is divided by the number of features",
     ASK_MEANS),
    (lambda *c: np.abs(c[0] - c[2]).sum() + parts(*c)[1],
     "the part of the means is not squared", ASK_MEANS),
    (lambda *c: (c[0] - c[2]).sum() ** 2 + parts(*c)[1],
     "the differences of the means are added up before squaring", ASK_MEANS),
    (lambda *c: ((c[0] + c[2]) ** 2).sum() + parts(*c)[1],
     "the means are added, not subtracted", ASK_SAME),
    (lambda *c: parts(*c)[0] + np.trace(c[1]) + np.trace(c[3]) + 2 * _cross(c[1], c[3]),
     "the mixed term is added, not taken away", ASK_SAME),
    (_with(_cross, times=1), "the factor 2 is missing", ASK_SAME),
    (lambda *c: parts(*c)[0] + np.trace(c[1]) + np.trace(c[3]),
     "the mixed term is missing", ASK_SAME),
    (lambda *c: parts(*c)[0] - parts(*c)[1], "the part of the spreads has the wrong sign",
     "Try: can a distance get smaller when the spreads differ more?"),
    (lambda *c: 2 * right(*c), "everything counts twice", ASK_MEANS),
    (lambda *c: right(*c) / 2, "everything counts half", ASK_MEANS),
    (_with(lambda a, b: np.trace(a @ b)), "the root of the product is missing",
     "Try: the unit of a variance is a square. Which unit has a product of two?"),
    (_with(lambda a, b: np.sqrt(np.trace(a @ b))),
     "the root is taken of the trace, not of the matrix", ASK_ROOT),
    (_with(lambda a, b: np.sqrt(np.maximum(np.diag(a @ b), 0)).sum()),
     "the root is taken number by number, not of the matrix", ASK_ROOT),
    (_with(lambda a, b: np.sqrt(np.diag(a @ b)).sum()),
     "the root is taken number by number, not of the matrix", ASK_ROOT),
    (_with(lambda a, b: np.sqrt(np.abs(np.diag(a @ b))).sum()),
     "the root is taken number by number, not of the matrix", ASK_ROOT),
    (_with(lambda a, b: np.sqrt(np.diag(a) * np.diag(b)).sum()),
     "only the diagonals are used, as if features did not hang together",
     "Try: turn both clouds by 45°. Should the distance change?"),
    (_with(lambda a, b: np.trace(root(a) @ root(b))),
     "the product of two roots is not the root of the product",
     "Try: is the root of A @ B equal to root(A) @ root(B) for turned clouds?"),
    (_with(lambda a, b: np.trace(np.sqrt(np.abs(a)) @ np.sqrt(np.abs(b)))),
     "the roots are taken number by number, not of the matrices", ASK_ROOT),
    (_with(lambda a, b: np.trace(np.sqrt(np.maximum(a, 0)) @ np.sqrt(np.maximum(b, 0)))),
     "the roots are taken number by number, not of the matrices", ASK_ROOT),
    (_with(lambda a, b: np.trace(a) ** 0.5 * np.trace(b) ** 0.5),
     "the root is taken of the traces, not of the matrix", ASK_ROOT),
    (_with(_sorted), "the eigenvalues are taken of each matrix alone, then multiplied",
     "Try: two long clouds, one lying, one standing: are they the same?"),
    (_with(lambda a, b: np.sqrt(np.linalg.svd(a @ b)[1]).sum()),
     "the singular values of A @ B are not its eigenvalues",
     "Try: which product of A and B is symmetric and has the same eigenvalues?"),
    (_with(lambda a, b: np.sqrt(np.maximum(np.linalg.eigvalsh(a @ b), 0)).sum()),
     "eigh and eigvalsh are for symmetric matrices; A @ B is not",
     "Try: which product of A and B is symmetric and has the same eigenvalues?"),
    (_with(lambda a, b: np.sqrt(np.abs(np.linalg.eigvalsh(a @ b))).sum()),
     "eigh and eigvalsh are for symmetric matrices; A @ B is not",
     "Try: which product of A and B is symmetric and has the same eigenvalues?"),
    (_with(lambda a, b: np.trace(root((a @ b + b @ a) / 2))),
     "(AB + BA)/2 is symmetric, but has other eigenvalues than AB",
     "Try: is root(A) @ B @ root(A) symmetric? Which eigenvalues has it?"),
    (_with(lambda a, b: np.trace(root(a + b))), "the root is taken of a sum",
     "Try: which two matrices stand under the root, and what joins them?"),
    (_all, "all entries are added up, where the trace is asked for",
     "Try: which entries of a matrix does the trace add up?"),
    (lambda m, a, n, b: ((m - n) ** 2).sum() + ((a - b) ** 2).sum(),
     "covariances are compared entry by entry, without a root",
     "Try: in one dimension, are variances or deviations subtracted?"),
    (lambda m, a, n, b: ((m - n) ** 2).sum() + np.trace(a - b),
     "the spreads are subtracted without their roots",
     "Try: can your part of the spreads be below 0?"),
    (lambda m, a, n, b: ((m - n) ** 2).sum() + abs(np.trace(a - b)),
     "the spreads are subtracted without their roots",
     "Try: in one dimension, are variances or deviations subtracted?"),
    (lambda m, a, n, b: right(m, a @ a, n, b @ b),
     "the covariances are squared, as if they were deviations",
     "Try: which unit has a covariance, that of a feature or its square?"),
    (_kl, "this is a Kullback–Leibler divergence",
     "Try: what does your formula give for a cloud without spread?"),
)  # fmt: skip
