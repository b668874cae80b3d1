"""Amazon S3 through boto3, or whatever answers boto3: its environment says where that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError

from asl.map_runs.ports import ObjectStoreError


class S3Objects:
    """A :class:`asl.map_runs.ports.ObjectStore`. The client is made when it is first needed.

    Args:
        page: how many objects are listed by one call.
    """

    def __init__(self, page: int = 1000) -> None:
        self._page = page
        self._made: Any = None

    def open(
        self, bucket: str, key: str, options: Mapping[str, Any], etag: str | None
    ) -> tuple[BinaryIO, str]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        match = {} if etag is None else {"IfMatch": etag}
        try:
            answer = self._client.get_object(Bucket=bucket, Key=key, **options, **match)
        except (ClientError, BotoCoreError) as error:
            raise _refused(error) from None
        return cast(BinaryIO, answer["Body"]), str(answer["ETag"])

    def list(self, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        pages = self._client.get_paginator("list_objects_v2")
        asked = {"Bucket": bucket, "Prefix": prefix, "StartAfter": after}
        try:
            for page in pages.paginate(**asked, PaginationConfig={"PageSize": self._page}):
                yield from map(_listed, page.get("Contents", []))
        except (ClientError, BotoCoreError) as error:
            raise _refused(error) from None

    def put(self, bucket: str, key: str, body: BinaryIO) -> None:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body)
        except (ClientError, BotoCoreError) as error:
            raise _refused(error) from None

    @property
    def _client(self) -> Any:
        if self._made is None:
            import boto3  # a third of a second, which only those wait for who use it

            self._made = boto3.client("s3")
        return self._made


def _listed(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "Etag": found["ETag"],
        "Key": found["Key"],
        "LastModified": int(found["LastModified"].timestamp()),
        "Size": found["Size"],
        "StorageClass": found["StorageClass"],
    }


def _refused(error: ClientError | BotoCoreError) -> ObjectStoreError:
    """The refusal in the words that Step Functions gives S3's errors."""
    if not isinstance(error, ClientError):
        return ObjectStoreError(str(error))
    details, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    status, request = meta.get("HTTPStatusCode"), meta.get("RequestId")
    words = details.get("Message", str(error))
    return ObjectStoreError(f"{words} (Service: S3, Status Code: {status}, Request ID: {request})")
