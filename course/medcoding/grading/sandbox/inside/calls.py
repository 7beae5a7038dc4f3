"""A filter of system calls: what a notebook never needs and what its other walls do not cover. See seccomp(2)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from medcoding.grading.sandbox.inside import walls

# Numbers as in Linux's asm/unistd_64.h (x86-64) and asm-generic/unistd.h (ARM 64); None where a machine has no such call.
REFUSED: tuple[tuple[str, int | None, int | None, str], ...] = (
    ("ptrace", 101, 117, "reads and steers other processes"),
    ("process_vm_readv", 310, 270, "reads other processes"),
    ("process_vm_writev", 311, 271, "writes other processes"),
    ("kcmp", 312, 272, "looks into other processes"),
    ("pidfd_getfd", 438, 438, "takes descriptors of other processes"),
    ("process_madvise", 440, 440, "steers other processes"),
    ("mount", 165, 40, "changes what is seen of the file system"),
    ("umount2", 166, 39, "changes what is seen of the file system"),
    ("pivot_root", 155, 41, "changes what is seen of the file system"),
    ("chroot", 161, 51, "changes what is seen of the file system"),
    ("open_tree", 428, 428, "changes what is seen of the file system"),
    ("move_mount", 429, 429, "changes what is seen of the file system"),
    ("fsopen", 430, 430, "changes what is seen of the file system"),
    ("fsconfig", 431, 431, "changes what is seen of the file system"),
    ("fsmount", 432, 432, "changes what is seen of the file system"),
    ("fspick", 433, 433, "changes what is seen of the file system"),
    ("mount_setattr", 442, 442, "changes what is seen of the file system"),
    ("name_to_handle_at", 303, 264, "opens files by number"),
    ("open_by_handle_at", 304, 265, "opens files by number"),
    ("unshare", 272, 97, "makes namespaces, and with them new rights"),
    ("setns", 308, 268, "enters namespaces"),
    ("bpf", 321, 280, "runs programs in the kernel"),
    ("perf_event_open", 298, 241, "measures other processes"),
    ("userfaultfd", 323, 282, "holds the kernel up"),
    ("io_uring_setup", 425, 425, "makes system calls past this filter"),
    ("io_uring_enter", 426, 426, "makes system calls past this filter"),
    ("io_uring_register", 427, 427, "makes system calls past this filter"),
    ("add_key", 248, 217, "keeps data in the kernel"),
    ("request_key", 249, 218, "keeps data in the kernel"),
    ("keyctl", 250, 219, "keeps data in the kernel"),
    ("shmget", 29, 194, "takes memory that no limit counts"),
    ("msgget", 68, 186, "takes memory that no limit counts"),
    ("mq_open", 240, 180, "takes memory that no limit counts"),
    ("memfd_create", 319, 279, "takes memory that no limit counts"),
    ("memfd_secret", 447, 447, "takes memory that no limit counts"),
    ("setpriority", 141, 140, "slows the warden down"),
    ("init_module", 175, 105, "changes the kernel"),
    ("finit_module", 313, 273, "changes the kernel"),
    ("delete_module", 176, 106, "changes the kernel"),
    ("kexec_load", 246, 104, "changes the kernel"),
    ("kexec_file_load", 320, 294, "changes the kernel"),
    ("reboot", 169, 142, "is for administrators"),
    ("swapon", 167, 224, "is for administrators"),
    ("swapoff", 168, 225, "is for administrators"),
    ("acct", 163, 89, "is for administrators"),
    ("quotactl", 179, 60, "is for administrators"),
    ("syslog", 103, 116, "reads the kernel's log"),
    ("settimeofday", 164, 170, "sets the clock"),
    ("clock_settime", 227, 112, "sets the clock"),
    ("clock_adjtime", 305, 266, "sets the clock"),
    ("fanotify_init", 300, 262, "watches files"),
    ("personality", 135, 92, "changes how programs are run"),
    ("modify_ldt", 154, None, "changes how programs are run"),
    ("iopl", 172, None, "reaches devices"),
    ("ioperm", 173, None, "reaches devices"),
)
NOUGHT_ONLY = (
    ("prlimit64", 302, 261, 0, "of other processes: the warden's"),
    ("sched_setaffinity", 203, 122, 0, "of other processes: the warden's"),
    ("sched_setattr", 314, 274, 0, "of other processes: the warden's"),
    ("sched_setscheduler", 144, 119, 1, "another policy than the usual, for the warden too; libraries set the usual one for their threads"),
)
"""Calls that are refused unless an argument, counted from 0, is nought; and what they would change otherwise."""
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
NAMESPACES = 0x7E020000
"""The flags of clone(2) that make new namespaces."""
FAMILIES = (1, 2, 10, 16)
"""Unix, IPv4, IPv6 and netlink sockets, all of which end at the sandbox's own empty network; others (vsock) may not."""

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of the tables, and the kernel's name of the architecture (linux/audit.h)."""
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _NEXT = 0, 4, 16, 8
"""Where a call's number, its architecture and the low half of its first argument lie, and how far the next argument is."""


def program(machine: str) -> bytes:
    """The filter as classic BPF instructions.

    Raises:
        KeyError: the machine is none of `MACHINES`.
    """
    column, architecture = MACHINES[machine]
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    if machine == "x86_64":
        steps += [(_IF_AT_LEAST, 0, 1, 0x40000000), _refuse(errno.ENOSYS)]  # the x32 twins of all calls
    for row in REFUSED:
        number = row[1:3][column]
        if number is not None:
            steps += [(_IF_EQUAL, 0, 1, number), _refuse(errno.EPERM)]
    steps += [(_IF_EQUAL, 0, 1, CLONE3[column]), _refuse(errno.ENOSYS)]  # its flags lie in memory; libraries fall back to clone
    steps += [(_IF_EQUAL, 0, 4, CLONE[column]), (_LOAD, 0, 0, _FIRST), (_IF_ANY, 0, 1, NAMESPACES), _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    for only in NOUGHT_ONLY:
        _, *numbers, argument, _ = only
        place = _FIRST + _NEXT * argument
        steps += [(_IF_EQUAL, 0, 4, numbers[column]), (_LOAD, 0, 0, place), (_IF_EQUAL, 1, 0, 0), _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_IF_EQUAL, 0, len(FAMILIES) + 2, SOCKET[column]), (_LOAD, 0, 0, _FIRST)]
    steps += [(_IF_EQUAL, len(FAMILIES) - number, 0, family) for number, family in enumerate(FAMILIES)]
    steps += [_refuse(errno.EAFNOSUPPORT), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _refuse(number: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERRNO | number)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def install() -> None:
    """Filter the calls of this process and of all that it starts, for good. Needs `no_new_privileges` first.

    Raises:
        OSError: the kernel refuses.
    """
    code = program(platform.machine())
    filled = _Program(len(code) // 8, code)
    if walls._libc.prctl(22, 2, ctypes.byref(filled), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
