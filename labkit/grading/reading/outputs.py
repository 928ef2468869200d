"""What a notebook shows, reduced to text and to pictures that were drawn anew.

HTML, SVG, scripts and widgets of a submission reach nobody: their text takes their
place. Pictures are decoded and encoded again, so that nothing of the file is kept.
"""

import base64
import io
import re
from typing import Any

from PIL import Image

MAX_TEXT = 10_000  # characters of an output
MAX_ALL_TEXT = 100_000
MAX_PIXELS = 4_000_000
MAX_FILE = 4_000_000  # characters of a picture in base64
MAX_PICTURES = 40
PICTURES = ("image/png", "image/jpeg", "image/gif")
ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])"
)
RICH = {
    "text/html": "HTML",
    "image/svg+xml": "SVG",
    "application/javascript": "JavaScript",
    "text/latex": "LaTeX",
    "text/markdown": "Markdown",
    "application/vnd.jupyter.widget-view+json": "widget",
}

Image.preinit()  # here, and not again in every fork


class Outputs:
    """Reads the outputs of a notebook's cells, one cell after the other.

    What one notebook may show is limited: so many characters, so many pictures.
    """

    def __init__(self) -> None:
        self._characters = MAX_ALL_TEXT
        self._pictures = MAX_PICTURES

    def read(self, outputs: list[Any]) -> list[dict[str, str]]:
        """Reduce the outputs of a cell.

        Returns:
            {"kind": "text" or "error", "text"} or {"kind": "image", "png": base64}, in
            order; pieces of one stream are joined.
        """
        found: list[dict[str, str]] = []
        for output in outputs:
            for kind, text in self._one(output) if isinstance(output, dict) else ():
                last = found[-1] if found else {}
                if kind == "image":
                    found.append({"kind": kind, "png": text})
                elif kind == "text" == last.get("kind") and _is_stream(output):
                    last["text"] = (last["text"] + text)[:MAX_TEXT]
                elif text:
                    found.append({"kind": kind, "text": text})
        return found

    def _one(self, output: dict[str, Any]) -> list[tuple[str, str]]:
        kind = output.get("output_type")
        if kind == "stream":
            return [("text", self._text(output.get("text")))]
        if kind in ("error", "pyerr"):
            trace = self._text(output.get("traceback"), "\n")
            name = self._text([output.get("ename"), output.get("evalue")], ": ")
            return [("error", trace or name)]
        data = output.get("data")
        return self._rich(data) if isinstance(data, dict) else []

    def _rich(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        for kind in PICTURES:
            png = self._picture(data[kind]) if kind in data else None
            if png:
                return [("image", png)]
        text = self._text(data.get("text/plain"))
        if text and not text.startswith("<IPython."):
            return [("text", text)]
        names = [name for kind, name in RICH.items() if kind in data]
        what = (
            names[0] if names else "image" if data.keys() & set(PICTURES) else "other"
        )
        return [("text", f"[{what} output not shown]\n")]

    def _text(self, text: Any, between: str = "") -> str:
        """Text without colours, cut to what is left of the limits."""
        if isinstance(text, list):
            text = between.join(part for part in text if isinstance(part, str))
        if not isinstance(text, str):
            return ""
        left = min(MAX_TEXT, self._characters)
        plain = ANSI.sub("", text[: 4 * MAX_TEXT]).replace("\r\n", "\n")
        self._characters -= len(plain[:left])
        return plain if len(plain) <= left else plain[:left] + "\n[… cut]\n"

    def _picture(self, content: Any) -> str | None:
        """A picture's first frame as a new PNG in base64, or None."""
        if isinstance(content, list):
            content = "".join(part for part in content if isinstance(part, str))
        if (
            not isinstance(content, str)
            or len(content) > MAX_FILE
            or not self._pictures
        ):
            return None
        self._pictures -= 1
        try:
            file = io.BytesIO(base64.b64decode(content))
            with Image.open(file, formats=("PNG", "JPEG", "GIF")) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.load()
                mode = "RGBA" if "A" in image.getbands() else "RGB"
                new = Image.frombytes(mode, image.size, image.convert(mode).tobytes())
        except Exception:  # noqa: BLE001 (whatever a forged file makes of Pillow)
            return None
        drawn = io.BytesIO()
        new.save(drawn, "PNG", compress_level=1)
        return base64.b64encode(drawn.getvalue()).decode("ascii")


def _is_stream(output: dict[str, Any]) -> bool:
    return output.get("output_type") == "stream"
