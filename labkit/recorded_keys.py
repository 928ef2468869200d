"""The key of a cell: the same for the same code, on every version of Python."""

import ast
import hashlib
from collections.abc import Iterator

GUESS = "guess"  # names of predictions begin so; students put their own in


def key(tree: ast.Module) -> str:
    """Hash a cell's code; comments, blanks and the predictions do not count.

    Fields that hold nothing are left out: which of them a tree has, and how
    `ast.dump` writes them, differs between versions.
    """
    guessed = {id(value) for node in tree.body for value in _guesses(node)}
    words: list[str] = []
    waiting: list[object] = [tree]  # no recursion: a long sum is as deep as it is long
    while waiting:
        part = waiting.pop()
        if id(part) in guessed:
            words.append("?")
        elif isinstance(part, ast.AST):
            words.append(type(part).__name__)
            for name, value in ast.iter_fields(part):
                if isinstance(part, ast.JoinedStr):  # 3.12 ends {x:{wide}} in a ""
                    value = [each for each in value if not _is_empty(each)]
                if value is not None and value != []:
                    waiting += [value, name]
        elif isinstance(part, list):
            words.append(str(len(part)))
            waiting += part
        else:
            words.append(ascii(part))
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]


def _guesses(node: ast.stmt) -> Iterator[ast.expr]:
    """The predictions in `guess = "?"` and in `guess, found = "?", {}`."""
    if not isinstance(node, ast.Assign):
        return
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple):
        pairs = zip(target.elts, getattr(value, "elts", []))
    else:
        pairs = zip([target], [value], strict=True)
    for name, each in pairs:
        if isinstance(name, ast.Name) and name.id.startswith(GUESS):
            yield each


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""
