"""Fixtures of the hub's tests: a browser, and a machine with a hub and three accounts."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser  # noqa: F401  (a fixture)
from tests.hub.machine import Machine, missing


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine. Where it cannot be: a failure in CI, a skipped test elsewhere."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(f"{reason} (.ci/run provides it)", pytrace=False)
    if reason:
        pytest.skip(reason)
    with Machine(tmp_path_factory.mktemp("hub")) as made:
        yield made
