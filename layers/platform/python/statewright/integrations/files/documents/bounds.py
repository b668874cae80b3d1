"""What archives may unpack to; and that XML inside Office files has neither DTD nor entities."""

from __future__ import annotations

import zipfile
from typing import Any
from xml.parsers import expat

MAX_ENTRIES = 10_000
MAX_UNPACKED = 1_000_000_000
MAX_RATIO = 200
"""How many times smaller than its content an archive may be; honest ones stay below 100."""
SMALL = 10_000_000
"""Up to here the ratio does not matter."""


class TooMuchError(Exception):
    """There is more in it than may be unpacked."""


class WrongError(Exception):
    """It is not what it says it is, or has what it must not have."""


def opened(path: str, most: int = MAX_UNPACKED) -> zipfile.ZipFile:
    """An archive that has been looked at.

    The sizes that entries declare can be relied upon afterwards: zipfile gives no byte more.

    Raises:
        TooMuchError: it has too many entries, or they are too large.
        WrongError: it is no archive.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise WrongError(f"no ZIP archive: {error}") from None
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TooMuchError(f"the archive has more than {MAX_ENTRIES:,} entries")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > most:
        raise TooMuchError(f"the archive unpacks to more than {most:,} bytes")
    if unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1):
        raise TooMuchError(f"the archive unpacks to more than {MAX_RATIO} times its size")
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongError("the archive is encrypted")
    return archive


def check_office(path: str, part: str) -> None:
    """Raises if an Office file is none, would unpack to too much, or has a DTD in its XML."""
    with opened(path) as archive:
        if part not in archive.namelist():
            raise WrongError(f"it has no {part}")
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels", ".vml")):
                with archive.open(entry) as content:
                    _check_prolog(content)


def _check_prolog(content: Any) -> None:
    """A DTD can only stand before the root element: nothing after that is read."""
    parser = expat.ParserCreate()
    begun = False

    def refuse(*_: Any) -> None:
        raise WrongError("its XML has a DTD, which is refused")

    def root(*_: Any) -> None:
        nonlocal begun
        begun = True

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = root
    try:
        while not begun and (piece := content.read(4096)):
            parser.Parse(piece)
    except expat.ExpatError as error:
        raise WrongError(f"its XML is broken: {error}") from None
