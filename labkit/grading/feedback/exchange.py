"""What nbgrader's release_feedback looks for beside a page: whose it is.

In nbgrader's exchange a page lies under a name made from a secret that `nbgrader
submit` has put beside the notebook, and that only its student knows. So the page's
folder has to hold the secret of the submission that was graded.
"""

import contextlib
import secrets
from pathlib import Path

from labkit.grading.submissions import TIMESTAMP, Refused, Submission, read
from labkit.runtime import atomic_write

SECRET = "submission_secret.txt"
MOST_BYTES = 1000


def address(page: Path, submission: Submission) -> None:
    """Write timestamp and secret of a submission beside its page.

    A submission that did not come through the exchange has no secret. It gets one that
    nobody knows: without, release_feedback would stop at it, and release nobody's.

    Args:
        page: feedback/<student>/<lab>/<lab>.html.
        submission: what the student's folder holds.
    """
    for name in (TIMESTAMP, SECRET):
        path = page.with_name(name)
        content = b""
        with contextlib.suppress(Refused):
            content = read(submission, name, MOST_BYTES)
        if not content:
            if path.is_file():
                continue
            content = secrets.token_hex(64).encode() if name == SECRET else b""
        if not path.is_file() or path.read_bytes() != content:
            atomic_write(path, lambda file, data=content: file.write_bytes(data))
