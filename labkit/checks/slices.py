"""Which cells an answer needs: its own, and those that define what it uses.

The rest of a notebook, training and pictures, need not run to check an answer. Names
are followed statement by statement, cells run as a whole. Of a cell that brings nothing
but an import, that import runs alone. What cannot be seen in the text is not followed:
names made by `exec` or `globals()`, and calls that change an object without naming a
method of lists, dicts and sets.
"""

import ast
import builtins
import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from labkit.checks.cells import Cell
from labkit.checks.names import Names

Place = tuple[int, int]  # index of the cell, index of the statement in it


@dataclass(frozen=True)
class Step:
    """A cell to run, or one import of it.

    Attributes:
        cell: its number.
        statement: index of the import; None for the whole cell.
        flags: the cell's compiler flags.
    """

    cell: int
    statement: int | None
    flags: int

    def of(self, cell: Cell) -> Cell:
        """What of the cell is to run."""
        if self.statement is None:
            return cell
        statements = cell.tree.body[self.statement : self.statement + 1]
        return dataclasses.replace(cell, tree=ast.Module(statements, []))


@dataclass(frozen=True)
class Slice:
    """What to run for one answer.

    Attributes:
        answer: number of the cell that holds the answer; None if there is none.
        marked: whether the cell was found by its grade_id, not by a definition alone.
        others: further cells that claim to hold it: with the same grade_id or, when no
            cell has that, with a definition of the same name.
        steps: what to run, in order.
    """

    answer: int | None
    marked: bool = False
    others: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def whole(self) -> list[int]:
        """The numbers of the cells that run as a whole."""
        return [step.cell for step in self.steps if step.statement is None]


class Slicer:
    """Makes the slices of a notebook's code cells.

    Args:
        cells: all code cells, in order.
    """

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self._binds: dict[str, list[Place]] = defaultdict(list)
        self._touches: dict[str, list[Place]] = defaultdict(list)
        self._dotted: dict[str, list[Place]] = defaultdict(list)
        self._stars: list[Place] = []
        for place in self._places():
            names = self._names(place)
            for name in names.sure | names.perhaps:
                self._binds[name].append(place)
            for name in names.touches:
                self._touches[name].append(place)
            if names.star:
                self._stars.append(place)
            if names.imported and _is_dotted(self._statement(place)):
                for name in names.imported:
                    self._dotted[name].append(place)
        self._find_setters()

    def slice(self, exercise: str) -> Slice:
        """Find an exercise's answer, and what has to run for it."""
        answer, marked, others = self._answer(exercise)
        if answer is None:
            return Slice(None)
        wanted, whole = self._follow(exercise, answer)
        steps: list[Step] = []
        for index in sorted({*whole, *(index for index, _ in wanted)}):
            imports = sorted(place for other, place in wanted if other == index)
            cell = self.cells[index]
            steps += [
                Step(cell.number, statement, cell.flags)
                for statement in ([None] if index in whole else imports)
            ]
        return Slice(
            self.cells[answer].number,
            marked,
            [self.cells[other].number for other in others],
            steps,
        )

    def _places(self) -> Iterator[Place]:
        for index, cell in enumerate(self.cells):
            yield from ((index, place) for place in range(len(cell.names)))

    def _names(self, place: Place) -> Names:
        return self.cells[place[0]].names[place[1]]

    def _statement(self, place: Place) -> ast.stmt:
        return self.cells[place[0]].tree.body[place[1]]

    def _find_setters(self) -> None:
        """Where a function that sets a global is called, that global may be bound."""
        setters: dict[str, set[str]] = defaultdict(set)
        for cell in self.cells:
            if "global " in cell.source or not cell.source:
                for names in cell.names:
                    for function in names.sure if names.sets else ():
                        setters[function] |= names.sets
        for place in self._places() if setters else ():
            names = self._names(place)
            for function in names.needs & setters.keys():
                for name in setters[function] - names.sure - names.perhaps:
                    self._binds[name].append(place)
        for places in self._binds.values():
            places.sort()

    def _answer(self, exercise: str) -> tuple[int | None, bool, list[int]]:
        """The index of the answer's cell, whether by grade_id, and other claimants."""
        marked = [i for i, cell in enumerate(self.cells) if cell.grade_id == exercise]
        brings = [
            index
            for index in marked
            if any(
                names.star or exercise in names.sure | names.perhaps
                for names in self.cells[index].names
            )
        ]
        if brings:
            return brings[-1], True, [index for index in marked if index != brings[-1]]
        sure, perhaps = [], []
        for place in self._binds.get(exercise, ()):
            names = self._names(place)
            if exercise not in names.imported:
                found = sure if exercise in names.sure else perhaps
                found += [place[0]] if place[0] not in found else []
        found = sure or perhaps
        if found:
            return found[-1], False, found[:-1]
        return (marked[-1], True, marked[:-1]) if marked else (None, False, [])

    def _follow(self, exercise: str, answer: int) -> tuple[set[Place], set[int]]:
        """The statements that an answer needs, and the cells to run as a whole.

        A statement that is used brings what its functions need; one that only stands
        above it in its cell has to come to its end, no more.
        """
        own = range(len(self.cells[answer].names))
        queue = [
            (place, True)
            for place in self._binds.get(exercise, ())
            if place[0] == answer
        ]
        queue = queue or [((answer, place), True) for place in own]
        queue += [(place, True) for place in self._stars if place[0] < answer]
        seen: set[tuple[Place, bool]] = set()
        whole = {answer}
        while queue:
            item = queue.pop()
            if item in seen or (item[0], True) in seen:
                continue
            seen.add(item)
            place, used = item
            names = self._names(place)
            found: set[Place] = set()
            if names.imported:
                for name in names.imported:
                    found |= set(self._dotted[name])
            elif not names.star:
                whole.add(place[0])
                queue += [((place[0], above), False) for above in range(place[1])]
            for name in names.needs:
                found |= set(self._nearest(name, place))
            if used:
                for name in names.later - names.sure:
                    found |= set(self._nearest(name, place, called_later=True))
                for name in (names.sure | names.perhaps) - names.imported:
                    found |= set(self._touches[name])
            queue += [(other, True) for other in found]
        return {place for place, _ in seen}, whole

    def _nearest(
        self, name: str, place: Place, called_later: bool = False
    ) -> list[Place]:
        """The statements that bind a name for its user.

        Back from there to the first that surely binds it, else forward to the first;
        for a function that is called later, its own cell comes before all others.
        """
        places = [other for other in self._binds.get(name, ()) if other != place]
        if not places:
            return [] if hasattr(builtins, name) else self._stars
        found = []
        if called_later:
            found = [other for other in places if other[0] == place[0]]
        ways = (
            reversed([other for other in places if other < place]),
            (other for other in places if other > place),
        )
        for way in ways:
            if any(name in self._names(other).sure for other in found):
                break
            for other in way:
                found.append(other)
                if name in self._names(other).sure:
                    break
        return found


def _is_dotted(statement: ast.stmt) -> bool:
    """Tell `import torch.nn`, which adds to what the name `torch` brings."""
    return isinstance(statement, ast.Import) and any(
        "." in alias.name and alias.asname is None for alias in statement.names
    )
