"""`python -m tests.redteam [--user] [WORD ...]`: the cases whose names hold a word."""

import sys
import tempfile
from pathlib import Path

from .case import CANARY
from .corpus import CASES, grade, hand_in, holding, ordinary_user, problems, table


def main() -> None:
    """Grade them, and print the table and what is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="labkit-class-"))
    words = [word for word in sys.argv[1:] if word != "--user"]
    chosen = [
        case
        for case in CASES.values()
        if not words or any(word in case.name for word in words)
    ]
    hand_in(folder, chosen)
    graded = grade(folder, ordinary_user(folder) if "--user" in sys.argv else ())
    print(graded.log, table(graded, chosen), sep="\n\n")
    for case in chosen:
        for problem in problems(case, graded):
            print(f"{case.name}: {problem}")
    print("left", graded.left, "changed", graded.changed, holding(graded.out, CANARY))
    print(f"{len(chosen)} cases in {graded.seconds:.0f} s")


main()
