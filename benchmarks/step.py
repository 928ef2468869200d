"""How much faster is our training step than the plain one, on the same networks?

    python benchmarks/step.py [--threads 2] [--rounds 8] [--batch 256]

Both sides train the classic preset at 32×32. The plain side is a re-creation of the
step that GAN courses usually show: float32, NCHW, fresh fakes for either step, fakes
not detached, the critic's gradients computed in the generator's step too, and
`.item()` after each loss. Each side is a process of its own (ours changes how glibc
keeps memory); they run in turn, so that a busy machine slows both, and the medians of
the rounds are compared.
"""

import argparse
import multiprocessing
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from labkit.config import configure
from labkit.data import load
from labkit.loop import Trainer
from labkit.presets import build
from labkit.runtime import keep_freed_memory

SIZE = 32


def plain(batch: int) -> Callable[[], None]:
    """The usual step."""
    critic, generator = build("classic", (1, SIZE, SIZE))
    opt_critic = torch.optim.Adam(critic.parameters(), 2e-4, (0.5, 0.999))
    opt_generator = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
    bce = torch.nn.BCEWithLogitsLoss()
    data = load("digits", SIZE)
    batches = (
        real for epoch in range(10**6) for real in data.batches(batch, epoch=epoch)
    )

    def step() -> None:
        real = next(batches)
        ones, zeros = torch.ones(batch), torch.zeros(batch)
        fake = generator(torch.randn(batch, 100))
        loss = 0.5 * (bce(critic(real), ones) + bce(critic(fake), zeros))
        opt_critic.zero_grad()
        loss.backward()
        opt_critic.step()
        loss.item()
        loss = bce(critic(generator(torch.randn(batch, 100))), ones)
        opt_generator.zero_grad()
        loss.backward()
        opt_generator.step()
        loss.item()

    return step


def ours(batch: int, precision: str) -> Callable[[], None]:
    """The step of labkit's loop."""
    keep_freed_memory()
    config = configure("classic", batch_size=batch, precision=precision, smoothing=0.0)
    trainer = Trainer(replace(config, smoothing=0.0), load("digits", SIZE))
    batches = trainer._batches()

    def step() -> None:
        trainer.history.add(trainer.iterate([next(batches)]))

    return step


SIDES = {
    "plain, fp32": plain,
    "labkit, fp32": lambda batch: ours(batch, "fp32"),
    "labkit, bf16": lambda batch: ours(batch, "bf16"),
}


def serve(name: str, batch: int, threads: int, pipe: object) -> None:
    """Run steps whenever asked, and answer with the seconds they took."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    step = SIDES[name](batch)
    step()
    step()
    while count := pipe.recv():
        begun = time.perf_counter()
        for _ in range(count):
            step()
        pipe.send((time.perf_counter() - begun) / count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--batch", type=int, default=256)
    args = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    pipes, seconds = {}, {name: [] for name in SIDES}
    for name in SIDES:
        mine, theirs = context.Pipe()
        context.Process(
            target=serve, args=(name, args.batch, args.threads, theirs), daemon=True
        ).start()
        pipes[name] = mine
    for _ in range(args.rounds):
        for name, pipe in pipes.items():
            pipe.send(1 if name.startswith("plain") else 3)
            seconds[name].append(pipe.recv())
    for pipe in pipes.values():
        pipe.send(0)  # no more steps: the process ends
    print(f"torch {torch.__version__}, {platform.machine()},")
    print(f"{args.threads} threads, batch {args.batch}, {args.rounds} rounds in turn\n")
    print("| step | images/s, median (best) | ratio of medians | median of ratios |")
    print("|---|---|---|---|")
    base = seconds["plain, fp32"]
    for name, spent in seconds.items():
        middle = statistics.median(spent)
        paired = statistics.median(b / s for b, s in zip(base, spent, strict=True))
        print(
            f"| {name} | {args.batch / middle:.1f} ({args.batch / min(spent):.1f}) | "
            f"{statistics.median(base) / middle:.2f} | {paired:.2f} |"
        )


if __name__ == "__main__":
    main()
