"""What goes wrong with the grade book; apart from it, for nbgrader is slow to load."""

from labkit.errors import LabkitError


class GradebookError(LabkitError):
    """The grade book cannot be read or written; the text says why and what to do."""
