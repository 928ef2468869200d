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
import contextlib
import io
import statistics
import time
from pathlib import Path

import torch
from classifiers import fashion

import labkit
from labkit import loop, metrics, show
from labkit.config import configure
from labkit.data import ImageSet

COUNT = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--seconds", type=float, nargs="+", default=[30, 60, 120])
    parser.add_argument("--images", type=int, nargs="+", help="instead of seconds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    loop.time.perf_counter = time.process_time  # budgets count CPU-seconds
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
        scores, seen, spent = [], [], []
        for seed in args.seeds:
            config = configure(args.preset, seed=seed, threads=1, **budget)
            trainer = loop.Trainer(config, train)
            with contextlib.redirect_stdout(io.StringIO()):  # keep the table alone
                run = trainer.run()
            seen.append(trainer.batches_seen * config.batch_size)
            spent.append(trainer.seconds)
            fakes = labkit.sample(run.generator, COUNT)
            scores.append(metrics.distance(fakes, test, classifier))
        pictures.append(fakes[:16])
        (name, value) = next(iter(budget.items()))
        print(
            f"| {args.preset} | {value:g} {name} | {statistics.median(seen):.0f} | "
            f"{statistics.median(spent):.0f} | "
            f"{', '.join(f'{score:.2f}' for score in scores)} | "
            f"{statistics.median(scores):.2f} |",
            flush=True,
        )
    if args.picture:
        show.grid(torch.cat(pictures), columns=16).save(args.picture)


if __name__ == "__main__":
    main()
