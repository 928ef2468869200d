"""Checks that explain the mistake: `check(name, obj)` is all a student needs."""

from labkit.checks.run import CheckFailed, check
from labkit.checks.spec import REGISTRY, Exercise, Finding

__all__ = ["REGISTRY", "CheckFailed", "Exercise", "Finding", "check"]
