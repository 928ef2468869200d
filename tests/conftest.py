"""What all tests share: one thread, and system tools that may be missing."""

import os
import shutil

import pytest

# Read by torch, numpy and every kernel that a test starts, once they are imported:
# here nothing is, so that tests that need no torch do not pay for it.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def find_tool(tool: str) -> str | None:
    """Path of a system tool, or None; chromium goes by several names."""
    names = CHROMIUM if tool == "chromium" else (tool,)
    return next(filter(None, map(shutil.which, names)), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("bwrap")`: fail in CI without the tool, skip elsewhere."""
    for marker in item.iter_markers("needs"):
        for tool in marker.args:
            if find_tool(tool) is None:
                reason = f"needs {tool}, which is not installed (.ci/run installs it)"
                if os.environ.get("CI"):
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)
