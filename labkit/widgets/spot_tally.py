"""A class's results of "spot the fake": one picture and one table."""

import html
import math
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import LabkitError
from labkit.show.picture import Picture
from labkit.show.spot import intervals
from labkit.spot import WIDTH, Score, read_result, signed

HEAD = ("player", "generator", "hits", "false alarms", "d′", "95 % interval")


@dataclass(frozen=True)
class Tally:
    """What a folder of results says; shows itself as the last line of a cell.

    Attributes:
        players: (name, generator, score), the largest d′ first.
        means: generator -> (mean d′, low, high of its 95 % interval).
        broken: file name -> what is wrong with it; these are not counted.
    """

    players: list[tuple[str, str, Score]]
    means: dict[str, tuple[float, float, float]]
    broken: dict[str, str]

    def picture(self) -> Picture:
        """d′ of each player with its interval, and the mean for each generator."""
        several = len(self.means) > 1
        rows = [
            (f"{name}, {made}" if several else name, score.d_prime, *score.interval)
            for name, made, score in self.players
        ]
        means = [(f"mean, {name}", *numbers) for name, numbers in self.means.items()]
        return intervals(rows, means, "d′")

    def _repr_html_(self) -> str:
        cells = [
            (name, made, f"{score.hits} of {score.fakes}",
             f"{score.false_alarms} of {score.reals}", signed(score.d_prime),
             " to ".join(map(signed, score.interval)))
            for name, made, score in self.players
        ]  # fmt: skip
        cells += [
            ("mean", made, "", "", signed(mean), f"{signed(low)} to {signed(high)}")
            for made, (mean, low, high) in self.means.items()
        ]
        head = "".join(f'<th scope="col">{text}</th>' for text in HEAD)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>"
            for row in cells
        )
        broken = "".join(
            f"<li>{html.escape(name)}: {html.escape(why)}</li>"
            for name, why in self.broken.items()
        )
        return (
            f"{self.picture()._repr_html_()}<table><caption>Spot the fake</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            + (f"<p>Not counted:</p><ul>{broken}</ul>" if broken else "")
        )


def class_tally(folder: str | Path) -> Tally:
    """Gather what `SpotTheFake(save=…)` has written.

    Args:
        folder: with one .json file for each person; other files are left alone.

    Returns:
        A tally that shows itself: picture, table, and the files that are broken.

    Raises:
        LabkitError: there is no such folder, or no result in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise LabkitError(
            f"there is no folder {folder}; expected one with the files that "
            "SpotTheFake(save=…) writes."
        )
    players, broken = [], {}
    for path in sorted(folder.glob("*.json")):
        try:
            players.append(read_result(path))
        except LabkitError as error:
            broken[path.name] = str(error)
    if not players:
        found = "".join(f"\n{name}: {why}" for name, why in broken.items())
        raise LabkitError(
            f"no result in {folder}; expected .json files that SpotTheFake(save=…) "
            f"writes when a game is over.{found}"
        )
    players.sort(key=lambda each: (each[1], -each[2].d_prime, each[0]))
    made = dict.fromkeys(generator for _, generator, _ in players)
    means = {name: _mean([s for _, g, s in players if g == name]) for name in made}
    return Tally(players, means, broken)


def _mean(scores: list[Score]) -> tuple[float, float, float]:
    """Mean d′ with its interval, from the standard errors of the players."""
    mean = sum(score.d_prime for score in scores) / len(scores)
    error = math.hypot(*(score.error for score in scores)) / len(scores)
    return mean, mean - WIDTH * error, mean + WIDTH * error
