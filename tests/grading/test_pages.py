"""Large pages under the process that forks for every submission."""

import subprocess
import sys
from pathlib import Path

import pytest

LARGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
PROGRAM = """
import re
from labkit.grading.sandbox.pages import collapse

def large():
    return int(re.search(r"AnonHugePages:\\s+(\\d+)", open("/proc/self/smaps_rollup").read())[1])

held = [bytearray(1000) for _ in range(40_000)]
before = large()
collapse()
print(large() - before, sum(map(len, held)))
"""


def may_collapse() -> bool:
    """Whether this is a Linux of 6.1 or later that has large pages."""
    if not LARGE.exists() or "[never]" in LARGE.read_text():
        return False
    release = Path("/proc/sys/kernel/osrelease").read_text().split(".")
    return tuple(map(int, release[:2])) >= (6, 1)


@pytest.mark.skipif(not may_collapse(), reason="no large pages here")
def test_what_is_held_comes_to_lie_on_large_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    kilobytes, held = map(int, done.stdout.split())
    assert kilobytes > 20_000
    assert held == 40_000_000
