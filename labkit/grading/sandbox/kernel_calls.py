"""The few calls of the Linux kernel that a jail is made of, by ctypes.

Nothing here is policy: who calls what, and when, is in `zygote` and `supervisor`.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Collection

CLONE_NEWNS = 0x0002_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWUSER = 0x1000_0000
# All namespaces, for the filter: new cgroup, uts, ipc, user, pid, net, mount, time.
CLONE_ANY = 0x7E02_0080

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITIES_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def prctl(option: int, second: int = 0, third: int = 0) -> None:
    """Set an attribute of this process.

    Raises:
        OSError: the kernel refuses.
    """
    arguments = [ctypes.c_ulong(value) for value in (second, third, 0, 0)]
    _check(_libc.prctl(option, *arguments), f"prctl {option}")


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent."""
    _check(_libc.unshare(flags), f"unshare {flags:#x}")


def setns(handle: int, flags: int) -> None:
    """Enter the namespace that an open /proc/*/ns file stands for."""
    _check(_libc.setns(handle, flags), f"setns {flags:#x}")


def mount(kind: str, target: str, flags: int = 0, options: str = "") -> None:
    """Mount a file system of the kernel's own, or change the flags of a mount."""
    result = _libc.mount(
        kind.encode(),
        target.encode(),
        kind.encode(),
        ctypes.c_ulong(flags),
        options.encode(),
    )
    _check(result, f"mount {kind} on {target}")


def bind(handle: int, target: str) -> None:
    """Let an open file or folder be seen at another place too; make that place."""
    if os.path.isdir(f"/proc/self/fd/{handle}"):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    source = f"/proc/self/fd/{handle}".encode()
    flags = ctypes.c_ulong(MS_BIND | MS_REC)
    _check(_libc.mount(source, target.encode(), None, flags, None), f"bind {target}")


def unmount(target: str) -> None:
    """Take a mount away, also while it is in use."""
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def drop_bounding_set() -> None:
    """Let no program that is run from now on have any privilege, whatever its file."""
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)


def drop_capabilities() -> None:
    """Give up every privilege, for good."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", CAPABILITIES_VERSION, 0)
    _check(_libc.capset(header, bytes(24)), "capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)


# What no exercise needs and an attack on the kernel, the supervisor or a limit might:
# name -> number on x86_64, number on aarch64 (None: there is no such call).
DENIED: dict[str, tuple[int, int | None]] = {
    # other namespaces, other file systems
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "fanotify_init": (300, 262),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122),
    # the kernel itself
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "acct": (163, 89),
    "personality": (135, 92),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vmsplice": (278, 75),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    # memory that no limit of a process counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
# Machine -> column of the tables, AUDIT_ARCH of the kernel, in `seccomp_data`.
MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, REFUSE = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets; little-endian machines


def filter_program(machine: str, allowed: Collection[str] = ()) -> bytes:
    """The seccomp filter as classic BPF: a call is refused, or let through.

    Args:
        machine: as `platform.machine()` names it.
        allowed: calls of `DENIED` that are let through.

    Raises:
        OSError: this machine's calls are not known here.
    """
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    column, architecture = MACHINES[machine]
    refused = REFUSE | errno.EPERM

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    program = [
        step(LOAD, ARCHITECTURE),
        step(JUMP_EQUAL, architecture, yes=1),
        step(RETURN, KILL),
        step(LOAD, NUMBER),
        step(JUMP_AT_LEAST, 0x4000_0000, no=1),  # x86's third set of numbers
        step(RETURN, refused),
        # glibc tries clone, whose flags can be looked at, when clone3 is missing.
        step(JUMP_EQUAL, CLONE3[column], no=1),
        step(RETURN, REFUSE | errno.ENOSYS),
    ]
    for call, test, bits in (
        (CLONE[column], JUMP_ANY_BIT, CLONE_ANY),
        (PRLIMIT[column], JUMP_AT_LEAST, 1),  # of another process
    ):
        program += [
            step(JUMP_EQUAL, call, no=4),
            step(LOAD, FIRST_ARGUMENT),
            step(test, bits, no=1),
            step(RETURN, refused),
            step(RETURN, ALLOW),
        ]
    for name, numbers in DENIED.items():
        if numbers[column] is not None and name not in allowed:
            program += [
                step(JUMP_EQUAL, numbers[column], no=1),
                step(RETURN, refused),
            ]
    return b"".join([*program, step(RETURN, ALLOW)])


def filter_calls(allowed: Collection[str] = ()) -> None:
    """Refuse the calls of `DENIED` to this process and all its children, for good.

    Args:
        allowed: those that are not refused.

    Raises:
        OSError: the kernel or the machine has no filter.
    """
    program = ctypes.create_string_buffer(filter_program(platform.machine(), allowed))
    length = (len(program) - 1) // 8
    header = struct.pack("@HP", length, ctypes.addressof(program))
    buffer = ctypes.create_string_buffer(header)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(buffer))
