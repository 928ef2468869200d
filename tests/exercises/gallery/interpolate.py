"""interpolate: right ways to write it, and mistakes with the reason to be named."""

import contextlib
import copy

import numpy as np
import torch
from torch.nn import functional as F


def line(z0, z1, t):
    return (1 - t) * z0 + t * z1


def arc(z0, z1, t):
    omega = torch.acos(F.cosine_similarity(z0, z1, dim=-1).clamp(-1 + 1e-6, 1 - 1e-6))
    omega = omega.unsqueeze(-1)
    a, b = torch.sin((1 - t) * omega), torch.sin(t * omega)
    return (a * z0 + b * z1) / torch.sin(omega)


def turn(z0, z1, t):
    unit = arc(F.normalize(z0, dim=-1), F.normalize(z1, dim=-1), t)
    return unit * torch.lerp(
        z0.norm(dim=-1, keepdim=True), z1.norm(dim=-1, keepdim=True), t
    )


@contextlib.contextmanager
def quietly(generator):
    before = generator.training
    generator.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        generator.train(before)


def one_batch(generator, z0, z1, steps):
    ts = torch.linspace(0, 1, steps).tolist()
    with quietly(generator):
        return generator(torch.stack([arc(z0, z1, t) for t in ts]).flatten(1))


def straight(generator, z0, z1, steps):
    z = torch.stack([line(z0, z1, k / (steps - 1)) for k in range(steps)])
    with quietly(generator):
        return generator(z.view(steps, -1))


def image_by_image(generator, z0, z1, steps):
    frames = []
    with quietly(generator):
        for k in range(steps):
            z = arc(z0, z1, k / (steps - 1))
            frames.append(generator(z.reshape(1, -1))[0])
    return torch.stack(frames)


@torch.no_grad()
def decorated(generator, z0, z1, steps):
    was_training = generator.training
    generator.eval()
    shares = torch.linspace(0, 1, steps)[:, None]
    images = generator((1 - shares) * z0.view(1, -1) + shares * z1.view(1, -1))
    if was_training:
        generator.train()
    return images


def direction_and_length(generator, z0, z1, steps):
    with quietly(generator):
        frames = [
            generator(turn(z0, z1, float(t)).reshape(1, -1))
            for t in np.linspace(0, 1, steps)
        ]
    return torch.cat(frames)


def on_a_copy(generator, z0, z1, steps):
    twin = copy.deepcopy(generator).eval()
    frames = [
        twin(arc(z0, z1, k / (steps - 1)).reshape(1, -1)).detach() for k in range(steps)
    ]
    return torch.cat(frames)


def detached(generator, z0, z1, steps):
    modes = {module: module.training for module in generator.modules()}
    generator.eval()
    z = torch.stack([line(z0, z1, k / max(1, steps - 1)) for k in range(steps)])
    images = generator(z.flatten(1)).detach()
    for module, mode in modes.items():
        module.training = mode
    return images


def rows_only(generator, z0, z1, steps):
    ts = torch.linspace(0, 1, steps).tolist()
    with quietly(generator):
        return generator(torch.cat([arc(z0, z1, t) for t in ts]))


@torch.inference_mode()
def inference(generator, z0, z1, steps):
    before = generator.training
    generator.eval()
    images = [
        generator(line(z0, z1, k / (steps - 1)).view(1, -1)) for k in range(steps)
    ]
    generator.train(mode=before)
    return torch.cat(images, dim=0)


RIGHT = {
    "one batch": one_batch,
    "straight": straight,
    "image by image": image_by_image,
    "decorated": decorated,
    "direction and length": direction_and_length,
    "on a copy": on_a_copy,
    "detached": detached,
    "rows only": rows_only,
    "inference": inference,
}


def at(times, path=arc):
    """Make an interpolate of a function steps -> times."""

    def interpolate(generator, z0, z1, steps):
        z = torch.stack([path(z0, z1, float(t)) for t in times(steps)])
        with quietly(generator):
            return generator(z.flatten(1))

    return interpolate


def then(change):
    """Make an interpolate that changes the images at the end."""
    return lambda g, z0, z1, steps: change(one_batch(g, z0, z1, steps))


def in_train_mode(generator, z0, z1, steps):
    with torch.no_grad():
        z = [line(z0, z1, k / (steps - 1)) for k in range(steps)]
        return generator(torch.stack(z).flatten(1))


def in_train_mode_one_by_one(generator, z0, z1, steps):
    with torch.no_grad():
        z = [line(z0, z1, k / (steps - 1)).view(1, -1) for k in range(steps)]
        return torch.cat([generator(one) for one in z])


def forced_train(generator, z0, z1, steps):
    generator.train()
    return in_train_mode(generator, z0, z1, steps)


def left_in_eval(generator, z0, z1, steps):
    generator.eval()
    return in_train_mode(generator, z0, z1, steps)


def left_in_train(generator, z0, z1, steps):
    generator.eval()
    images = in_train_mode(generator, z0, z1, steps)
    generator.train()
    return images


def with_graph(generator, z0, z1, steps):
    before = generator.training
    generator.eval()
    images = torch.cat(
        [generator(arc(z0, z1, k / (steps - 1)).view(1, -1)) for k in range(steps)]
    )
    generator.train(before)
    return images


def gradients_off(generator, z0, z1, steps):
    torch.set_grad_enabled(False)
    return with_graph(generator, z0, z1, steps)


def frozen(generator, z0, z1, steps):
    generator.requires_grad_(False)
    return with_graph(generator, z0, z1, steps)


def pixels(generator, z0, z1, steps):
    with quietly(generator):
        first, last = generator(torch.stack([z0.flatten(), z1.flatten()]))
    return torch.stack([torch.lerp(first, last, k / (steps - 1)) for k in range(steps)])


def list_of_images(generator, z0, z1, steps):
    return list(one_batch(generator, z0, z1, steps))


def stacked_batches(generator, z0, z1, steps):
    with quietly(generator):
        return torch.stack(
            [generator(line(z0, z1, k / (steps - 1)).view(1, -1)) for k in range(steps)]
        )


def single_z(generator, z0, z1, steps):
    with quietly(generator):
        return torch.stack(
            [generator(line(z0, z1, k / (steps - 1)).flatten()) for k in range(steps)]
        )


def last_only(generator, z0, z1, steps):
    with quietly(generator):
        for k in range(steps):
            images = generator(line(z0, z1, k / (steps - 1)).view(1, -1))
    return images


def no_return(generator, z0, z1, steps):
    one_batch(generator, z0, z1, steps)


def returns_z(generator, z0, z1, steps):
    return torch.stack([line(z0, z1, k / (steps - 1)) for k in range(steps)]).flatten(1)


def random_walk(generator, z0, z1, steps):
    z = torch.randn(steps, z0.numel())
    z[0], z[-1] = z0.flatten(), z1.flatten()
    with quietly(generator):
        return generator(z)


def own_images(generator, z0, z1, steps):
    return torch.zeros(steps, *generator.image_shape)


def ends_overwritten(generator, z0, z1, steps):
    images = one_batch(generator, z0, z1, steps)
    z0.copy_(z1)
    return images


def integer_division(generator, z0, z1, steps):
    return at(lambda n: [k // (n - 1) for k in range(n)])(generator, z0, z1, steps)


def always_eight(generator, z0, z1, steps):
    return at(lambda n: torch.linspace(0, 1, 8))(generator, z0, z1, steps)


def list_to_generator(generator, z0, z1, steps):
    with quietly(generator):
        return generator([line(z0, z1, k / (steps - 1)) for k in range(steps)])


def unfinished(generator, z0, z1, steps):
    raise NotImplementedError("interpolate: your turn")


BETWEEN = "the way between them is not"
WRONG = {
    "last end missing": (at(lambda n: [k / n for k in range(n)]), "last image is not"),
    "arange": (at(lambda n: torch.arange(0, 1, 1 / n)[:n]), "last image is not"),
    "first end missing": (
        at(lambda n: [(k + 1) / n for k in range(n)]),
        "first image is not that of z0",
    ),
    "both ends missing": (
        at(lambda n: [(k + 1) / (n + 1) for k in range(n)]),
        "first image is not that of z0",
    ),
    "one too many": (
        at(lambda n: torch.linspace(0, 1, n + 1)),
        "more images than steps",
    ),
    "two too many": (
        at(lambda n: torch.linspace(0, 1, n + 2)),
        "more images than steps",
    ),
    "one too few": (
        at(lambda n: torch.linspace(0, 1, max(2, n - 1))),
        "fewer images than steps",
    ),
    "always eight": (always_eight, "more images than steps"),
    "backwards": (at(lambda n: torch.linspace(1, 0, n)), "runs backwards"),
    "whole numbers": (integer_division, BETWEEN),
    "squared": (at(lambda n: torch.linspace(0, 1, n) ** 2), BETWEEN),
    "there and back": (
        at(lambda n: 1 - (2 * torch.linspace(0, 1, n) - 1).abs()),
        "last image is not that of z1|first",
    ),
    "random t": (
        at(lambda n: sorted([0, 1, *np.random.rand(n - 2)])),
        BETWEEN,
    ),
    "unit path": (
        at(
            lambda n: torch.linspace(0, 1, n),
            lambda a, b, t: F.normalize(line(a, b, t), dim=-1),
        ),
        "is not that of",
    ),
    "square roots": (
        at(
            lambda n: torch.linspace(0, 1, n),
            lambda a, b, t: (1 - t) ** 0.5 * a + t**0.5 * b,
        ),
        BETWEEN,
    ),
    "pixels": (pixels, "mixed, pixel by pixel"),
    "random z between": (random_walk, BETWEEN),
    "train mode": (in_train_mode, "drawn in training mode"),
    "train mode, one by one": (in_train_mode_one_by_one, "BatchNorm cannot count"),
    "forced train mode": (forced_train, "training mode|is not that of|are not the"),
    "left in eval": (left_in_eval, "after it eval mode"),
    "left in train": (left_in_train, "after it train mode"),
    "graph": (with_graph, "still carry their graph"),
    "gradients off": (gradients_off, "switched off everywhere"),
    "frozen": (frozen, "leaves the generator frozen"),
    "list": (list_of_images, "a list, not a tensor"),
    "numpy": (then(lambda images: images.numpy()), "an ndarray, not a tensor"),
    "stacked batches": (stacked_batches, "wrong shape"),
    "a single z": (single_z, "takes rows"),
    "a list of z": (list_to_generator, "a list stands|error"),
    "last only": (last_only, "fewer images"),
    "squeezed": (then(lambda images: images.squeeze(1)), "wrong shape"),
    "flat": (then(lambda images: images.flatten(1)), "wrong shape"),
    "channels last": (then(lambda images: images.permute(0, 2, 3, 1)), "wrong shape"),
    "to [0, 1]": (then(lambda images: images / 2 + 0.5), "not the generator's images"),
    "bytes": (then(lambda images: (images * 127.5 + 127.5).byte()), "uint8"),
    "negative": (then(lambda images: -images), "is not that of|not the generator's"),
    "first doubled": (
        then(lambda images: torch.cat([images[:1], images[:-1]])),
        "last image is not|between",
    ),
    "none": (no_return, "returns nothing"),
    "z": (returns_z, "never called"),
    "tuple": (then(lambda images: (images, 0)), "a tuple, not a tensor"),
    "blank": (own_images, "never called"),
    "ends overwritten": (ends_overwritten, "changes the ends"),
    "three arguments": (lambda generator, z0, z1: None, "arguments are not those"),
    "still the stub": (unfinished, "still the stub"),
}
