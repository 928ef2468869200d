"""What does the choice of the loss buy? Modes covered, and FID_c at equal seconds.

    python benchmarks/losses.py ring
    python benchmarks/losses.py stacked [--seconds 30]
    python benchmarks/losses.py fashion --root /usr/share/datasets [--seconds 30]

ring: how many of the eight modes of `labkit.points` are covered, between even players
(1000 steps) and against a strong critic (400 steps, five critic steps each).
stacked: three digits as the channels of one image, 1000 modes; 10 000 generated images,
their classes read off by the lab's classifier. fashion: FID_c as in quality.py. All runs
on images are the `fast` preset with the loss's own recipe; seconds are CPU-seconds of the process
on one thread, and each row has the seeds 0, 1 and 2.
"""

import argparse
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from classifiers import fashion
from runs import train_each

import labkit
from labkit import metrics, toy
from labkit.data import ImageSet
from labkit.objectives import OBJECTIVES

SEEDS = 0, 1, 2
SETTINGS = {name: {"loss": name} for name in OBJECTIVES}
SETTINGS["hinge, spectral norm"] = {"loss": "hinge", "spectral_norm": True}


def ring() -> None:
    print("| loss | even players | good points | strong critic | good points |")
    print("|---|---|---|---|---|")
    even = {"steps": 1000, "lr": (2e-3, 1e-3)}
    strong = {"steps": 400, "critic_steps": 5, "lr": (4e-3, 1e-3)}
    for name in OBJECTIVES:
        cells = [name]
        for settings in (even, strong):
            found = [
                toy.modes_covered(run.fakes(), toy.centres("ring"))
                for run in (
                    toy.train_points("ring", name, seed=seed, **settings)
                    for seed in SEEDS
                )
            ]
            cells.append(", ".join(str(modes.count) for modes in found))
            cells.append(f"{statistics.median(modes.good for modes in found):.0%}")
        print(f"| {' | '.join(cells)} |", flush=True)


def stacked(seconds: float) -> None:
    judge = metrics.load_classifier("digits")
    print("| loss | images seen | modes of 1000 | median | KL to evenly, median |")
    print("|---|---|---|---|---|")

    def measure(fakes: torch.Tensor) -> tuple[float, float]:
        labels = metrics.classify(fakes, judge)
        return len(labels.unique()), metrics.mode_divergence(labels, 1000)

    for name, seen, found in trained(labkit.load("stacked-digits"), seconds, measure):
        modes, divergence = zip(*found, strict=True)
        print(
            f"| {name} | {seen:.0f} | {', '.join(map(str, modes))} | "
            f"{statistics.median(modes)} | {statistics.median(divergence):.2f} |",
            flush=True,
        )


def quality(seconds: float, root: Path) -> None:
    test = fashion(root, train=False)[0]
    judge = metrics.load_classifier("fashion")
    print("| loss | images seen | FID_c of each seed | median |")
    print("|---|---|---|---|")
    data = ImageSet("fashion-mnist", fashion(root, train=True)[0])
    for name, seen, scores in trained(
        data, seconds, lambda fakes: metrics.distance(fakes, test, judge)
    ):
        print(
            f"| {name} | {seen:.0f} | {', '.join(f'{s:.2f}' for s in scores)} | "
            f"{statistics.median(scores):.2f} |",
            flush=True,
        )


def trained(data: ImageSet, seconds: float, measure: Callable) -> Iterator[tuple]:
    """For each loss its name, the median of images seen, and each seed's measure."""
    for name, settings in SETTINGS.items():
        runs = list(train_each(data, SEEDS, seconds=seconds, **settings))
        seen = statistics.median(run.seen for run in runs)
        yield name, seen, [measure(run.fakes) for run in runs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["ring", "stacked", "fashion"])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--root", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.what == "ring":
        ring()
    elif args.what == "stacked":
        stacked(args.seconds)
    elif args.root is None:
        parser.error("fashion needs --root")
    else:
        quality(args.seconds, args.root)


if __name__ == "__main__":
    main()
