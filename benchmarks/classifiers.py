"""Train the two classifiers whose features the lab's distances are measured in.

The unit is chosen at the end: features are scaled so that test images blurred by a 3×3
box lie at a distance of 14.5 from the sharp ones. The classifier's answers stay the same.

    python benchmarks/classifiers.py digits
    python benchmarks/classifiers.py fashion --root /usr/share/datasets

`--root` is a folder that has Fashion-MNIST's four .gz files under fashion-mnist/; the
embedded part of the set is too small to train on.
"""

import argparse
import gzip
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from labkit import metrics, runtime
from labkit.data import load, normalise

BATCH = 128
BLURRED = 14.5


def shifted(images: Tensor) -> Tensor:
    """Move each image by up to two pixels and rotate it a little."""
    angle = (torch.rand(len(images)) - 0.5) * 0.4
    cos, sin = angle.cos(), angle.sin()
    move = (torch.rand(len(images), 2) - 0.5) * 0.28
    rows = torch.stack([cos, -sin, move[:, 0], sin, cos, move[:, 1]], 1)
    place = F.affine_grid(rows.view(-1, 2, 3), list(images.shape), align_corners=False)
    return F.grid_sample(images + 1, place, align_corners=False) - 1


def fashion(root: Path, train: bool) -> tuple[Tensor, Tensor]:
    part = "train" if train else "t10k"
    folder = root / "fashion-mnist"
    return (
        _idx(folder / f"{part}-images-idx3-ubyte.gz").unsqueeze(1),
        _idx(folder / f"{part}-labels-idx1-ubyte.gz").long(),
    )


def _idx(path: Path) -> Tensor:
    data = gzip.decompress(path.read_bytes())
    dims = data[3]
    shape = [int.from_bytes(data[4 + 4 * k : 8 + 4 * k]) for k in range(dims)]
    return torch.frombuffer(bytearray(data[4 + 4 * dims :]), dtype=torch.uint8).view(
        shape
    )


@torch.no_grad()
def calibrate(net: metrics.FeatureClassifier, test_images: Tensor) -> None:
    """Scale the features so that the blurred test images are BLURRED away."""
    sharp = normalise(test_images)
    distance = metrics.distance(metrics.blur(sharp), sharp, net)
    factor = (BLURRED / distance) ** 0.5
    last = net.body[-2]  # linear, then ReLU: scaling goes through
    last.weight *= factor
    last.bias *= factor
    net.head.weight /= factor
    print(f"blurred was {distance:.1f} away, features scaled by {factor:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=metrics.CLASSIFIERS)
    parser.add_argument("--root", type=Path, default=Path("/usr/share/datasets"))
    parser.add_argument("--epochs", type=int)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if args.name == "digits":
        train, test = load("digits"), load("digits", split="test")
        images, labels = train.images, train.labels
        test_images, test_labels = test.images, test.labels
        epochs = args.epochs or 15
    else:
        images, labels = fashion(args.root, train=True)
        test_images, test_labels = fashion(args.root, train=False)
        epochs = args.epochs or 6
    net = metrics.FeatureClassifier().to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), 2e-3, fused=True)
    steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    cpu = torch.device("cpu")
    begun, dtype = time.process_time(), runtime.precision("auto", cpu)
    for epoch in range(epochs):
        for rows in torch.randperm(len(images)).split(BATCH):
            if len(rows) < BATCH:
                continue
            batch = normalise(images[rows])
            batch = shifted(batch) if args.name == "digits" else batch
            with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
                logits = net(batch.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        net.eval()
        with torch.no_grad():
            guess = torch.cat(
                [net(normalise(part)).argmax(1) for part in test_images.split(500)]
            )
        net.train()
        accuracy = (guess == test_labels).float().mean().item()
        spent = time.process_time() - begun
        print(f"epoch {epoch}: test accuracy {accuracy:.4f}, {spent:.0f} CPU-s")
    calibrate(net.eval(), test_images)
    weights = {name: value.contiguous() for name, value in net.state_dict().items()}
    about = {"accuracy": f"{accuracy:.4f}", "epochs": str(epochs), "seed": "0"}
    path = metrics.classifier_path(args.name)
    runtime.atomic_write(path, lambda file: save_file(weights, file, about))
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
