"""`labkit lab`: JupyterLab, opened on the course's first notebook, or a kit's last."""

import os
from collections.abc import Sequence
from pathlib import Path

from labkit.errors import LabkitError

FIRST = Path("notebooks", "00_warmup", "00_warmup.ipynb")
SETTINGS = Path(__file__).resolve().parent / "jupyter"  # overrides.json


def course_folder(start: Path | None = None) -> Path:
    """Find the folder that has the notebooks.

    Args:
        start: where to look, and above it; the current folder when None. A checkout
            that labkit itself lies in is looked at last.

    Raises:
        LabkitError: no notebooks anywhere there.
    """
    start = (start or Path.cwd()).resolve()
    checkout = Path(__file__).resolve().parent.parent
    for folder in (start, *start.parents, checkout):
        if (folder / FIRST).is_file():
            return folder
    raise LabkitError(
        f"no notebooks here: expected {FIRST.as_posix()} in {start} or above it.\n"
        "The notebooks come with the course folder, not with the installed library: "
        "get that folder (git clone, or your teacher's zip) and run this inside it."
    )


def notebook_to_open(folder: Path) -> Path:
    """The first notebook; in a student's kit the newest, which is this week's."""
    found = sorted((folder / "notebooks").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
    own = [path for path in found if path.stem == path.parent.name]
    if own and (folder / "data" / "kit.json").is_file():
        return own[-1].relative_to(folder)
    return FIRST


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
