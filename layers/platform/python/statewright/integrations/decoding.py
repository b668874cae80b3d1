"""Contents as they were before compression, in small pieces, never more than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

PIECE = 65_536
ACCEPTED = "gzip, deflate"


class UndecodableError(Exception):
    """The content is not in the encoding that it claims, or in one that was not asked for."""


def decoded(encoding: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content behind a ``Content-Encoding``, in pieces of at most 64 KiB.

    A compressed piece may stand for a thousand times as much: so what comes out is counted by the
    reader piece by piece, and nothing is unpacked ahead of it.

    Raises:
        UndecodableError: see the class.
    """
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
        case "gzip" | "x-gzip":
            yield from _inflated(chunks, zlib.MAX_WBITS | 16)
        case "deflate":
            yield from _inflated(chunks, zlib.MAX_WBITS)
        case other:
            raise UndecodableError(f"the content's encoding '{other[:40]}' was not asked for")


def _inflated(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(window)
    started = False
    try:
        for chunk in chunks:
            if not started and chunk and window == zlib.MAX_WBITS and not _has_header(chunk):
                unpacking = zlib.decompressobj(-window)  # what many servers mean by "deflate"
            started = started or bool(chunk)
            rest = chunk
            while rest:
                piece = unpacking.decompress(rest, PIECE)
                if piece:
                    yield piece
                rest = unpacking.unconsumed_tail
                if unpacking.eof:
                    rest = unpacking.unused_data
                    unpacking = zlib.decompressobj(window)  # gzip's members may follow each other
    except zlib.error as error:
        raise UndecodableError(f"the compressed content is broken: {error}") from None


def _has_header(chunk: bytes) -> bool:
    """RFC 1950: the method is 8, and the first two bytes are a multiple of 31."""
    return chunk[0] & 15 == 8 and (len(chunk) < 2 or (chunk[0] << 8 | chunk[1]) % 31 == 0)
