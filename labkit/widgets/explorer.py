"""The latent explorer: walk through the space that a generator draws from.

Five views of one space: a path between seeds, a closed walk, a sheet between corners,
sums of averages, a sheet of samples. The page draws small generators by itself; it asks
the kernel for sheets, for large generators, and for the nearest real image.
"""

import functools
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from labkit import sharing, zoo
from labkit.data import ImageSet, to_uint8
from labkit.errors import BadValue, LabkitError
from labkit.export import load_generator
from labkit.runtime import atomic_write
from labkit.show import equation
from labkit.show import explorer as drawn
from labkit.show.picture import Picture
from labkit.widgets import explorer_files as files
from labkit.widgets import sheets, weights
from labkit.widgets.base import Widget
from labkit.widgets.explorer_choices import CHOICES, SHARED, checked
from labkit.widgets.explorer_reals import COLUMNS, Reals, dataset_of, reals
from labkit.widgets.quick import drawer

CURVE = 65  # points of the curve of lengths


class Explorer(Widget):
    """Explore the space between the images of a generator.

    Args:
        generator: "digits" or another name of the zoo, whatever
            `labkit.load_generator` reads, or a module z (B, latent_dim) → images with
            `latent_dim`.
        real: the training images, to look for the nearest: a name of
            `labkit.data.load`, or a set. By default those of the zoo's generator, or
            of the run's folder.
        **state: what is shown first, see `explorer_choices.CHOICES`.

    Attributes:
        generator: the module.
        name: of the generator, for people.

    Raises:
        LabkitError: there is no such generator. BadValue: there is no such choice.
    """

    module = "explorer"
    label = "Latent explorer"
    defaults: ClassVar[dict[str, Any]] = CHOICES

    def __init__(
        self,
        generator: str | Path | nn.Module = "digits",
        real: str | ImageSet | None = None,
        **state: Any,
    ) -> None:
        source = "" if isinstance(generator, nn.Module) else str(generator)
        source = source.removeprefix(zoo.PREFIX)
        if source:
            known = source in zoo.names()
            generator = load_generator(zoo.PREFIX + source if known else source)
        if not isinstance(getattr(generator, "latent_dim", None), int):
            raise BadValue(
                "expected a generator with the attribute latent_dim, the length of z; "
                f"{type(generator).__name__} has none. Set it: generator.latent_dim = 64"
            )
        self.generator, self._images = generator, drawer(generator)
        self.name = Path(source).name if source else "your generator"
        shape = tuple(
            self._images(sheets.of_seeds(generator.latent_dim, [0])).shape[1:]
        )
        real = real or (dataset_of(source) if source else None)
        found = reals if isinstance(real, str) else Reals
        self._real = found(real, shape) if real else None
        self._folded = weights.fold(generator)
        facts = {
            "name": self.name,
            "latent_dim": generator.latent_dim,
            "image_shape": list(shape),
            "plan": self._folded and self._folded[0],
            "bank": files.BANK,
            "truncated": files.TRUNCATED,
            "levels": list(files.LEVELS),
            "shared": SHARED,
            "real": self._real and self._real.name,
            "real_columns": COLUMNS,
        }
        super().__init__(facts, **{"generator": source} | state)

    def check(self, state: dict[str, Any]) -> dict[str, Any]:
        """Refuse what cannot be shown, with the reason."""
        return checked(state)

    @property
    def view(self) -> sheets.View:
        """What is shown now: z, and a sentence."""
        return self._view(self.state)

    def picture(self) -> Picture:
        """Draw what is shown now."""
        state, view = self.state, self.view
        details = self._images(torch.stack(list(view.details.values())))
        if state["view"] == "arithmetic":
            return _equation(details, list(view.details), view.alt)
        named, alt = dict(zip(view.details, details, strict=True)), view.alt
        if self._real is not None:
            real, found = self._real.nearest(self._images(view.shown[None])[0])
            named["nearest real"] = real
            alt += f" Nearest real: {found['words']}."
        if state["view"] == "path":
            dim = self.generator.latent_dim
            z = sheets.of_seeds(dim, state["seeds"])
            norms = sheets.norms(z, CURVE)
            return drawn.on_the_way(named, norms, state["t"], len(z) - 1, dim**0.5, alt)
        sheet = self._images(view.sheet)
        return drawn.around(named, sheet, view.columns, sheets.mark(state), alt)

    def save(self, path: str | Path) -> None:
        """Write what is shown now to a file.

        Args:
            path: .png for the sheet; .gif or .webp for a film of the path, of the walk,
                or around the plane; .html as `to_html`.

        Raises:
            BadValue: another suffix, or a film of a view that does not move.
        """
        path = Path(path)
        if path.suffix == ".html":
            self.to_html(path)
            return
        kind = path.suffix[1:].lower()
        data = files.exported(self.generator, self.view, self.state, kind)
        atomic_write(path, lambda file: file.write_bytes(data))

    def share(self) -> str:
        """What is shown now as a line of text: `Explorer.shared` shows it again."""
        keys = ("generator", "view", *SHARED[self.state["view"]])
        return sharing.written(self.module, {key: self.state[key] for key in keys})

    @classmethod
    def shared(cls, text: str, generator: Any = None, **keywords: Any) -> Self:
        """Show again what somebody shared.

        Args:
            text: of the field "Share", or of `share`.
            generator: needed where the text names none: a module of your own.
            **keywords: as `Explorer` takes them.
        """
        state = cls.read(text)
        named = state.pop("generator", CHOICES["generator"])
        if generator is None and not named:
            raise BadValue(
                "this line was shared from a generator without a name, a module say. "
                "Hand it over: Explorer.shared(text, generator=run.generator)"
            )
        return cls(named if generator is None else generator, **state, **keywords)

    def blobs(self) -> dict[str, bytes]:
        """Weights where the page draws by itself, z of the first seeds, real images."""
        return self._blobs

    def answer(
        self, question: str, content: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Answer the page: "z", "draw", "sheet", "nearest" or "file"."""
        dim = self.generator.latent_dim
        if question == "z":
            limit = content.get("truncation")
            return {}, [files.floats(sheets.of_seeds(dim, content["seeds"], limit))]
        if question == "draw":
            image = self._images(files.read_floats(buffers[0], dim))[0]
            return {}, [to_uint8(image).numpy().tobytes()]
        if question == "nearest":
            image = self._images(files.read_floats(buffers[0], dim))[0]
            return self._nearest(image)
        if question in ("sheet", "file"):
            state = checked(self.state | content["state"])
            view = self._view(state)
            if question == "file":
                kind = content["kind"]
                return {}, [files.exported(self.generator, view, state, kind)]
            pictures = self._images(view.sheet)
            raw = content.get("raw")  # four times as many bytes, and nothing to decode
            sheet = (
                to_uint8(pictures).numpy().tobytes()
                if raw
                else files.jpeg(pictures, view.columns)
            )
            length = float(view.sheet.norm(dim=1).mean())
            return {"length": length}, [sheet, files.floats(view.shown)]
        return super().answer(question, content, buffers)

    def _nearest(self, image: Tensor) -> tuple[dict[str, Any], list[bytes]]:
        if self._real is None:
            raise LabkitError(
                "it is not known what this generator was trained on. Say it: "
                'Explorer(generator, real="digits")'
            )
        real, found = self._real.nearest(image)
        found["seen"] = self._real.seen(image)
        return found, [real.contiguous().numpy().tobytes()]

    @functools.cached_property
    def _blobs(self) -> dict[str, bytes]:
        bank = files.bank(self.generator.latent_dim, self._real)
        return bank | ({"weights": self._folded[1]} if self._folded else {})

    def _view(self, state: dict[str, Any]) -> sheets.View:
        return sheets.view(self.name, self.generator.latent_dim, state)


def _equation(pictures: Tensor, names: list[str], alt: str) -> Picture:
    *terms, result = pictures
    signs = {"A": [], "B": ["−"], "C": ["+"]}
    row = [
        part
        for name, image in zip(names, terms, strict=False)
        for part in (*signs[name], image)
    ]
    picture = equation([*row, "=", result], names)
    picture.alt = alt
    return picture
