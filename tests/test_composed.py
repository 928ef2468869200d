"""Colour sets made from the embedded digits: the same bytes everywhere, all learnable."""

import hashlib
import time

import pytest
import torch

from labkit.composed import JITTER, PALETTES, coloured_digits, stacked_digits
from labkit.data import ImageSet, load

# Made of integers alone, so they hold on every machine and for every version of numpy.
SHA256 = {
    (
        "coloured-digits",
        "train",
    ): "57f526aa1df9f2a43e02b21237a8772d3b5ee931bcb9fe20d6ce7689c4e8f6aa",
    (
        "coloured-digits",
        "test",
    ): "6b41145ae36f168a639063110fc7440971e46854a3c2848e05217a3fc21401e5",
    (
        "stacked-digits",
        "train",
    ): "2bbf0b94bff2f1ec4dc3200bdc9fca39caed6532919b75809fda4e1a356e71f0",
    (
        "stacked-digits",
        "test",
    ): "9d4fb40a1c9100a6fe04bf27eaf10db1deb35e295fbade52519d81076e3da682",
}


@pytest.fixture(scope="module")
def sets() -> dict[tuple[str, str], ImageSet]:
    return {key: load(key[0], split=key[1]) for key in SHA256}


@pytest.mark.parametrize("key", SHA256, ids="-".join)
def test_the_bytes_are_the_same_everywhere(sets, key):
    found = sets[key]
    labels = found.labels.numpy().astype("<i8").tobytes()
    digest = hashlib.sha256(found.images.numpy().tobytes() + labels)
    assert digest.hexdigest() == SHA256[key]
    assert found.name == key[0] and found.split == key[1]
    assert found.images.is_contiguous() and found.labels.dtype == torch.int64


def test_coloured_digits_belong_to_their_split(sets):
    for split, count in (("train", 9000), ("test", 1000)):
        found = sets["coloured-digits", split]
        assert len(found) == count and found.image_shape == (3, 64, 64)
        assert torch.equal(found.labels, load("digits", split=split).labels)


def test_a_colouring_depends_on_the_place_in_the_set_alone(sets):
    digits = load("digits")
    few = ImageSet("digits", digits.images[:300], digits.labels[:300])
    assert torch.equal(
        coloured_digits(few).images, sets["coloured-digits", "train"].images[:300]
    )


def test_the_digit_stands_out_from_its_ground(sets):
    """Its brightness differs from the brightest or darkest of the ground by a fifth."""
    light = torch.tensor([0.299, 0.587, 0.114])
    for first, second, pen in PALETTES:
        tones = [
            float(light @ torch.tensor([*bytes.fromhex(c)]).float())
            for c in (first, second, pen)
        ]
        assert min(abs(tones[2] - ground) for ground in tones[:2]) > 51 + 2 * JITTER
    images = sets["coloured-digits", "test"].images.float()
    grey = (images * light[:, None, None]).sum(1).flatten(1)
    span = grey.quantile(0.99, 1) - grey.quantile(0.01, 1)
    assert span.min() > 51


def test_digits_lie_inside_the_picture_and_move(sets):
    """The frame of two pixels belongs to the ground: no digit is cut off."""
    blank = ImageSet("digits", torch.zeros(300, 1, 28, 28, dtype=torch.uint8))
    ground = coloured_digits(blank).images.int()
    painted = (sets["coloured-digits", "train"].images[:300].int() != ground).any(1)
    assert painted.flatten(1).sum(1).min() > 100
    frame = painted.clone()
    frame[:, 2:-2, 2:-2] = False
    assert frame.float().mean() < 1e-3
    middle = painted.float().sum(2).argmax(1)
    assert middle.unique().numel() > 8


@pytest.mark.parametrize("size", [32, 28])
def test_image_size_is_respected(size):
    found = load("coloured-digits", image_size=size, split="test")
    assert found.image_shape == (3, size, size) and found.images.dtype == torch.uint8
    assert load("stacked-digits", 32, "test").image_shape == (3, 32, 32)


def test_a_stack_holds_the_three_digits_of_its_label(sets):
    digits = load("digits", split="test")
    label_of = {
        image.numpy().tobytes(): int(label)
        for image, label in zip(digits.images[:, 0], digits.labels, strict=True)
    }
    stacks = sets["stacked-digits", "test"]
    for image, label in zip(stacks.images[:500], stacks.labels[:500], strict=True):
        hundreds, tens, ones = (
            label_of[channel.numpy().tobytes()] for channel in image
        )
        assert int(label) == 100 * hundreds + 10 * tens + ones


def test_every_stack_of_three_digits_occurs(sets):
    train, test = (sets["stacked-digits", split] for split in ("train", "test"))
    assert (len(train), len(test)) == (50_000, 10_000)
    assert train.image_shape == (3, 28, 28)
    counts = train.labels.bincount(minlength=1000)
    assert len(counts) == 1000 and counts.min() >= 15 and counts.max() <= 120


def test_splits_share_no_picture(sets):
    for name in ("coloured-digits", "stacked-digits"):
        train, test = (
            {image.numpy().tobytes() for image in sets[name, split].images[:10_000]}
            for split in ("train", "test")
        )
        assert not train & test


def test_they_are_made_within_three_seconds():
    digits = load("digits")
    for make in (coloured_digits, stacked_digits):
        began = time.process_time()
        make(digits)
        assert time.process_time() - began < 3
