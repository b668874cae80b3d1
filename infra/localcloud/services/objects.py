"""Amazon S3: buckets are folders, an object is a file with a sidecar for its metadata.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson
from botocore.response import StreamingBody

from localcloud.errors import AwsError

_CHUNK = 1_048_576


Announce = Callable[[str, dict[str, Any]], None]
"""Takes the detail of an "Object Created" event of a bucket; it cannot be lost on return."""


def _nobody(bucket: str, detail: dict[str, Any]) -> None:
    """Where nobody wants to know of objects."""


def _created(bucket: str, key: str, size: int, etag: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    return {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": key, "size": size, "etag": etag.strip('"')},
        "reason": "PutObject",
    }


class S3:
    """The buckets of this data folder."""

    def __init__(self, folder: Path, announce: Announce = _nobody):
        self.folder = folder
        self._announce = announce
        self._buckets: set[str] = set()

    def add(self, bucket: str) -> None:
        """Makes a bucket known."""
        (self.folder / bucket).mkdir(parents=True, exist_ok=True)
        self._buckets.add(bucket)

    def buckets(self) -> list[str]:
        """The names of all buckets."""
        return sorted(self._buckets)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "PutObject": self.put_object,
            "GetObject": self.get_object,
            "HeadObject": self.head_object,
            "CopyObject": self.copy_object,
            "DeleteObject": self.delete_object,
            "ListObjectsV2": self.list_objects_v2,
        }

    def _file(self, bucket: str, key: str) -> Path:
        if bucket not in self._buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        # One flat, reversible file name for each key: no key can leave the folder.
        name = quote(key, safe="")
        return (
            self.folder
            / bucket
            / f"{hashlib.sha256(key.encode()).hexdigest()[:2]}"
            / f"{name}.object"
        )

    def put_object(
        self,
        Bucket: str,
        Key: str,
        Body: Any = b"",
        ContentType: str = "binary/octet-stream",
        Metadata: dict[str, str] | None = None,
        IfMatch: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Replaces the object as a whole, or not at all."""
        file = self._file(Bucket, Key)
        if IfMatch is not None and IfMatch != self.head_object(Bucket, Key)["ETag"]:
            words = "At least one of the pre-conditions you specified did not hold"
            raise AwsError("PreconditionFailed", words, 412)
        file.parent.mkdir(parents=True, exist_ok=True)
        source = (
            io.BytesIO(Body.encode() if isinstance(Body, str) else Body)
            if isinstance(Body, str | bytes | bytearray)
            else Body
        )
        digest = hashlib.md5(usedforsecurity=False)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        about = {
            "ContentType": ContentType,
            "Metadata": Metadata or {},
            "ETag": f'"{digest.hexdigest()}"',
        }
        file.with_suffix(".json").write_bytes(orjson.dumps(about))
        size = Path(target.name).stat().st_size
        Path(target.name).replace(file)
        self._announce(Bucket, _created(Bucket, Key, size, str(about["ETag"])))
        return {"ETag": about["ETag"]}

    def head_object(self, Bucket: str, Key: str, **_: Any) -> dict[str, Any]:
        """Size, type and metadata."""
        file = self._file(Bucket, Key)
        if not file.exists():
            raise AwsError("404", "Not Found", 404)
        about: dict[str, Any] = orjson.loads(file.with_suffix(".json").read_bytes())
        return {**about, "ContentLength": file.stat().st_size, "LastModified": _modified(file)}

    def get_object(
        self, Bucket: str, Key: str, IfMatch: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """The object, as a stream."""
        file = self._file(Bucket, Key)
        if not file.exists():
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        about = self.head_object(Bucket, Key)
        if IfMatch not in {None, about["ETag"]}:
            words = "At least one of the pre-conditions you specified did not hold"
            raise AwsError("PreconditionFailed", words, 412)
        return {**about, "Body": StreamingBody(file.open("rb"), about["ContentLength"])}

    def copy_object(self, Bucket: str, Key: str, CopySource: str, **_: Any) -> dict[str, Any]:
        """The same content and type under another key."""
        bucket, _slash, key = unquote(CopySource).partition("/")
        found = self.get_object(bucket, key)
        with found["Body"] as body:
            kind, metadata = found["ContentType"], found["Metadata"]
            made = self.put_object(Bucket, Key, body, kind, metadata)
        return {"CopyObjectResult": {"ETag": made["ETag"]}}

    def delete_object(self, Bucket: str, Key: str, **_: Any) -> dict[str, Any]:
        """Deleting what is not there succeeds, as on AWS."""
        file = self._file(Bucket, Key)
        file.unlink(missing_ok=True)
        file.with_suffix(".json").unlink(missing_ok=True)
        return {}

    def list_objects_v2(
        self,
        Bucket: str,
        Prefix: str = "",
        MaxKeys: int = 1000,
        ContinuationToken: str = "",
        StartAfter: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        """Keys in order."""
        self._file(Bucket, "-")
        files = {unquote(f.stem): f for f in (self.folder / Bucket).glob("*/*.object")}
        after = ContinuationToken or StartAfter
        keys = sorted(key for key in files if key.startswith(Prefix) and key > after)
        shown = keys[:MaxKeys]
        answer: dict[str, Any] = {
            "Name": Bucket,
            "Prefix": Prefix,
            "KeyCount": len(shown),
            "IsTruncated": len(keys) > len(shown),
            "Contents": [
                {
                    "Key": key,
                    "Size": files[key].stat().st_size,
                    "LastModified": _modified(files[key]),
                    "ETag": orjson.loads(files[key].with_suffix(".json").read_bytes())["ETag"],
                    "StorageClass": "STANDARD",
                }
                for key in shown
            ],
        }
        if answer["IsTruncated"]:
            answer["NextContinuationToken"] = shown[-1]
        return answer


def _modified(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
