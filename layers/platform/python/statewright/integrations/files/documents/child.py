"""Reads one document, in a process of its own: this file is run, not imported.

Takes a job as JSON from its input and writes JSON lines: pieces, then ``{"end": true}``; or
``{"failed": "invalid" | "large", "why": …}``.
"""

from __future__ import annotations

import errno
import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

MODULES = {"rows": "sheets", "pdf": "pdfs", "docx": "words", "image": "images", "unzip": "archives"}
_OUT_OF_MEMORY = {"failed": "large", "why": "the document takes more memory to read than it may"}


def pieces(found: Iterator[dict[str, Any]], too_much: type[Exception]) -> Iterator[dict[str, Any]]:
    """What a reader gives, and how that ended."""
    from statewright.confinement import memory_ran_out

    try:
        yield from found
        yield {"end": True}
    except too_much as error:
        yield {"failed": "large", "why": str(error)}
    except (MemoryError, RecursionError):
        yield _OUT_OF_MEMORY
    except Exception as error:
        if memory_ran_out():
            yield _OUT_OF_MEMORY
            return
        kind = "large" if getattr(error, "errno", None) == errno.EFBIG else "invalid"
        why = f"{type(error).__name__}: {str(error)[:300]}"
        yield {"failed": kind, "why": f"the document cannot be read: {why}"}


def main() -> None:
    """Does the job."""
    job = json.load(sys.stdin)
    sys.path[:] = job["path"]  # a Lambda layer is on its parent's path only
    from statewright.confinement import confine

    module = importlib.import_module(
        f"statewright.integrations.files.documents.{MODULES[job['do']]}"
    )
    bounds = importlib.import_module("statewright.integrations.files.documents.bounds")
    seconds, written = job["seconds"], int(job.get("written", 0))
    confine(seconds, seconds + 1, job["memory"], files=24, written=written)
    for piece in pieces(module.read(job), bounds.TooMuchError):
        sys.stdout.write(json.dumps(piece, default=str) + "\n")


if __name__ == "__main__":
    main()
