"""Spot the fake, lab 09: real or generated? The kernel shows, asks, and keeps the answers."""

from pathlib import Path
from typing import Any, ClassVar

from labkit import zoo
from labkit.errors import BadValue, LabkitError
from labkit.show.picture import Picture
from labkit.show.tiles import grid
from labkit.spot import Score, deck, write_result
from labkit.widgets.base import Widget
from labkit.widgets.spot_tally import class_tally

__all__ = ["SpotTheFake", "class_tally"]
SAID = ("real", "fake")


class SpotTheFake(Widget):
    """Judge one image after the other, and learn how well you see.

    The page gets an image, and hears what it was only when you have answered: the
    truth stays in the kernel. So a page without a kernel cannot play.

    Args:
        generator: a name of the zoo; the real images are test images of its set.
        rounds: how many images, 4 to 200; half of them are generated.
        seed: the same seed gives the same images in the same order.
        save: a .json file for the result, named after the player: "results/anna.json".

    Attributes:
        score: the result, or None as long as there are rounds left.

    Raises:
        BadValue: there is no such generator, or the numbers make no sense.
    """

    module: ClassVar[str] = "spot"
    label: ClassVar[str] = "Spot the fake"
    defaults: ClassVar[dict[str, Any]] = {
        "generator": "digits",
        "rounds": 20,
        "seed": 0,
    }

    def __init__(
        self,
        generator: str = "digits",
        rounds: int = 20,
        seed: int = 0,
        save: str | Path | None = None,
    ) -> None:
        self._images, self._fakes = deck(generator, rounds, seed)
        self._said: list[str] = []
        self._save = None if save is None else Path(save)
        if self._save is not None and self._save.suffix != ".json":
            raise BadValue(
                f"save is a .json file named after the player, results/anna.json say; "
                f"got {str(save)!r}."
            )
        facts = {"draws": zoo.entries()[generator]["draws"]}
        super().__init__(facts, generator=generator, rounds=rounds, seed=seed)
        self._game = dict(self.state)

    @property
    def score(self) -> Score | None:
        """How well it went, or None as long as there are rounds left."""
        if len(self._said) < len(self._fakes):
            return None
        called = [said == "fake" for said in self._said]
        hits = sum(f and c for f, c in zip(self._fakes, called, strict=True))
        fakes = sum(self._fakes)
        return Score(fakes, hits, len(called) - fakes, sum(called) - hits)

    def picture(self) -> Picture:
        """All images in their order, without the answers."""
        count, game = len(self._images), self._game
        words = (
            f"{count} images, in rows of 10: test images and images of the zoo's "
            f"{game['generator']} generator, about half of each, shuffled (seed "
            f"{game['seed']}). Which are which is told in the game."
        )
        return grid(self._images, columns=10, alt=words)

    def answer(
        self, question: str, content: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Where the game stands ("where"), or a judgement of an image ("judge").

        Returns:
            The truth of the rounds that were judged, and images as bytes (H, W, C): for
            "where" of all rounds up to the one to judge, for "judge" of that one alone.
        """
        if question == "where":
            return self._where(0)
        if question != "judge":
            return super().answer(question, content, buffers)
        index, said = content.get("round"), content.get("said")
        if type(index) is not int or not 0 <= index <= len(self._said):
            raise LabkitError(f"round {index!r} is not to be judged now.")
        if said not in SAID:
            raise LabkitError(f"an image is real or fake; got {said!r}.")
        if index < len(self._said):  # judged before, in another view of the game
            return self._where(index + 1)
        if index == len(self._fakes):
            raise LabkitError("the game is over.")
        self._said.append(said)
        told, sent = self._where(index + 1)
        if self._save is not None and self.score is not None:
            told["saved"] = self._keep(self.score)
        return told, sent

    def _where(self, first: int) -> tuple[dict[str, Any], list[bytes]]:
        """Where the game stands, with the images from round `first` to the present."""
        now, score = len(self._said), self.score
        images = self._images[first : now + 1].permute(0, 2, 3, 1).contiguous()
        told = {
            "shape": list(images.shape[1:]),
            "first": first,
            "judged": [
                {"truth": SAID[fake], "said": said}
                for fake, said in zip(self._fakes, self._said, strict=False)
            ],
            "told": [] if score is None else score.told(),
        }
        return told, [image.numpy().tobytes() for image in images]

    def _keep(self, score: Score) -> str:
        """Write the result; say where it is, or why it is not."""
        try:
            write_result(self._save, self._save.stem, self._game, score)
        except OSError as error:
            return f"The result could not be saved in {self._save}: {error.strerror}."
        return f"The result is saved in {self._save}."
