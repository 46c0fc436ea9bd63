"""Plain copies of originals for an agent's own `sed` and `grep`: whole or not there, and their owner's alone.

Every name is a hash of ours, and the folder is opened once and held: no name given by others, no link and no
change of the folder meanwhile can lead a byte elsewhere.
"""

import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from brimline.stores.archive import make_private, unusable

_SUFFIX = ".txt"
_DRAFT = ".brimline-part"
_PRIVATE = 0o600


def plain_path(folder: Path, handle: str) -> Path:
    """Return where the original *handle* lies as a plain file in *folder*."""
    return folder / f"{handle}{_SUFFIX}"


def write_plain(folder: Path, handle: str, raw: bytes) -> Path:
    """Write *raw* as the plain file of *handle* unless it is there already; return its path.

    Raises:
        StoreError: if *folder* is a link or cannot be written to; `StoreFullError` where there is no room.
    """
    path = plain_path(folder, handle)
    try:
        make_private(folder)
        with _opened(folder) as place:
            if not _holds(place, path.name, raw):
                _write(place, path.name, raw)
    except OSError as error:
        raise unusable(error, folder) from error
    return path


def read_plain(folder: Path, handle: str) -> bytes:
    """Return what the plain file of *handle* holds now; b"" where there is none."""
    try:
        with _opened(folder) as place:
            return _read(place, plain_path(folder, handle).name)
    except OSError:
        return b""


def remove_plain(folder: Path, handle: str) -> None:
    """Remove the plain file of *handle* from *folder*, if it is there.

    Raises:
        StoreError: if it is there and cannot be removed.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        try:
            with _opened(folder) as place:
                os.unlink(plain_path(folder, handle).name, dir_fd=place)
        except PermissionError as error:
            raise unusable(error, folder) from error


def sweep(folder: Path, *, older_than_seconds: float) -> None:
    """Remove drafts that writers left behind when they were killed."""
    with suppress(OSError), _opened(folder) as place:
        for name in os.listdir(place):  # noqa: PTH208 - a descriptor
            if name.endswith(_DRAFT) and _age_seconds(place, name) >= older_than_seconds:
                os.unlink(name, dir_fd=place)


@contextmanager
def _opened(folder: Path) -> Generator[int]:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield place
    finally:
        os.close(place)


def _holds(place: int, name: str, raw: bytes) -> bool:
    """Tell whether the file is there, its owner's alone, and as it was: an agent may have changed it."""
    try:
        state = os.stat(name, dir_fd=place, follow_symlinks=False)
        private = stat.S_ISREG(state.st_mode) and stat.S_IMODE(state.st_mode) == _PRIVATE
        return private and state.st_size == len(raw) and _read(place, name) == raw
    except OSError:
        return False


def _read(place: int, name: str) -> bytes:
    with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=place), "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read()


def _write(place: int, name: str, raw: bytes) -> None:
    """Write a draft beside it, wait until the disk has it, and give it its name in one step."""
    draft = f".{name}.{os.getpid()}-{token_hex(4)}{_DRAFT}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _PRIVATE, dir_fd=place)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(raw)
            file.flush()
            os.fsync(descriptor)
        os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)
        os.fsync(place)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=place)
        raise


def _age_seconds(place: int, name: str) -> float:
    return time.time() - os.stat(name, dir_fd=place, follow_symlinks=False).st_mtime
