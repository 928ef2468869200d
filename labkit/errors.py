"""Labkit's own errors: what the user can mend."""


class LabkitError(Exception):
    """Something the user can mend; the text says what was expected and what to do."""


class BadValue(LabkitError, ValueError):
    """An argument that makes no sense."""
