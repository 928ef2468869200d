"""The one exception class of labkit's own errors."""


class LabkitError(Exception):
    """Something the user can mend; the text says what was expected and what to do."""
