"""The process that grades for a worker, without a sandbox: what the cluster does around it.

FAKE_LOG names a file that gets a line, the student, whenever one is graded;
FAKE_SECONDS is what each takes longer. A student called kills-bench ends the process.
"""

import os
from pathlib import Path

from labkit.grading import asking
from labkit.grading.cluster import bench
from labkit.grading.grader import Graded, Grader
from labkit.grading.submissions import Submission
from tests.grading.fakes import InProcess


class Logged(Grader):
    def grade(self, submission: Submission) -> Graded:
        if submission.student == "kills-bench":
            os._exit(1)
        graded = super().grade(submission)
        if graded.ran:
            with Path(os.environ["FAKE_LOG"]).open("a") as log:
                log.write(f"{submission.student}\n")
        return graded


if __name__ == "__main__":
    asking.Worker = InProcess
    bench.Grader = Logged
    InProcess.seconds = float(os.environ.get("FAKE_SECONDS", "0"))
    bench.main()
