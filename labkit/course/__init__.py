"""From one source per lab to everything that people get: `labkit build`."""

import importlib.util

from labkit.errors import LabkitError

for _package in ("jupytext", "nbgrader"):
    if importlib.util.find_spec(_package) is None:
        raise LabkitError(
            f"building the course needs {_package}, which is not installed: "
            "pip install 'labkit[grade]'"
        )
