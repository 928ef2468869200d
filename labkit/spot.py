"""Real or generated? Rounds for a human judge, and what signal detection makes of them.

Macmillan and Creelman 2005, "Detection theory: a user's guide": saying "fake" to a fake
is a hit, saying it to a real image is a false alarm. The log-linear correction is that of
Hautus 1995, the variance of d′ that of Gourevitch and Galanter 1967.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import NormalDist

import torch
from torch import Tensor

from labkit import zoo
from labkit.data import load, to_uint8
from labkit.errors import BadValue, LabkitError
from labkit.latent import sample
from labkit.runtime import atomic_write

ROUNDS = (4, 200)
FORMAT = "labkit-spot-1"
NORMAL = NormalDist()
WIDTH = NORMAL.inv_cdf(0.975)  # of a 95 % interval, in standard errors


@dataclass(frozen=True)
class Score:
    """How well somebody told fakes from real images.

    Args:
        fakes: images that were generated, 1 or more.
        hits: of these, how many were called fake.
        reals: images that were real, 1 or more.
        false_alarms: of these, how many were called fake.

    Raises:
        BadValue: such counts cannot be.
    """

    fakes: int
    hits: int
    reals: int
    false_alarms: int

    def __post_init__(self) -> None:
        for many, most in ((self.hits, self.fakes), (self.false_alarms, self.reals)):
            if type(many) is not int or type(most) is not int or not 0 <= many <= most:
                raise BadValue(
                    f"{many!r} of {most!r} images cannot have been called fake"
                )
        if self.fakes < 1 or self.reals < 1:
            raise BadValue("a score needs at least one fake and one real image")

    @property
    def rates(self) -> tuple[float, float]:
        """Hit rate and false-alarm rate, each half an image away from 0 and 1."""
        return (
            (self.hits + 0.5) / (self.fakes + 1),
            (self.false_alarms + 0.5) / (self.reals + 1),
        )

    @property
    def d_prime(self) -> float:
        """How far apart the two kinds look, in standard deviations: 0 is guessing."""
        hit, alarm = map(NORMAL.inv_cdf, self.rates)
        return hit - alarm

    @property
    def error(self) -> float:
        """Standard error of d′."""
        variance = 0.0
        for rate, count in zip(self.rates, (self.fakes, self.reals), strict=True):
            slope = NORMAL.pdf(NORMAL.inv_cdf(rate))
            variance += rate * (1 - rate) / (count * slope**2)
        return math.sqrt(variance)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of d′.

        With 5 to 25 images of each kind, and a true d′ of 0 to 3 without a leaning, it
        holds the true one in 95 to 99 % of all games.
        """
        return self.d_prime - WIDTH * self.error, self.d_prime + WIDTH * self.error

    def told(self) -> list[str]:
        """Three sentences: the counts, d′, and what it says about the generator."""
        low, high = self.interval
        right = NORMAL.cdf(self.d_prime / 2)
        if low > 0:
            means = (
                "You can tell its images from real ones. Who sees as much as you is right "
                f"in {right:.0%} of the cases when both kinds are equally likely. "
                "Something in the images gives the generator away."
            )
        elif high < 0:
            means = (
                "You see a difference, and read it the wrong way round: you take its "
                "images for real ones more often than real ones."
            )
        else:
            means = (
                "Guessing can give such a number, for 0 lies in the interval. So either "
                f"its images look real to you, or {self.fakes + self.reals} rounds are too "
                "few to show what you see."
            )
        counts = (
            f"You called {self.hits} of {self.fakes} fakes fake (hit rate "
            f"{self.hits / self.fakes:.0%}), and {self.false_alarms} of {self.reals} real "
            f"images (false alarms {self.false_alarms / self.reals:.0%})."
        )
        return [
            counts,
            f"d′ = {signed(self.d_prime)}, 95 % interval {signed(low)} to {signed(high)}.",
            means,
        ]


def signed(number: float) -> str:
    """A number with two decimals, with a true minus."""
    return f"{number:.2f}".replace("-", "−").replace("−0.00", "0.00")


def deck(generator: str, rounds: int, seed: int) -> tuple[Tensor, list[bool]]:
    """Shuffle test images and as many generated ones, or one more of either.

    Args:
        generator: a name of the zoo.
        rounds: how many images, 4 to 200.
        seed: the same seed gives the same images in the same order.

    Returns:
        images: uint8 (rounds, C, H, W).
        fakes: whether each of them was generated.

    Raises:
        BadValue: there is no such generator, or the numbers make no sense.
    """
    if generator not in zoo.names():
        raise BadValue(f"the zoo has {', '.join(zoo.names())}; got {generator!r}.")
    for name, value, low, high in (
        ("rounds", rounds, *ROUNDS),
        ("seed", seed, 0, 2**31 - 1),
    ):
        if type(value) is not int or not low <= value <= high:
            raise BadValue(
                f"{name} is a whole number from {low} to {high}; got {value!r}."
            )
    rng = torch.Generator().manual_seed(seed)
    odd = int(torch.randint(2, (), generator=rng))
    fakes = torch.randperm(rounds, generator=rng) < (rounds + odd) // 2
    real = load(zoo.entries()[generator]["dataset"], split="test").images
    chosen = torch.randperm(len(real), generator=rng)[: int((~fakes).sum())]
    painted = to_uint8(sample(zoo.load(generator), int(fakes.sum()), seed=seed))
    images = painted.new_empty(rounds, *painted.shape[1:])
    images[fakes], images[~fakes] = painted, real[chosen]
    return images, fakes.tolist()


def write_result(path: Path, player: str, game: dict, score: Score) -> None:
    """Write what `read_result` reads, in one step."""
    content = {"format": FORMAT, "player": player} | game | asdict(score)
    content["d_prime"] = round(score.d_prime, 3)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    atomic_write(path, lambda file: file.write_text(text, encoding="utf-8"))


def read_result(path: Path) -> tuple[str, str, Score]:
    """Read one person's result.

    Returns:
        The player's name, the generator's, and the score.

    Raises:
        LabkitError: it is no result, or damaged; the text says what is wrong with it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabkitError(f"cannot be read: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise LabkitError("is no result of SpotTheFake")
    names = [content.get(key) for key in ("player", "generator")]
    if not all(isinstance(name, str) and name for name in names):
        raise LabkitError("does not say who played against which generator")
    keys = ("fakes", "hits", "reals", "false_alarms")
    return *names, Score(*(content.get(key) for key in keys))
