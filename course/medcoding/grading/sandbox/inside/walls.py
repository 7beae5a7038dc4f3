"""The kernel's walls, by their C functions: namespaces, mounts, capabilities, limits. See man pages unshare(2), mount(2), capset(2), prctl(2)."""

from __future__ import annotations

import ctypes
import errno
import os

NEW_MOUNTS, NEW_IPC, NEW_PROCESSES = 0x00020000, 0x08000000, 0x20000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXECUTION, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
SYS_ADMIN, SETPCAP = 21, 8
_SET_DUMPABLE, _SET_KEEPCAPS, _CAPBSET_DROP, _NO_NEW_PRIVS, _GET_NO_NEW_PRIVS, _AMBIENT, _AMBIENT_CLEAR_ALL = 4, 8, 24, 38, 39, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """New namespaces for this process (for its children, of processes).

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system.

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()), f"mount {target}")


def detach(target: str) -> None:
    """Unmount, at once for whoever looks and for good when the last user is gone."""
    _check(_libc.umount2(target.encode(), DETACH), f"umount {target}")


def prctl(option: int, *values: int) -> int:
    """prctl(2) with numbers.

    Raises:
        OSError: the kernel refuses.
    """
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)][:4]
    result: int = _libc.prctl(option, *padded)
    if result < 0:
        _check(result, f"prctl {option}")
    return result


def dumpable(yes: bool) -> None:
    """Whether others of the same user may look into this process."""
    prctl(_SET_DUMPABLE, int(yes))


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def keep_capabilities(*kept: int) -> None:
    """Give up every capability but these, for good: no program that this process executes can get others either.

    Raises:
        OSError: one of `kept` was not there, or others cannot be given up.
    """
    _have(*kept, SETPCAP)
    for number in range(64):
        if number not in kept:
            try:
                prctl(_CAPBSET_DROP, number)
            except OSError as error:
                if error.errno == errno.EINVAL:  # the kernel knows no capability of this number
                    break
                raise
    prctl(_AMBIENT, _AMBIENT_CLEAR_ALL)
    _have(*kept)


def _have(*numbers: int) -> None:
    low, high = (sum(1 << number % 32 for number in set(numbers) if number // 32 == half) for half in (0, 1))
    header, data = _Header(_CAPABILITY_VERSION_3, 0), (_Data * 2)(_Data(low, low, 0), _Data(high, high, 0))
    _check(_libc.capset(ctypes.byref(header), data), "capset")


def become(uid: int, gid: int) -> None:
    """Change from root to another user, keeping capabilities until `keep_capabilities` takes them."""
    prctl(_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def no_new_privileges() -> None:
    """From here on no file can raise this process's rights."""
    prctl(_NO_NEW_PRIVS, 1)
    if prctl(_GET_NO_NEW_PRIVS) != 1:
        raise OSError("no_new_privs could not be set")
