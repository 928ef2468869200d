"""What the latent explorer shows for a state: which z, in which order, in which words.

No images and no widget here: a view is rows of z and a sentence about them. Pictures,
exports, the answers to the page and the tests are all made from it.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from labkit.errors import BadValue
from labkit.latent import Path, average, draw, lerp, slerp

SIDE = 8  # images along each side of a sheet
STRIP = 9  # images of a path, from its first seed to its last
FILM_STEPS = 16  # frames from one seed to the next
PATHS: dict[str, Path] = {"slerp": slerp, "lerp": lerp}
WORDS = {"slerp": "arc", "lerp": "line"}
CORNERS = ("upper left", "upper right", "lower left", "lower right")
State = dict[str, Any]


@dataclass(frozen=True)
class View:
    """What is to be seen.

    Attributes:
        shown: the z of the one image in question, (D,).
        details: name -> z (D,) of each large image.
        sheet: the z of the small images, (N, D), row by row.
        columns: small images in a row.
        alt: what is to be seen, in a sentence with its numbers.
    """

    shown: Tensor
    details: dict[str, Tensor]
    sheet: Tensor
    columns: int
    alt: str


def of_seeds(
    latent_dim: int, seeds: Sequence[int], truncation: float | None = None
) -> Tensor:
    """The z of each seed, as `latent.draw(latent_dim, 1, seed)` gives it; (N, D)."""
    return torch.stack([_of_seed(latent_dim, seed, truncation) for seed in seeds])


@functools.lru_cache(maxsize=8192)
def _of_seed(latent_dim: int, seed: int, truncation: float | None) -> Tensor:
    """Kept, because a slider comes by again; nobody changes it in place."""
    return draw(latent_dim, 1, seed, truncation)[0]


def on_path(z: Tensor, t: float, path: str = "slerp") -> Tensor:
    """The point t of the way through z (N, D): at t = 0 the first, at N − 1 the last."""
    leg = min(int(t), len(z) - 2)
    return PATHS[path](z[leg], z[leg + 1], t - leg)


def on_loop(z: Tensor, at: float) -> Tensor:
    """The point of the closed way through z (N, D); at N it is back at the first."""
    return on_path(torch.cat([z, z[:1]]), at % len(z))


def four(corners: Tensor) -> Tensor:
    """Three corners or four (N, D) as four: opposite to the first, B − A + C."""
    if len(corners) == 4:
        return corners
    a, b, c = corners
    return torch.cat([corners, combined(b[None], a[None], c[None])[None]])


def on_plane(corners: Tensor, x: float, y: float) -> Tensor:
    """The point x from the left and y from the top of the sheet between four z (4, D).

    Arcs down its left and right sides, and an arc between those, as `latent.plane`.
    """
    return slerp(slerp(corners[0], corners[2], y), slerp(corners[1], corners[3], y), x)


def combined(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Average A minus average B plus average C, stretched to √D like each of them.

    Args:
        a, b, c: (N, D), each with its own N; b and c may be empty.
    """
    return average(_sum(a, b, c)[None])


def _sum(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    signed = ((1, a), (-1, b), (1, c))
    return sum(sign * average(group) for sign, group in signed if len(group))


def view(name: str, latent_dim: int, state: State) -> View:
    """What the explorer shows.

    Args:
        name: of the generator, for the sentence.
        latent_dim: length of z.
        state: a sound one, see `Explorer.check`.
    """
    made = VIEWS[state["view"]](latent_dim, state)
    return View(
        made.shown, made.details, made.sheet, made.columns, f"{name}: {made.alt}."
    )


def film(latent_dim: int, state: State) -> Tensor:
    """The z of a film's frames, (T, D): a loop, whose last frame leads to its first.

    Path goes there and back, walk goes round, plane goes round its edge.

    Raises:
        BadValue: the view does not move.
    """
    steps = [k / FILM_STEPS for k in range(FILM_STEPS)]
    if state["view"] == "path":
        z = of_seeds(latent_dim, state["seeds"])
        there = [leg + t for leg in range(len(z) - 1) for t in steps]
        way = [*there, len(z) - 1, *reversed(there[1:])]
        return torch.stack([on_path(z, t, state["path"]) for t in way])
    if state["view"] == "walk":
        stops = of_seeds(latent_dim, state["stops"])
    elif state["view"] == "plane":
        stops = four(of_seeds(latent_dim, state["corners"]))[[0, 1, 3, 2]]
    else:
        raise BadValue(
            f"a film needs a view that moves: path, walk or plane; this is "
            f"{state['view']}. Export it as PNG."
        )
    return torch.stack(
        [on_loop(stops, k + t) for k in range(len(stops)) for t in steps]
    )


def mark(state: State) -> tuple[float, float] | None:
    """Where on its sheet the shown image is: (right, down) in images, or None."""
    if state["view"] == "plane":
        return state["x"] * (SIDE - 1) + 0.5, state["y"] * (SIDE - 1) + 0.5
    if state["view"] == "walk":
        row, share = divmod(state["at"] % len(state["stops"]), 1)
        return share * SIDE + 0.5, row + 0.5
    if state["view"] == "sheet":
        row, column = divmod(state["picked"], SIDE)
        return column + 0.5, row + 0.5
    return None


def norms(z: Tensor, count: int) -> dict[str, Tensor]:
    """Length of z on the way through z (N, D): path -> (count,), t evenly spaced."""
    way = torch.linspace(0, len(z) - 1, count).tolist()
    return {
        path: torch.stack([on_path(z, t, path) for t in way]).norm(dim=1)
        for path in PATHS
    }


def _path(latent_dim: int, state: State) -> View:
    seeds, t, chosen = state["seeds"], state["t"], state["path"]
    z = of_seeds(latent_dim, seeds)
    points = {path: on_path(z, t, path) for path in PATHS}
    lengths = {path: float(point.norm()) for path, point in points.items()}
    leg = min(int(t), len(seeds) - 2)
    other = "lerp" if chosen == "slerp" else "slerp"
    alt = (
        f"{_how_far(t - leg)} (t {t:.2f}) on the {WORDS[chosen]} from seed {seeds[leg]} "
        f"to seed {seeds[leg + 1]}, length {lengths[chosen]:.1f}; on the {WORDS[other]} "
        f"{lengths[other]:.1f}; the shell's is {latent_dim**0.5:.1f}"
    )
    way = [k * (len(seeds) - 1) / (STRIP - 1) for k in range(STRIP)]
    details = {
        f"{WORDS[path]}, length {lengths[path]:.1f}": point
        for path, point in points.items()
    }
    sheet = torch.stack([on_path(z, k, path) for path in PATHS for k in way])
    return View(points[chosen], details, sheet, STRIP, alt)


def _how_far(share: float) -> str:
    named = {0.0: "at the start", 0.5: "halfway", 1.0: "at the end"}
    return named.get(share, f"{share:.0%}".replace("%", " %") + " of the way")


def _walk(latent_dim: int, state: State) -> View:
    stops = state["stops"]
    z, at = of_seeds(latent_dim, stops), state["at"] % len(stops)
    leg = int(at)
    here, there = stops[leg], stops[(leg + 1) % len(stops)]
    point = on_loop(z, at)
    alt = (
        f"a closed walk through seeds {_listed(stops)}, {_how_far(at - leg)} from "
        f"seed {here} to seed {there} (position {at:.2f} of {len(stops)}), "
        f"length {float(point.norm()):.1f}"
    )
    sheet = _rows(z, z.roll(-1, 0), torch.arange(SIDE) / SIDE)
    return View(point, {f"position {at:.2f}": point}, sheet, SIDE, alt)


def _plane(latent_dim: int, state: State) -> View:
    seeds, x, y = state["corners"], state["x"], state["y"]
    corners = four(of_seeds(latent_dim, seeds))
    point = on_plane(corners, x, y)
    places = [f"{seed} ({place})" for seed, place in zip(seeds, CORNERS, strict=False)]
    made = "" if len(seeds) == 4 else "; the lower right corner is made from the three"
    alt = (
        f"the sheet between seeds {_listed(places)}{made}; at x {x:.2f} from the left "
        f"and y {y:.2f} from the top, length {float(point.norm()):.1f}"
    )
    ways = torch.linspace(0, 1, SIDE)
    left, right = (
        _rows(corners[None, side], corners[None, side + 2], ways) for side in (0, 1)
    )
    sheet = _rows(left, right, ways)
    return View(point, {f"x {x:.2f}, y {y:.2f}": point}, sheet, SIDE, alt)


def _rows(starts: Tensor, ends: Tensor, t: Tensor) -> Tensor:
    """Arcs from starts (N, D) to ends (N, D), at each t (T,): (N · T, D), arc by arc."""
    ways = (side.repeat_interleave(len(t), 0) for side in (starts, ends))
    return slerp(*ways, t.repeat(len(starts))[:, None])


def _arithmetic(latent_dim: int, state: State) -> View:
    groups = {name: state[name] for name in "abc"}
    z = {
        name: of_seeds(latent_dim, seeds) if seeds else torch.empty(0, latent_dim)
        for name, seeds in groups.items()
    }
    result = combined(**z)
    signs = {"a": "", "b": " minus ", "c": " plus "}
    terms = [
        f"{signs[name]}the average of seeds {_listed(seeds)}"
        for name, seeds in groups.items()
        if seeds
    ]
    alt = (
        f"{''.join(terms)}; a sum {float(_sum(**z).norm()):.1f} long, stretched to "
        f"{float(result.norm()):.1f}"
    )
    details = {name.upper(): average(group) for name, group in z.items() if len(group)}
    details["the sum"] = result
    return View(result, details, of_seeds(latent_dim, range(SIDE**2)), SIDE, alt)


def _sheet(latent_dim: int, state: State) -> View:
    truncation, picked = state["truncation"], state["picked"]
    z = of_seeds(latent_dim, range(SIDE**2), truncation)
    length = float(z.norm(dim=1).mean())
    inside = (
        "not truncated"
        if truncation is None
        else f"every number within ±{truncation:.2f}"
    )
    alt = (
        f"{len(z)} images, seeds 0 to {len(z) - 1}, {inside}; average length {length:.1f}, "
        f"the shell's is {latent_dim**0.5:.1f}; picked is seed {picked}, "
        f"length {float(z[picked].norm()):.1f}"
    )
    return View(z[picked], {f"seed {picked}": z[picked]}, z, SIDE, alt)


def _listed(items: Sequence[Any]) -> str:
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


VIEWS: dict[str, Callable[[int, State], View]] = {
    "path": _path,
    "walk": _walk,
    "plane": _plane,
    "arithmetic": _arithmetic,
    "sheet": _sheet,
}
