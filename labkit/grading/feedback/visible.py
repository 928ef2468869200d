"""Text of a student, made safe to look at: nothing in it hides or turns around."""

import unicodedata

LIMIT = 20_000  # characters

# Signs without a shape that belong into honest text: joiners, of Persian and emoji.
WELCOME = "\n\t\u200c\u200d"


class _Marks(dict[int, str | int]):
    """What `str.translate` puts for a code point; filled as they are met."""

    def __missing__(self, point: int) -> str | int:
        sign = chr(point)
        hidden = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        shown = f"⟨U+{point:04X}⟩" if hidden and sign not in WELCOME else point
        return self.setdefault(point, shown)


_marks = _Marks()


def visible(text: str, limit: int = LIMIT) -> str:
    """Mark what cannot be seen, and cut what nobody would read.

    Control characters, signs that change the direction of writing, other invisible
    signs and lone surrogates become ⟨U+202E⟩, so that the result is always valid UTF-8
    and reads in the order in which it is stored. Line ends become \\n.

    Args:
        text: anything at all.
        limit: characters to keep; a cut is told in a last line.
    """
    dropped = len(text) - limit
    text = text[:limit].replace("\r\n", "\n").replace("\r", "\n").translate(_marks)
    return f"{text}\n… {dropped:,} more characters" if dropped > 0 else text
