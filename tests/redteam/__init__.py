"""The red team: submissions that are hostile or unlucky, each with its right answer.

All cases are one class, graded by one `labkit grade` (test_corpus.py). A few of them
alone: `python -m tests.redteam WORD`, with `--user` as an ordinary user.

To add a case, write it into the list of the module where it belongs (the_28, processes,
resources, tampering, thieves, files, dialects, words):

    Case(
        "exit in the cell",                # unique; also the student's name
        above("raise SystemExit"),         # the critic_loss cell: this, then the answer
        lost="critic_loss",                # every other exercise has full marks
        flags=("died",),                   # exactly these; "a|b": either, "a?": may be
        says="it stops with an error",     # in the messages of the record
    )

The answers that a case does not mention are right, so each case also shows that
its other exercises were not harmed. `@COURSE@`, `@OUT@` and `@REPO@` in a source become
those folders; nothing that outputs hold may contain CANARY.
"""
