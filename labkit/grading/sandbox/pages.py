"""Large pages make a fork fast: one entry is copied for them instead of 512."""

import contextlib
import ctypes

MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25  # the second since Linux 6.1
LEAST = 4 << 20  # bytes: two large pages, or none may fit

_libc = ctypes.CDLL(None)


def collapse() -> None:
    """Put this process's own memory on large pages, where the kernel can.

    Torch and its libraries fill 300 MB. On small pages a fork takes 15 ms, and its end
    as much again; on large ones 4 and 5.
    """
    for begin, end in _own_memory():
        for advice in (MADV_HUGEPAGE, MADV_COLLAPSE):  # what is refused stays small
            _libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), advice)


def _own_memory() -> list[tuple[int, int]]:
    """Beginning and end of each large piece of memory that is no file's."""
    pieces = []
    with contextlib.suppress(OSError), open("/proc/self/maps") as file:
        for line in file:
            where, rights, _, _, _, *name = line.split()
            begin, end = (int(number, 16) for number in where.split("-"))
            if rights == "rw-p" and name in ([], ["[heap]"]) and end - begin >= LEAST:
                pieces.append((begin, end))
    return pieces
