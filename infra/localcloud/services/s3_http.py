"""Amazon S3 over HTTP: objects by presigned URLs, verified as AWS does (Signature Version 4).

Browsers and other machines send and fetch files so; the product's own calls come through boto3 and
never get here. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import IO
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from asl.ports import Clock
from localcloud.errors import AwsError
from localcloud.services.objects import S3

PREFIX = "/_s3/"
MAX_SECONDS = 604_800
_ALGORITHM = "AWS4-HMAC-SHA256"
_NEEDED = ("Credential", "Date", "Expires", "SignedHeaders", "Signature")
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class S3Request:
    """A request for an object. Header names are in lower case; ``path`` is not decoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class S3Answer:
    """An answer: its status, headers and body, or the stream that the body is read from."""

    status: int
    headers: Headers
    body: bytes
    stream: IO[bytes] | None = None


class S3Http:
    """Answers requests with presigned URLs.

    Args:
        endpoint: where clients are told to send them, ending in :data:`PREFIX`.
        credentials: the access key and the secret that URLs are signed with.
    """

    def __init__(
        self,
        s3: S3,
        clock: Clock,
        endpoint: str,
        credentials: Callable[[], tuple[str, str]],
    ):
        self._s3 = s3
        self._clock = clock
        self._host = urlsplit(endpoint).netloc
        self._credentials = credentials

    def admit(self, request: S3Request) -> S3Answer | None:
        """None for a request that is signed, else the refusal. The body is not needed for it."""
        try:
            self._verify(request)
            if request.method not in {"PUT", "GET", "HEAD"}:
                raise AwsError("MethodNotAllowed", "The method is not allowed.", 405)
        except AwsError as error:
            return _refusal(error)
        return None

    def answer(self, request: S3Request, body: IO[bytes]) -> S3Answer:
        """Performs an admitted request."""
        bucket, _, key = unquote(request.path.removeprefix(PREFIX)).partition("/")
        try:
            if request.method == "PUT":
                return self._put(bucket, key, request, body)
            return self._get(bucket, key, request.query, with_body=request.method == "GET")
        except AwsError as error:
            return _refusal(error)

    def _put(self, bucket: str, key: str, request: S3Request, body: IO[bytes]) -> S3Answer:
        kind = request.headers.get("content-type", "binary/octet-stream")
        stored = self._s3.put_object(bucket, key, body, kind)
        return S3Answer(200, [("ETag", stored["ETag"])], b"")

    def _get(self, bucket: str, key: str, query: str, *, with_body: bool) -> S3Answer:
        found = self._s3.get_object(bucket, key)
        headers = [
            ("Content-Type", found["ContentType"]),
            ("Content-Length", str(found["ContentLength"])),
            ("ETag", found["ETag"]),
            ("Last-Modified", format_datetime(found["LastModified"], usegmt=True)),
        ]
        wanted = dict(parse_qsl(query))
        if "response-content-disposition" in wanted:
            headers.append(("Content-Disposition", wanted["response-content-disposition"]))
        if with_body:
            return S3Answer(200, headers, b"", found["Body"])
        found["Body"].close()
        return S3Answer(200, headers, b"", BytesIO())

    # -- the signature --------------------------------------------------------------------------

    def _verify(self, request: S3Request) -> None:
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        values = {name: given.get(f"X-Amz-{name}", "") for name in _NEEDED}
        if given.get("X-Amz-Algorithm") != _ALGORITHM or not all(values.values()):
            raise AwsError("AccessDenied", "Access Denied", 403)
        self._check_time(values)
        key, secret = self._credentials()
        owner, *scope = values["Credential"].split("/")
        if owner != key or len(scope) != 4 or scope[2:] != ["s3", "aws4_request"]:
            raise AwsError("InvalidAccessKeyId", "The AWS Access Key Id does not exist.", 403)
        text = "\n".join(
            (_ALGORITHM, values["Date"], "/".join(scope), _digest(self._canonical(request, values)))
        )
        expected = hmac.new(_signing_key(secret, scope), text.encode(), "sha256").hexdigest()
        if not hmac.compare_digest(expected, values["Signature"]):
            message = (
                "The request signature we calculated does not match the signature you provided."
            )
            raise AwsError("SignatureDoesNotMatch", message, 403)

    def _check_time(self, values: dict[str, str]) -> None:
        try:
            begins = datetime.strptime(values["Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            seconds = int(values["Expires"])
        except ValueError:
            raise AwsError("AuthorizationQueryParametersError", "X-Amz-Date is wrong.") from None
        if not 0 < seconds <= MAX_SECONDS:
            raise AwsError("AuthorizationQueryParametersError", "X-Amz-Expires is out of range.")
        if datetime.fromtimestamp(self._clock.now() / 1000, UTC) > begins + timedelta(
            seconds=seconds
        ):
            raise AwsError("AccessDenied", "Request has expired", 403)

    def _canonical(self, request: S3Request, values: dict[str, str]) -> str:
        pairs = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
            for name, value in parse_qsl(request.query, keep_blank_values=True)
            if name != "X-Amz-Signature"
        )
        # The host that was signed is the one that clients were told, whatever stands in between.
        headers = {**request.headers, "host": self._host}
        names = values["SignedHeaders"].split(";")
        lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names]
        query = "&".join(f"{name}={value}" for name, value in pairs)
        path = quote(unquote(request.path), safe="/-_.~")
        return "\n".join(
            (request.method, path, query, "".join(lines), ";".join(names), "UNSIGNED-PAYLOAD")
        )


def _signing_key(secret: str, scope: list[str]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refusal(error: AwsError) -> S3Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
    )
    return S3Answer(error.status, [("Content-Type", "application/xml")], body.encode())
