"""Reads one document, in a process of its own: this file is run, not imported.

Takes a job as JSON from its input and writes JSON lines: pieces, then ``{"end": true}``; or
``{"failed": "invalid" | "large", "why": …}``.
"""

from __future__ import annotations

import errno
import importlib
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MODULES = {"rows": "sheets", "pdf": "pdfs", "docx": "words", "image": "images", "unzip": "archives"}


def confine(job: dict[str, Any]) -> None:
    """Takes from this process what reading a document does not need."""
    written = int(job.get("written", 0))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pieces(found: Iterator[dict[str, Any]], too_much: type[Exception]) -> Iterator[dict[str, Any]]:
    """What a reader gives, and how that ended."""
    try:
        yield from found
        yield {"end": True}
    except too_much as error:
        yield {"failed": "large", "why": str(error)}
    except (MemoryError, RecursionError):
        yield {"failed": "large", "why": "the document takes more memory to read than it may"}
    except Exception as error:
        kind = "large" if getattr(error, "errno", None) == errno.EFBIG else "invalid"
        why = f"{type(error).__name__}: {str(error)[:300]}"
        yield {"failed": kind, "why": f"the document cannot be read: {why}"}


def main() -> None:
    """Does the job."""
    job = json.load(sys.stdin)
    sys.path[:] = job["path"]  # a Lambda layer is on its parent's path only
    module = importlib.import_module(
        f"statewright.integrations.files.documents.{MODULES[job['do']]}"
    )
    bounds = importlib.import_module("statewright.integrations.files.documents.bounds")
    confine(job)
    for piece in pieces(module.read(job), bounds.TooMuchError):
        sys.stdout.write(json.dumps(piece, default=str) + "\n")


if __name__ == "__main__":
    main()
