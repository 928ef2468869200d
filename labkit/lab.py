"""`labkit lab`: JupyterLab, opened on the course's first notebook, or a kit's last."""

import os
from collections.abc import Sequence
from pathlib import Path

from labkit.errors import LabkitError

LABS = "notebooks/[0-9][0-9]_*/"
KIT = "data/kit.json"
SETTINGS = Path(__file__).resolve().parent / "jupyter"  # overrides.json


def course_folder(start: Path | None = None, checkout: bool = True) -> Path:
    """Find the folder that has the notebooks, a course or a kit.

    Args:
        start: where to look, and above it; the current folder when None.
        checkout: look last at the folder that labkit itself lies in.

    Raises:
        LabkitError: no notebooks anywhere there.
    """
    start = (start or Path.cwd()).resolve()
    own = [Path(__file__).resolve().parent.parent] if checkout else []
    for folder in (start, *start.parents, *own):
        if (folder / KIT).is_file() or any(folder.glob(LABS)):
            return folder
    raise LabkitError(
        f"no notebooks here: expected a folder with {LABS} or {KIT} in it, at {start} "
        "or above.\n"
        "The notebooks come with the course folder, not with the installed library: "
        "get that folder (git clone, or your teacher's zip) and run this inside it."
    )


def notebook_to_open(folder: Path) -> Path:
    """The first notebook, in a student's kit the newest; their folder if none is left."""
    found = sorted(folder.glob(f"{LABS}[0-9][0-9]_*.ipynb"))
    own = [path for path in found if path.stem == path.parent.name]
    if not own:
        return Path("notebooks")
    return own[-1 if (folder / KIT).is_file() else 0].relative_to(folder)


def jupyter_arguments(
    folder: Path, browser: bool = True, more: Sequence[str] = ()
) -> list[str]:
    """Put together the command line for JupyterLab.

    Jupyter itself takes the next port when the usual one is taken, opens the browser,
    prints the address and stops on Ctrl-C.

    Args:
        folder: the course folder; the file browser shows it.
        browser: open one; otherwise only print the address.
        more: further arguments of `jupyter lab`; they win over ours.
    """
    arguments = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{notebook_to_open(folder).as_posix()}",
        # No question about news over the first notebook, no look for updates.
        # (--LabApp.news_url=None does not stop JupyterLab 4.6 from asking.)
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--Application.log_level=WARN",  # the address stands alone
    ]
    if not browser:
        arguments.append("--no-browser")
    if getattr(os, "geteuid", lambda: 1)() == 0:  # in a container people are root
        arguments.append("--allow-root")
    return [*arguments, *more]


def open_lab(browser: bool = True, more: Sequence[str] = ()) -> None:
    """Run JupyterLab on the course until it is stopped.

    Raises:
        LabkitError: there are no notebooks, or no JupyterLab.
    """
    folder = course_folder()
    try:
        from jupyterlab.labapp import main
    except ImportError as error:
        raise LabkitError(f"JupyterLab is missing ({error}): make venv") from error
    main(jupyter_arguments(folder, browser, more))
