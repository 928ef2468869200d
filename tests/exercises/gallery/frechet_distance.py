"""Implementations of `frechet_distance`, right and wrong."""

import math

import numpy as np
import scipy.linalg
import torch


def by_eigh(mean_a, cov_a, mean_b, cov_b):
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    away = (mean_a - mean_b) ** 2
    return away.sum() + torch.trace(cov_a) + torch.trace(cov_b) - 2 * cross


def by_sqrtm(mean_a, cov_a, mean_b, cov_b):
    root = scipy.linalg.sqrtm(cov_a.numpy() @ cov_b.numpy())
    if np.iscomplexobj(root):
        root = root.real
    away = (mean_a - mean_b).numpy()
    return float(away @ away + np.trace(cov_a + cov_b) - 2 * np.trace(root))


def with_offset(mean_a, cov_a, mean_b, cov_b, eps=1e-6):
    a, b = cov_a.numpy(), cov_b.numpy()
    root = scipy.linalg.sqrtm(a @ b)
    if not np.isfinite(root).all():
        offset = np.eye(len(a)) * eps
        root = scipy.linalg.sqrtm((a + offset) @ (b + offset))
    away = mean_a.numpy() - mean_b.numpy()
    return away.dot(away) + np.trace(a) + np.trace(b) - 2 * np.trace(root.real)


def by_eigvals(mean_a, cov_a, mean_b, cov_b):
    roots = torch.linalg.eigvals(cov_a @ cov_b).sqrt().real.sum()
    return (mean_a - mean_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * roots


def by_svd(mean_a, cov_a, mean_b, cov_b):
    def root(cov):
        u, s, v = torch.linalg.svd(cov)
        return u * s.sqrt() @ v

    cross = torch.linalg.matrix_norm(root(cov_a) @ root(cov_b), "nuc")
    spread = cov_a.trace() + cov_b.trace() - 2 * cross
    return (torch.dist(mean_a, mean_b) ** 2 + spread).item()


def by_newton_schulz(mean_a, cov_a, mean_b, cov_b, steps=15):
    product = cov_a @ cov_b
    norm = torch.linalg.norm(product)
    eye = torch.eye(len(product), dtype=product.dtype)
    y, z = product / norm, eye
    for _ in range(steps):
        t = (3 * eye - z @ y) / 2
        y, z = y @ t, t @ z
    cross = torch.trace(y * norm.sqrt())
    away = mean_a - mean_b
    return torch.dot(away, away) + torch.trace(cov_a + cov_b) - 2 * cross


def by_psd_roots(mean_a, cov_a, mean_b, cov_b):
    a, b = np.asarray(cov_a, dtype=np.float64), np.asarray(cov_b, dtype=np.float64)
    values, vectors = np.linalg.eigh(a)
    half = vectors @ np.diag(np.sqrt(np.abs(values))) @ vectors.T
    inner = scipy.linalg.sqrtm(half @ b @ half)
    mean = np.sum((np.asarray(mean_a) - np.asarray(mean_b)) ** 2)
    return torch.tensor(mean + np.trace(a + b - 2 * np.real(inner)))


def never_negative(mean_a, cov_a, mean_b, cov_b):
    return max(float(by_eigh(mean_a, cov_a, mean_b, cov_b)), 0.0)


def with_arrays_that_must_be_real(mean_a, cov_a, mean_b, cov_b):
    m, n = np.atleast_1d(mean_a), np.atleast_1d(mean_b)
    a, b = np.atleast_2d(cov_a), np.atleast_2d(cov_b)
    root = scipy.linalg.sqrtm(a.dot(b))
    if np.iscomplexobj(root):
        if not np.allclose(np.diagonal(root).imag, 0, atol=1e-3):
            raise ValueError("imaginary part")
        root = root.real
    return (m - n).dot(m - n) + np.trace(a) + np.trace(b) - 2 * np.trace(root)


def in_complex_numbers(mean_a, cov_a, mean_b, cov_b):
    values, vectors = torch.linalg.eig(cov_a.to(torch.complex128))
    root = vectors @ torch.diag(values.sqrt()) @ torch.linalg.inv(vectors)
    inner = torch.linalg.eigvals(root @ cov_b.to(torch.complex128) @ root)
    mean = torch.sum((mean_a - mean_b).pow(2))
    return mean + torch.trace(cov_a) + torch.trace(cov_b) - 2 * inner.sqrt().sum().real


class Distance:
    def __call__(self, mean_a, cov_a, mean_b, cov_b):
        return by_eigh(mean_b, cov_b, mean_a, cov_a)


def by_newton_schulz_in_float32(mean_a, cov_a, mean_b, cov_b):
    product = cov_a @ cov_b
    norm, eye = torch.linalg.norm(product), torch.eye(len(product))
    y, z = product / norm, eye
    for _ in range(12):
        t = (3 * eye - z @ y) / 2
        y, z = y @ t, t @ z
    cross = torch.trace(y) * norm.sqrt()
    return (mean_a - mean_b).norm() ** 2 + torch.trace(cov_a + cov_b) - 2 * cross


RIGHT = {
    "Newton-Schulz in float32": by_newton_schulz_in_float32,
    "eigh": by_eigh,
    "sqrtm": by_sqrtm,
    "sqrtm with an offset": with_offset,
    "eigvals": by_eigvals,
    "svd": by_svd,
    "Newton-Schulz": by_newton_schulz,
    "roots in numpy": by_psd_roots,
    "never negative": never_negative,
    "arrays, must be real": with_arrays_that_must_be_real,
    "complex, then real": in_complex_numbers,
    "object, swapped": Distance(),
    "default arguments": lambda mean_a, cov_a, mean_b, cov_b, eps=0.0: by_eigh(
        mean_a, cov_a, mean_b, cov_b
    ),
    "numpy float": lambda *clouds: np.float64(by_eigh(*clouds)),
}


def away(m, n):
    return (m - n).square().sum()


def sqrtm(matrix):
    return torch.from_numpy(np.real(scipy.linalg.sqrtm(matrix.numpy())))


def with_cross(cross, times=2):
    def distance(m, a, n, b):
        return away(m, n) + a.trace() + b.trace() - times * cross(a, b)

    return distance


def product_root(a, b):
    return sqrtm(a @ b).trace()


def complex_root(m, a, n, b):
    values = torch.linalg.eigvals(a @ b)
    return away(m, n) + a.trace() + b.trace() - 2 * values.sqrt().sum()


def no_clamp(m, a, n, b):
    values, vectors = torch.linalg.eigh(a)
    root = vectors * values.sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ b @ root).sqrt().sum()
    return away(m, n) + a.trace() + b.trace() - 2 * cross


def without_transpose(m, a, n, b):
    values, vectors = torch.linalg.eigh(a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors
    cross = torch.linalg.eigvalsh(root @ b @ root).clamp(min=0).sqrt().sum()
    return away(m, n) + a.trace() + b.trace() - 2 * cross


def by_cholesky(m, a, n, b):
    low, other = torch.linalg.cholesky(a), torch.linalg.cholesky(b)
    cross = torch.linalg.matrix_norm(low.T @ other, "nuc")
    return away(m, n) + a.trace() + b.trace() - 2 * cross


def by_logarithm(m, a, n, b):
    values, vectors = torch.linalg.eigh(a)
    root = vectors * values.log().div(2).exp() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ b @ root).clamp(min=0).sqrt().sum()
    return away(m, n) + a.trace() + b.trace() - 2 * cross


def squeezed(m, a, n, b):
    return by_eigh(m.squeeze(), a.squeeze(), n.squeeze(), b.squeeze())


def no_return(m, a, n, b):
    by_eigh(m, a, n, b)


def in_place(m, a, n, b):
    m -= n
    return m.square().sum() + a.trace() + b.trace() - 2 * product_root(a, b)


def noisy(m, a, n, b):
    return by_eigh(m, a, n, b) + 0.1 * torch.rand(())


def great_offset(m, a, n, b):
    eye = torch.eye(len(a), dtype=a.dtype)
    return by_eigh(m, a + 0.05 * eye, n, b)


def with_inverse(m, a, n, b):
    inverse, d = torch.linalg.inv(b), n - m
    logs = torch.logdet(b) - torch.logdet(a)
    return (torch.trace(inverse @ a) + d @ inverse @ d - len(m) + logs) / 2


def torch_sqrtm(m, a, n, b):
    return away(m, n) + torch.trace(a + b - 2 * torch.linalg.sqrtm(a @ b))


ROOT = r"number by number"
WRONG = {
    "not squared": (lambda *c: by_eigh(*c).clamp(min=0).sqrt(), r"this is the distance"),
    "not squared, float": (
        lambda *c: math.sqrt(max(0.0, float(by_eigh(*c)))),
        r"this is the distance",
    ),
    "norm of the means": (
        lambda m, a, n, b: torch.dist(m, n) + a.trace() + b.trace() - 2 * product_root(a, b),
        r"means is not squared",
    ),
    "L1 of the means": (
        lambda m, a, n, b: (m - n).abs().sum() + by_eigh(m, a, m, b),
        r"means is not squared",
    ),
    "mean of squares": (
        lambda m, a, n, b: (m - n).square().mean() + by_eigh(m, a, m, b),
        r"averaged over the features",
    ),
    "no means": (lambda m, a, n, b: by_eigh(m, a, m, b), r"means is missing"),
    "only means": (lambda m, a, n, b: away(m, n), r"only the means"),
    "means added": (lambda m, a, n, b: by_eigh(m, a, -n, b), r"added, not subtracted"),
    "sum, then square": (
        lambda m, a, n, b: (m - n).sum() ** 2 + by_eigh(m, a, m, b),
        r"before squaring",
    ),
    "root missing": (with_cross(lambda a, b: (a @ b).trace()), r"root .* is missing"),
    "elementwise root": (
        with_cross(lambda a, b: (a @ b).clamp(min=0).sqrt().trace()), ROOT,
    ),
    "elementwise root, nan": (with_cross(lambda a, b: (a @ b).sqrt().trace()), ROOT),
    "elementwise product": (
        with_cross(lambda a, b: (a * b).sqrt().trace()), r"only the diagonals",
    ),
    "diagonals": (
        lambda m, a, n, b: away(m, n)
        + (a.diag().sqrt() - b.diag().sqrt()).square().sum(),
        r"only the diagonals",
    ),
    "product of roots": (
        with_cross(lambda a, b: (sqrtm(a) @ sqrtm(b)).trace()), r"product of two roots",
    ),
    "elementwise roots": (
        with_cross(lambda a, b: (a.clamp(min=0).sqrt() @ b.clamp(min=0).sqrt()).trace()),
        r"number by number",
    ),
    "root of the trace": (
        with_cross(lambda a, b: (a @ b).trace().sqrt()), r"root is taken of the trace",
    ),
    "root of traces": (
        with_cross(lambda a, b: (a.trace() * b.trace()).sqrt()), r"of the traces",
    ),
    "no factor": (with_cross(product_root, 1), r"factor 2"),
    "factor 4": (with_cross(product_root, 4), r"not right|one feature|equal"),
    "plus": (with_cross(product_root, -2), r"added, not taken away"),
    "no mixed term": (with_cross(product_root, 0), r"mixed term is missing"),
    "only one trace": (
        lambda m, a, n, b: away(m, n) + a.trace() - 2 * product_root(a, b),
        r"not right",
    ),
    "sum of all": (
        lambda m, a, n, b: away(m, n) + (a + b - 2 * sqrtm(a @ b)).sum(),
        r"all entries",
    ),
    "root of the sum": (
        with_cross(lambda a, b: sqrtm(a + b).trace()), r"taken of a sum",
    ),
    "entry by entry": (
        lambda m, a, n, b: away(m, n) + (a - b).square().sum(), r"entry by entry",
    ),
    "traces subtracted": (
        lambda m, a, n, b: away(m, n) + (a - b).trace().abs(), r"without their roots",
    ),
    "eigenvalues apart": (
        with_cross(
            lambda a, b: (torch.linalg.eigvalsh(a) * torch.linalg.eigvalsh(b))
            .clamp(min=0).sqrt().sum()
        ),
        r"each matrix alone",
    ),
    "singular values": (
        with_cross(lambda a, b: torch.linalg.svdvals(a @ b).sqrt().sum()),
        r"singular values",
    ),
    "eigvalsh of the product": (
        with_cross(
            lambda a, b: torch.linalg.eigvalsh(a @ b).clamp(min=0).sqrt().sum()
        ),
        r"A @ B is not",
    ),
    "made symmetric": (
        with_cross(lambda a, b: sqrtm((a @ b + b @ a) / 2).trace()),
        r"other eigenvalues than AB|turned",
    ),
    "deviations": (
        lambda m, a, n, b: by_eigh(m, a @ a, n, b @ b), r"as if they were deviations",
    ),
    "per feature": (lambda *c: by_eigh(*c) / len(c[0]), r"divided by the number"),
    "half": (lambda *c: by_eigh(*c) / 2, r"counts half"),
    "double": (lambda *c: 2 * by_eigh(*c), r"counts twice"),
    "spreads negative": (
        lambda m, a, n, b: away(m, n) - by_eigh(m, a, m, b), r"wrong sign",
    ),
    "complex": (complex_root, r"complex number"),
    "no clamp": (no_clamp, r"flat clouds break it|nan or inf"),
    "cholesky": (by_cholesky, r"full rank"),
    "logarithm": (by_logarithm, r"flat clouds"),
    "squeeze": (squeezed, r"no matrix"),
    "no return": (no_return, r"returns nothing"),
    "a matrix": (
        lambda m, a, n, b: away(m, n) + a + b - 2 * sqrtm(a @ b),
        r"shape \(1, 1\), not one number",
    ),
    "shape (1,)": (
        lambda *c: by_eigh(*c).reshape(1), r"shape \(1,\), not one number",
    ),
    "tuple": (lambda m, a, n, b: (away(m, n), a.trace()), r"a tuple, not one number"),
    "vectors not turned back": (without_transpose, r"right for one|right along"),
    "a twice": (lambda m, a, n, b: by_eigh(m, a, n, a), r"only the means"),
    "one root": (with_cross(lambda a, b: (sqrtm(a) @ b).trace()), r"not right"),
    "in place": (in_place, r"changes the statistics"),
    "noisy": (noisy, r"two calls"),
    "great offset": (great_offset, r"not right|one feature"),
    "KL": (with_inverse, r"Kullback"),
    "torch.linalg.sqrtm": (torch_sqrtm, r"torch has no sqrtm"),
    "rounded": (lambda *c: round(float(by_eigh(*c))), r"not right|one feature"),
    "zero": (lambda *c: 0.0, r"not right"),
    "means ignored in 1-D": (
        lambda m, a, n, b: by_eigh(m, a, n, b) if len(m) > 1 else away(m, n),
        r"not right",
    ),
}  # fmt: skip
