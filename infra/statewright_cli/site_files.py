"""Puts the built console where CloudFront reads it (`infra/stacks/console.yaml`)."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOREVER = "public, max-age=31536000, immutable"
"""For names that hold a hash of what they name."""


def upload(folder: Path, bucket: str, s3: Any) -> int:
    """Uploads a built console: what pages load first, then the pages.

    Files of earlier builds stay, for whoever has such a page open.

    Returns:
        How many files.
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in sorted(files, key=lambda file: file.suffix == ".html"):
        name = file.relative_to(folder).as_posix()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kept = FOREVER if name.startswith("assets/") else "no-cache"
        s3.put_object(
            Bucket=bucket, Key=name, Body=file.read_bytes(), ContentType=kind, CacheControl=kept
        )
    return len(files)


def outputs(stack: str, cloudformation: Any) -> Mapping[str, str]:
    """What a deployed stack tells of itself."""
    [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
