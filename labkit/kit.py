"""Whether this labkit is that of a student's kit, without the answers to come.

`labkit kit` writes `data/kit.json`, {"lab": "04_losses"}: answers to that lab and to
those after it are stubs. The whole course has no such file.
"""

import functools
import json

FILE = "kit.json"  # of the data folder


@functools.cache
def lab() -> str | None:
    """The kit's lab, "04_losses"; None in the whole course."""
    from labkit.data import data_folder

    path = data_folder() / FILE
    return json.loads(path.read_text("utf-8"))["lab"] if path.is_file() else None


def lacks(exercises_of: str) -> bool:
    """Tell whether labkit's answers to a lab, "05_training" say, are left out here."""
    own = lab()
    return own is not None and exercises_of >= own
