"""The object store's contract: in memory, and through boto3 on the local cloud's S3 and on moto's."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from asl.adapters.s3_objects import S3Objects
from asl.machine import Delimited, ItemReader
from asl.map_runs.datasets import open_source
from asl.map_runs.memory import MemoryObjects
from asl.map_runs.model import Inputs
from asl.map_runs.ports import ObjectStoreError
from localcloud.boto import Plug
from localcloud.services.objects import S3


@pytest.fixture(params=["memory", "local cloud", "moto"])
def objects(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A store with an empty bucket ``items``."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="us-east-1"))
    with ExitStack() as closing:
        match request.param:
            case "memory":
                store: Any = MemoryObjects()
                store.buckets.add("items")
            case "local cloud":
                local = S3(tmp_path)
                local.add("items")
                Plug({"s3": local.operations()}, "us-east-1").install()
                store = S3Objects(page=5)
            case _:
                closing.enter_context(mock_aws())
                boto3.client("s3").create_bucket(Bucket="items")
                store = S3Objects(page=5)
        yield store


def put(objects: Any, key: str, text: str) -> None:
    objects.put("items", key, io.BytesIO(text.encode()))


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ObjectStoreError) as error:
        call()
    return str(error.value)


def test_what_was_put_can_be_opened(objects: Any) -> None:
    put(objects, "k/ü", "hallo")
    stream, etag = objects.open("items", "k/ü", {}, None)
    with stream:
        assert (stream.read(2), stream.read()) == (b"ha", b"llo")
    assert etag == f'"{hashlib.md5(b"hallo", usedforsecurity=False).hexdigest()}"'


def test_an_object_is_the_one_that_was_meant_or_none(objects: Any) -> None:
    put(objects, "k", "one")
    _, etag = objects.open("items", "k", {}, None)
    assert objects.open("items", "k", {}, etag)[0].read() == b"one"
    put(objects, "k", "two")
    assert "pre-condition" in refused(lambda: objects.open("items", "k", {}, etag))


def test_refusals(objects: Any) -> None:
    assert "The specified key does not exist" in refused(
        lambda: objects.open("items", "x", {}, None)
    )
    nothing = "The specified bucket does not exist"
    assert nothing in refused(lambda: objects.open("nobodys", "x", {}, None))
    assert nothing in refused(lambda: list(objects.list("nobodys", "", "")))
    assert nothing in refused(lambda: objects.put("nobodys", "x", io.BytesIO(b"")))


def test_a_list_is_in_order_whole_and_goes_on_from_a_key(objects: Any) -> None:
    for number in range(13):
        put(objects, f"p/{number:04}", "x" * (number % 3))
    put(objects, "q", "other")
    listed = list(objects.list("items", "p/", ""))
    assert [one["Key"] for one in listed] == [f"p/{number:04}" for number in range(13)]
    assert [one["Size"] for one in listed[:4]] == [0, 1, 2, 0]
    assert listed[1].keys() == {"Etag", "Key", "LastModified", "Size", "StorageClass"}
    assert isinstance(listed[1]["LastModified"], int)
    assert listed[1]["Etag"] == objects.open("items", "p/0001", {}, None)[1]
    rest = objects.list("items", "p/", "p/0010")
    assert [one["Key"] for one in rest] == ["p/0011", "p/0012"]


LINES = 15_000
READERS = {
    "CSV": (
        ItemReader("getObject", None, "CSV", delimited=Delimited(",", None)),
        "n\n" + "\n".join(map(str, range(LINES))),
        lambda n: {"n": str(n)},
    ),
    "JSONL": (
        ItemReader("getObject", None, "JSONL"),
        "\n".join(f'{{"n": {n}}}' for n in range(LINES)),
        lambda n: {"n": n},
    ),
    "JSON": (
        ItemReader("getObject", None, "JSON"),
        f"[{', '.join(map(str, range(LINES)))}]",
        lambda n: n,
    ),
}


@pytest.mark.parametrize("form", READERS)
def test_large_objects_are_read_item_by_item(objects: Any, form: str) -> None:
    reader, text, item = READERS[form]
    put(objects, "file", text)
    inputs = Inputs(reader={"Bucket": "items", "Key": "file"})
    source = open_source(inputs, reader, objects, {})
    read = iter(source)
    first = [next(read).value for _ in range(10_000)]
    rest = [each.value for each in open_source(inputs, reader, objects, source.position)]
    assert [*first, *rest] == [item(n) for n in range(LINES)]
