"""A finished picture with its alternative text, and the colours of the roles."""

import base64
import html
import io
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from labkit.runtime import atomic_write

REAL, FAKE, CRITIC, GRADIENT = "#008837", "#A33EBD", "#447CE4", "#C414DB"
DPI = 144  # of figures; an inch is 96 CSS pixels, whatever the screen


class Picture:
    """An encoded picture that a notebook shows with its alternative text.

    JupyterLab drops the alternative text of plain image outputs; an HTML figure keeps
    it, on paper, on GitHub and for a screen reader.

    Args:
        data: the encoded file.
        alt: what is to be seen, in a sentence, for who cannot see it.
        width: width on screen in CSS pixels.
        kind: "png" or "gif".
        pixelated: show the pixels as squares, and not smoothed: for images, not for
            lines and letters.
    """

    def __init__(
        self,
        data: bytes,
        alt: str,
        width: int,
        kind: str = "png",
        pixelated: bool = True,
    ) -> None:
        self.data, self.alt, self.width, self.kind = data, alt, width, kind
        self.pixelated = pixelated

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_html_(self) -> str:
        code = base64.b64encode(self.data).decode()
        rendering = "pixelated" if self.pixelated else "auto"
        return (
            f'<figure style="margin:0"><img alt="{html.escape(self.alt)}" '
            f'width="{self.width}" style="max-width:100%;image-rendering:{rendering}" '
            f'src="data:image/{self.kind};base64,{code}"></figure>'
        )

    def save(self, path: str | Path) -> None:
        """Write the picture to a file."""
        atomic_write(path, lambda file: file.write_bytes(self.data))


def figure(plot: Figure, alt: str) -> Picture:
    """Turn a matplotlib figure into a picture.

    Args:
        plot: made by `matplotlib.figure.Figure`, without pyplot: nothing is left open.
        alt: its alternative text.
    """
    buffer = io.BytesIO()
    FigureCanvasAgg(plot)
    plot.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
    pixels = int.from_bytes(buffer.getvalue()[16:20], "big")  # width, in PNG's header
    return Picture(buffer.getvalue(), alt, pixels * 96 // DPI, pixelated=False)
