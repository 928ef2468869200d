"""What students look for instead of the nearest neighbour, in numpy."""

from collections.abc import Callable

import numpy as np

Guess = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _table(order: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def table(fake: np.ndarray, real: np.ndarray) -> np.ndarray:
        if order == 2:
            squares = (fake**2).sum(1)[:, None] + (real**2).sum(1)
            return np.sqrt(np.maximum(squares - 2 * fake @ real.T, 0))
        away = np.abs(fake[:, None] - real)
        return away.sum(2) if order == 1 else away.max(2)

    return table


distances = _table(2)


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def _standard(x: np.ndarray) -> np.ndarray:
    spread = x.std(0) if len(x) > 1 else 1
    return (x - x.mean(0)) / np.maximum(spread, 1e-12)


def _second(fake: np.ndarray, real: np.ndarray) -> np.ndarray:
    order = distances(fake, real).argsort(1)
    return order[:, min(1, order.shape[1] - 1)]


def _no_copies(fake: np.ndarray, real: np.ndarray) -> np.ndarray:
    table = distances(fake, real).copy()
    table[table < 1e-3] = np.inf
    return table.argmin(1)


def _not_own(fake: np.ndarray, real: np.ndarray) -> np.ndarray:
    table = distances(fake, real).copy()
    if table.shape[0] == table.shape[1]:
        np.fill_diagonal(table, np.inf)
    return table.argmin(1)


ASK_FORMULA = "Try: write the distance of (0, 0) to (3, 4) with your formula. Is it 5?"
ASK_NEAR = "Try: is a small value of your measure near or far?"
# What students look for instead, in what words, with what question.
MISTAKES: tuple[tuple[Guess, str, str], ...] = (
    (lambda f, r: distances(f, r).argmax(1), "it finds the farthest real image",
     ASK_NEAR),
    (lambda f, r: (f @ r.T).argmax(1), "it finds the largest dot product",
     "Try: with (1, 0), which dot product is larger: (1, 0)'s or (9, 9)'s?"),
    (lambda f, r: (f @ r.T).argmin(1), "it finds the smallest dot product", ASK_NEAR),
    (lambda f, r: (_unit(f) @ _unit(r).T).argmax(1),
     "it compares directions and forgets lengths (cosine)",
     "Try: are (1, 1) and (9, 9) the same image?"),
    (lambda f, r: (_unit(f) @ _unit(r).T).argmin(1),
     "it finds the most opposite direction", ASK_NEAR),
    (lambda f, r: _table(1)(f, r).argmin(1),
     "it adds up absolute differences (L1), not squares", ASK_FORMULA),
    (lambda f, r: _table(9)(f, r).argmin(1),
     "it looks at the largest difference only", ASK_FORMULA),
    (lambda f, r: np.abs(f[:, :1] - r[:, 0]).argmin(1),
     "it looks at the first feature only", "Try: which axis holds the features?"),
    (lambda f, r: (f.sum(1)[:, None] - r.sum(1)).argmin(1),
     "differences cancel: they are added up with their signs", ASK_FORMULA),
    (lambda f, r: np.abs(f.sum(1)[:, None] - r.sum(1)).argmin(1),
     "differences cancel: they are added up with their signs", ASK_FORMULA),
    (lambda f, r: ((f**2).sum(1)[:, None] - (r**2).sum(1)).argmin(1),
     "it compares lengths, not places", ASK_FORMULA),
    (lambda f, r: np.abs(
        np.linalg.norm(f, axis=1)[:, None] - np.linalg.norm(r, axis=1)).argmin(1),
     "it compares lengths, not places", ASK_FORMULA),
    (_second, "it finds the second nearest",
     "Try: is the nearest real image ever the fake itself, and to be left out?"),
    (_no_copies, "exact copies are left out",
     "Try: whom should the witness name if a fake is a training image?"),
    (lambda f, r: ((f**2).sum(1)[:, None] + (r**2).sum(1) - f @ r.T).argmin(1),
     "in |f|² + |r|² − 2 f·r the 2 is missing", ASK_FORMULA),
    (_not_own, "it leaves out the real image of the same number",
     "Try: have fake 3 and real image 3 anything to do with each other?"),
    (lambda f, r: distances(f - f.mean(0), r - r.mean(0)).argmin(1),
     "each side is centred on its own mean", "Try: what if all fakes are too bright?"),
    (lambda f, r: distances(_standard(f), _standard(r)).argmin(1),
     "each side is rescaled by itself", "Try: what if all fakes are too bright?"),
    (lambda f, r: distances(_unit(f), r).argmin(1), "only the fakes are rescaled",
     ASK_FORMULA),
    (lambda f, r: distances(f, r).argmin(1) + 1, "the indices count from 1",
     "Try: which real image is real_features[0]?"),
    (lambda f, r: np.sort(distances(f, r).argmin(1)), "the indices are sorted",
     "Try: which entry of the result belongs to the third fake?"),
    (lambda f, r: len(r) - 1 - distances(f, r).argmin(1),
     "the indices count from the end", "Try: which real image is real_features[0]?"),
    (lambda f, r: np.arange(len(f)), "it gives each fake its own number",
     "Try: have fake 3 and real image 3 anything to do with each other?"),
)  # fmt: skip
