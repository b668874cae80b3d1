"""Amazon S3: the bucket of workspaces' files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.errors import ConflictError, NotFoundError
from statewright.settings import settings


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What S3 knows of an object."""

    size: int
    content_type: str
    etag: str
    modified: datetime


def presigned_put(key: str, size: int, content_type: str, seconds: int) -> str:
    """A URL that takes one upload of exactly this size and type, by PUT, until its time is over.

    S3 checks both, since the signature covers the headers ``Content-Length`` and ``Content-Type``.
    """
    wanted = {
        "Bucket": settings().files_bucket,
        "Key": key,
        "ContentLength": size,
        "ContentType": content_type,
    }
    return str(client("s3").generate_presigned_url("put_object", wanted, ExpiresIn=seconds))


def head(key: str) -> ObjectFacts:
    """Size, type and ETag of an object.

    Raises:
        NotFoundError: there is none.
    """
    with mapped("S3"):
        try:
            found: dict[str, Any] = client("s3").head_object(
                Bucket=settings().files_bucket, Key=key
            )
        except ClientError as error:
            if error_code(error) in {"404", "NoSuchKey"}:
                raise NotFoundError("There is no such file.") from error
            raise
    return _facts(found)


def _facts(found: dict[str, Any]) -> ObjectFacts:
    kind, etag = found.get("ContentType", ""), found["ETag"].strip('"')
    return ObjectFacts(found["ContentLength"], kind, etag, found["LastModified"])


@contextmanager
def reading(key: str) -> Iterator[tuple[ObjectFacts, BinaryIO]]:
    """An object's facts and its content as a stream, however large it is.

    Raises:
        NotFoundError: there is none.
    """
    with mapped("S3"):
        answer = _got(key)
        with answer["Body"] as body:
            yield _facts(answer), body


def _got(key: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client("s3").get_object(Bucket=settings().files_bucket, Key=key)
    except ClientError as error:
        if error_code(error) in {"NoSuchKey", "404"}:
            raise NotFoundError("There is no such file.") from error
        raise
    return answer


def delete(key: str) -> None:
    """Removes an object, if it is there."""
    with mapped("S3"):
        client("s3").delete_object(Bucket=settings().files_bucket, Key=key)


def link(key: str, filename: str, seconds: int = 300) -> str:
    """An address at which anybody can fetch an object for a while, as a file of that name."""
    disposition = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    with mapped("S3"):
        address: str = client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": settings().files_bucket,
                "Key": key,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=seconds,
        )
    return address


def put(key: str, content: bytes | BinaryIO, content_type: str, if_match: str | None = None) -> str:
    """Stores a file; returns its ETag.

    Args:
        if_match: the ETag of the version that it replaces.

    Raises:
        ConflictError: there is another version meanwhile.
    """
    more = {} if if_match is None else {"IfMatch": f'"{if_match}"'}
    with mapped("S3"):
        try:
            answer: dict[str, Any] = client("s3").put_object(
                Bucket=settings().files_bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                **more,
            )
        except ClientError as error:
            if error_code(error) in {"PreconditionFailed", "ConditionalRequestConflict"}:
                raise ConflictError("The file has been changed meanwhile.") from error
            raise
    return str(answer["ETag"]).strip('"')


def copy(source: str, target: str) -> None:
    """Stores an object of at most 5 GB under another key too.

    Raises:
        NotFoundError: there is none.
    """
    bucket = settings().files_bucket
    with mapped("S3"):
        try:
            origin = f"{bucket}/{quote(source)}"
            client("s3").copy_object(Bucket=bucket, Key=target, CopySource=origin)
        except ClientError as error:
            if error_code(error) in {"NoSuchKey", "404"}:
                raise NotFoundError("There is no such file.") from error
            raise


def download(key: str, target: BinaryIO, most: int) -> str:
    """Copies a file of at most so many bytes; returns its ETag.

    Raises:
        NotFoundError: there is none.
        ConflictError: it is larger.
    """
    with mapped("S3"):
        answer = _got(key)
        if answer["ContentLength"] > most:
            raise ConflictError(f"The file has more than {most:,} bytes.")
        for piece in answer["Body"].iter_chunks(1_048_576):
            target.write(piece)
    return str(answer["ETag"]).strip('"')
