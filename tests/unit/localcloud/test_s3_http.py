"""Presigned addresses that boto3 makes open their object, for their time, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from asl.memory import ManualClock
from localcloud.services.objects import S3
from localcloud.services.s3_http import S3Http, S3Request

ENDPOINT = "http://localhost:8000/_s3"
NAME = "Bericht Zürich & 100 %.csv"


@pytest.fixture
def clock() -> ManualClock:
    clock = ManualClock()
    clock.advance(time.time() - clock.now() / 1000)  # boto3 signs with the machine's
    return clock


@pytest.fixture
def s3(tmp_path: Path, clock: ManualClock) -> S3Http:
    objects = S3(tmp_path)
    objects.add("files")
    objects.put_object("files", "a b/ü.csv", b"1,2", ContentType="text/csv")
    return S3Http(objects, clock, ENDPOINT + "/", lambda: ("local", "secret"))


def signed(key: str = "a b/ü.csv", secret: str = "secret", owner: str = "local") -> tuple[str, str]:
    """Path and query of an address for a minute."""
    client = boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=owner,
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4"),
    )
    parameters = {
        "Bucket": "files",
        "Key": key,
        "ResponseContentDisposition": f"attachment; filename={NAME}",
    }
    parts = urlsplit(client.generate_presigned_url("get_object", parameters, ExpiresIn=60))
    return parts.path, parts.query


def get(path: str, query: str, method: str = "GET") -> S3Request:
    return S3Request(method, path, query, {"host": "localhost:8000"})


def test_a_signed_address_gives_the_object_under_the_name_that_was_asked_for(s3: S3Http) -> None:
    request = get(*signed())
    assert s3.admit(request) is None
    answer = s3.answer(request, BytesIO())
    assert answer.status == 200
    assert answer.stream is not None
    assert answer.stream.read() == b"1,2"
    headers = dict(answer.headers)
    assert headers["Content-Type"] == "text/csv"
    assert headers["Content-Length"] == "3"
    assert headers["Content-Disposition"] == f"attachment; filename={NAME}"


def test_its_time_ends(s3: S3Http, clock: ManualClock) -> None:
    request = get(*signed())
    clock.advance(90)
    refused = s3.admit(request)
    assert refused is not None
    assert refused.status == 403


@pytest.mark.parametrize(
    "asked",
    [
        lambda path, query: (path + "x", query),
        lambda path, query: (path, query + "0"),
        lambda path, query: (path, ""),
        lambda path, query: (path, "X-Amz-Date=x&X-Amz-Expires=9e9"),
        lambda path, query: signed(secret="another"),
        lambda path, query: signed(owner="stranger"),
    ],
    ids=["another path", "another signature", "none", "nonsense", "another secret", "another key"],
)
def test_others_open_nothing(s3: S3Http, asked: Callable[[str, str], tuple[str, str]]) -> None:
    refused = s3.admit(get(*asked(*signed())))
    assert refused is not None
    assert 400 <= refused.status < 404


def test_what_is_gone_is_not_found(s3: S3Http) -> None:
    request = get(*signed("gone"))
    assert s3.admit(request) is None
    assert s3.answer(request, BytesIO()).status == 404
