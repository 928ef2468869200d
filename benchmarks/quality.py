"""How good are the pictures after so many CPU-seconds on one core?

    python benchmarks/quality.py --root /usr/share/datasets [--seconds 30 60 120]
        [--seeds 0 1 2] [--preset fast] [--picture quality.png]

Trains on the whole of Fashion-MNIST and measures FID_c (see labkit/metrics) between
10 000 generated images and the 10 000 test images. Every run is a run of its own, with
the learning rate falling to 0 at its end. Seconds are CPU-seconds of the process, so
that other programs on the machine hardly matter. `--root` is a folder that has the
set's four .gz files under fashion-mnist/ (Debian: package dataset-fashion-mnist).
"""

import argparse
import statistics
from pathlib import Path

import torch
from classifiers import fashion
from runs import train_each

from labkit import metrics, show
from labkit.data import ImageSet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--seconds", type=float, nargs="+", default=[30, 60, 120])
    parser.add_argument("--images", type=int, nargs="+", help="instead of seconds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    train = ImageSet("fashion-mnist", fashion(args.root, train=True)[0])
    test = fashion(args.root, train=False)[0]
    classifier = metrics.load_classifier("fashion")
    if args.images:
        budgets = [{"images": images} for images in args.images]
    else:
        budgets = [{"seconds": seconds} for seconds in args.seconds]
    print("| preset | budget | images seen | CPU-s | FID_c of each seed | median |")
    print("|---|---|---|---|---|---|")
    pictures = []
    for budget in budgets:
        runs = list(train_each(train, args.seeds, args.preset, **budget))
        scores = [metrics.distance(run.fakes, test, classifier) for run in runs]
        pictures.append(runs[-1].fakes[:16])
        (name, value) = next(iter(budget.items()))
        seen = statistics.median(run.seen for run in runs)
        spent = statistics.median(run.seconds for run in runs)
        print(
            f"| {args.preset} | {value:g} {name} | {seen:.0f} | {spent:.0f} | "
            f"{', '.join(f'{score:.2f}' for score in scores)} | "
            f"{statistics.median(scores):.2f} |",
            flush=True,
        )
    if args.picture:
        show.grid(torch.cat(pictures), columns=16).save(args.picture)


if __name__ == "__main__":
    main()
