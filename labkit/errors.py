"""Labkit's own errors: what the user can mend."""


class LabkitError(Exception):
    """Something the user can mend; the text says what was expected and what to do."""

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: show the message alone, without a traceback."""
        return f"{type(self).__name__}: {self}".splitlines()


class BadValue(LabkitError, ValueError):
    """An argument that makes no sense."""
