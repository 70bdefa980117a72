"""What lies in a file that somebody sent: itself, or the files of a ZIP archive.

Banks deliver by EBICS a ZIP with one XML for each statement. An archive is opened only as far as
it is harmless: its members are plain files with plain names, few and small enough, and none is an
archive itself. Sizes are counted while unpacking, since an archive may lie about them.
"""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zlib import error as ZlibError

from reconciliation.errors import DangerousFile

FILE_BYTES = 256 * 2**20
UNPACKED_BYTES = 512 * 2**20
MEMBERS = 1_000
_CHUNK_BYTES = 2**20
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_NAME = re.compile(r"[^\x00-\x1f/\\:]{1,200}")
_PLAIN = 0  # no attributes of a file system, or a regular file
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file to read. name: of the file; archive: of what it came in."""

    path: Path
    name: str
    sha256: bytes
    size_bytes: int
    archive: str | None = None


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[list[Arrival]]:
    """The files in the file at `path`, which somebody calls `name`; gone when the block ends.

    Raises DangerousFile before anything of it is read further than it takes to know.
    """
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise DangerousFile("file_size", str(size))
    with path.open("rb") as stream:
        start = stream.read(4)
    if start not in (_ZIP, _EMPTY_ZIP):
        yield [Arrival(path, name, hash_of(path), size)]
        return
    with TemporaryDirectory(prefix="stadtkasse-zip-") as folder:
        yield _members(path, name, Path(folder))


def _members(path: Path, archive: str, folder: Path) -> list[Arrival]:
    try:
        with zipfile.ZipFile(path) as opened:
            return list(_unpack(opened, archive, folder))
    except (
        zipfile.BadZipFile, NotImplementedError, ZlibError, EOFError, UnicodeDecodeError,
    ) as error:  # fmt: skip
        raise DangerousFile("damaged", archive) from error


def _unpack(opened: zipfile.ZipFile, archive: str, folder: Path) -> Iterator[Arrival]:
    members = [member for member in opened.infolist() if not member.is_dir()]
    if not 1 <= len(members) <= MEMBERS:
        raise DangerousFile("member_count", str(len(members)))
    announced = sum(member.file_size for member in members)
    if announced > UNPACKED_BYTES:
        raise DangerousFile("unpacked_size", str(announced))
    for member in members:
        _must_be_plain(member)
    left = UNPACKED_BYTES
    for number, member in enumerate(members):
        target = folder / f"{number}"  # its name is only ever shown, never a path
        with opened.open(member) as source, target.open("wb") as out:
            left -= _copy(source, out, left)
        if _begins_like_an_archive(target):
            raise DangerousFile("nested", member.filename)
        name = member.filename.rsplit("/", 1)[-1]
        yield Arrival(target, name, hash_of(target), target.stat().st_size, archive)


def _must_be_plain(member: zipfile.ZipInfo) -> None:
    parts = member.filename.split("/")
    if ".." in parts or not all(_NAME.fullmatch(part) for part in parts):
        raise DangerousFile("member_name", member.filename)
    if member.flag_bits & _ENCRYPTED:
        raise DangerousFile("encrypted", member.filename)
    kind = member.external_attr >> 28
    if kind not in (0, 8):  # 8: a regular file of Unix, 10 would be a link
        raise DangerousFile("member_name", member.filename)


def _copy(source: IO[bytes], out: IO[bytes], left: int) -> int:
    """Copy at most `left` bytes; raises DangerousFile for more."""
    copied = 0
    while chunk := source.read(_CHUNK_BYTES):
        copied += len(chunk)
        if copied > left:
            raise DangerousFile("unpacked_size", f"> {UNPACKED_BYTES}")
        out.write(chunk)
    return copied


def _begins_like_an_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) in (_ZIP, _EMPTY_ZIP)


def hash_of(path: Path) -> bytes:
    """SHA-256 of the file, read piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def save(source: IO[bytes], target: Path) -> None:
    """Write a stream down, up to the size of a file we take. Raises DangerousFile for more."""
    with target.open("wb") as out:
        copied = 0
        while chunk := source.read(_CHUNK_BYTES):
            copied += len(chunk)
            if copied > FILE_BYTES:
                raise DangerousFile("file_size", f"> {FILE_BYTES}")
            out.write(chunk)


def move(source: Path, folder: Path) -> None:
    """Move a file into a folder under a name that is free there."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{source.stem}-{number}{source.suffix}"
    shutil.move(source, target)
