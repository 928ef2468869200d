"""Sets of colour pictures made from the embedded digits when they are loaded.

Nothing is downloaded and nothing lies on the disk: a fixed seed for each split and
integer arithmetic give the same bytes on every machine.

    load("coloured-digits")     # 3×64×64, a digit in colour on a textured ground
    load("stacked-digits")      # 3×28×28, a digit in each channel: 1000 classes
"""

import numpy as np
import torch

from labkit.data import ImageSet

SIDE = 64
SEEDS = {"train": 1, "test": 2}
STACKS = {"train": 50_000, "test": 10_000}
AT_ONCE = 250  # pictures composed together: they stay in the processor's cache
JITTER = 24  # how far a colour lies from its palette's, in levels of 255

# Two colours of the ground and one of the digit; the digit is far lighter or darker.
PALETTES = (
    ("0B3C49", "13717D", "FFE8B6"),  # sea, cream
    ("1B1B4B", "4A3F8F", "FFC857"),  # night, amber
    ("3D1238", "7A2E5D", "FFD3C4"),  # plum, blush
    ("10352B", "2F6B4F", "F6E27F"),  # forest, straw
    ("5A1E12", "9C4221", "FFF1DC"),  # rust, linen
    ("1F2A37", "3F5064", "FF9E80"),  # slate, coral
    ("0A2342", "2C5F8A", "9BF0D8"),  # ocean, mint
    ("F3DFC1", "E2B98A", "5B1F2B"),  # sand, wine
    ("CDE9F5", "8EC3E0", "14305A"),  # sky, navy
    ("D6F2E0", "98D6B4", "6B1E58"),  # leaf, plum
    ("FBDDE2", "F0A9B8", "123F3A"),  # rose, pine
    ("FFF0B3", "F7CC5F", "1E2A78"),  # butter, indigo
)
SLANTS = ((10, 0), (0, 10), (7, 7), (7, -7), (9, 4), (4, 9), (9, -4), (4, -9))


def coloured_digits(digits: ImageSet) -> ImageSet:
    """Give every digit a colour and a ground of clouds, stripes or dots.

    Args:
        digits: (N, 1, 28, 28), one split of the embedded digits.

    Returns:
        (N, 3, 64, 64) with the labels of the digits, 0 to 9.
    """
    count = len(digits)
    dice = _dice(count, 48, SEEDS[digits.split])
    images = np.empty((count, 3, SIDE, SIDE), np.uint8)
    for begin in range(0, count, AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        ink = _placed(_doubled(digits.images[part, 0].numpy()), dice[part, :2])
        texture = _texture(dice[part, 2], dice[part, 3:6], dice[part, 16:41])
        colours = _colours(dice[part, 6], dice[part, 7:16])
        images[part] = _painted(ink, texture, colours)
    return ImageSet(
        "coloured-digits", torch.from_numpy(images), digits.labels, digits.split
    )


def stacked_digits(digits: ImageSet) -> ImageSet:
    """Put three digits into the three channels of one picture, a thousand classes.

    With so many classes of about equal size, the classes a generator never draws can
    be counted: a measure of its collapse (Metz et al. 2017, Unrolled GANs).

    Args:
        digits: (N, 1, 28, 28), one split of the embedded digits.

    Returns:
        (50 000, 3, 28, 28) for train, 10 000 for test, with labels 0 to 999: the
        digits of a label stand in the red, the green and the blue channel.
    """
    dice = _dice(STACKS[digits.split], 24, SEEDS[digits.split])
    drawn = torch.from_numpy(dice.view("<u8") % len(digits)).long()  # (N, 3)
    images = digits.images[:, 0].index_select(0, drawn.flatten())
    labels = digits.labels[drawn] @ torch.tensor([100, 10, 1])
    shape = (len(drawn), 3, *images.shape[1:])
    return ImageSet("stacked-digits", images.view(shape), labels, digits.split)


COMPOSED = {"coloured-digits": coloured_digits, "stacked-digits": stacked_digits}


def _dice(rows: int, columns: int, seed: int) -> np.ndarray:
    """Random bytes (rows, columns); numpy promises to keep these for ever."""
    words = np.random.PCG64(seed).random_raw(rows * columns // 8)
    return words.astype("<u8").view(np.uint8).reshape(rows, columns)


def _mixed(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(first · (255 - share) + second · share) / 255, rounded: uint16 in 0..255."""
    total = first * (255 - share) + second * share + np.uint16(128)
    return (total + (total >> 8)) >> 8


def _doubled(digits: np.ndarray) -> np.ndarray:
    """Twice as large, interpolated linearly, with crisp edges: (N, 56, 56) uint16."""
    result = digits.astype(np.uint16)
    for axis in (1, 2):
        before = np.roll(result, 1, axis)  # the outermost pixels are 0
        after = np.roll(result, -1, axis)
        pair = np.stack([3 * result + before, 3 * result + after], axis + 1)
        result = pair.reshape(len(digits), *(56, 28) if axis == 1 else (56, 56)) // 4
    return np.clip(2 * result.astype(np.int16) - 110, 0, 255).astype(np.uint16)


def _placed(digits: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """Set each digit somewhere on an empty square: (N, 1, 64, 64) uint16."""
    squares = np.zeros((len(digits), 1, SIDE, SIDE), np.uint16)
    room = SIDE - digits.shape[-1]
    for square, digit, (down, right) in zip(
        squares, digits, dice % (room + 1), strict=True
    ):
        square[0, down : down + 56, right : right + 56] = digit
    return squares


def _wave(phase: np.ndarray) -> np.ndarray:
    """A smooth wave of period 256, from 0 up to 255 and down again; exact integers."""
    ramp = np.minimum(np.arange(256), 255 - np.arange(256)) * 2
    smooth = ramp * ramp * (3 * 254 - 2 * ramp) // (254 * 254) * 255 // 254
    return smooth.astype(np.uint16)[phase & 255]


def _texture(kinds: np.ndarray, dice: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Share of the ground's second colour: (N, 1, 64, 64) uint16 in 0..255.

    Args:
        kinds: bytes (N,) that choose clouds, stripes or dots.
        dice: bytes (N, 3) for a stripe's slant or a dot's size, and where they lie.
        heights: bytes (N, 25), the clouds' density at 5×5 points.
    """
    texture = np.empty((len(kinds), 1, SIDE, SIDE), np.uint16)
    line = np.arange(SIDE)
    choice, down, right = dice.astype(np.int64).T[:, :, None, None]
    clouds, stripes, dots = (kinds % 3 == kind for kind in range(3))

    between = _wave(line % 16 * 8).astype(np.float64)  # all sums are exact: below 2^53
    points = line[:, None] // 16
    weight = (255 - between)[:, None] * (points == np.arange(5))
    weight += between[:, None] * (points + 1 == np.arange(5))
    height = heights[clouds].reshape(-1, 5, 5).astype(np.float64)
    texture[clouds, 0] = (weight @ height @ weight.T) // 255**2

    slant = np.array(SLANTS)[choice[stripes].ravel() % len(SLANTS)][:, :, None, None]
    phase = slant[:, 0] * line[:, None] + slant[:, 1] * line
    texture[stripes, 0] = _wave(phase + down[stripes])

    pitch = 10 + choice[dots] % 5
    rows = _wave(pitch * line[:, None] + down[dots])
    texture[dots, 0] = rows * _wave(pitch * line + right[dots]) // np.uint16(255)
    return texture


def _colours(choice: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """Three colours for each picture, near those of a palette: (N, 3, 3) uint16."""
    palettes = np.array([[list(bytes.fromhex(c)) for c in p] for p in PALETTES])
    shift = dice.reshape(-1, 3, 3).astype(np.int64) % (2 * JITTER + 1) - JITTER
    near = np.clip(palettes[choice % len(PALETTES)] + shift, 0, 255)
    return near.astype(np.uint16)


def _painted(ink: np.ndarray, texture: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Paint the ground, then the digit upon it: (N, 3, 64, 64)."""
    first, second, pen = colours.transpose(1, 0, 2)[..., None, None]  # (N, 3, 1, 1)
    return _mixed(_mixed(first, second, texture), pen, ink)
