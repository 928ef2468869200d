"""Where a course is, and its settings; light, for all who do not build."""

from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from labkit.course.errors import BuildError

CONFIG = "nbgrader_config.py"


def course_folder(start: Path | None = None) -> Path:
    """Find the course: `start`, or the nearest folder upwards with its settings.

    Raises:
        BuildError: there is none.
    """
    if start is not None:
        return Path(start).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise BuildError(
        f"no {CONFIG} in {here} or above it: run this in the course folder, which has one"
    )


def nbgrader_config(root: Path) -> Config:
    """Read the course's own nbgrader_config.py, and no other settings of this machine.

    Raises:
        BuildError: the folder has none.
    """
    if not (root / CONFIG).is_file():
        raise BuildError(
            f"{root} is no course folder: there is no {CONFIG} in it. "
            "Run labkit build in the folder that holds solutions/."
        )
    return PyFileConfigLoader(CONFIG, path=str(root)).load_config()
