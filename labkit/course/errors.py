"""The one exception of the build, with the places to look at."""

from collections.abc import Iterable

from labkit.errors import LabkitError


class BuildError(LabkitError):
    """Something is wrong with a lab's source; nothing has been written.

    Attributes:
        problems: one line each, "solutions/02_critic/02_critic.py:41: …".
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))
