"""Where items come from, and that every source goes on from where it was."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from typing import Any

import pytest
import zstandard

from asl.errors import StateFailedError
from asl.machine import Delimited, ItemReader
from asl.map_runs.datasets import open_source
from asl.map_runs.memory import MemoryObjects
from asl.map_runs.model import Inputs

FIRST_ROW = Delimited()


def bucket(**objects: bytes | str) -> MemoryObjects:
    store = MemoryObjects()
    store.buckets.add("b")
    for key, body in objects.items():
        name = key.replace("__", "/").replace("_", ".")
        store.objects["b", name] = body if isinstance(body, bytes) else body.encode()
    return store


INVENTORY = {
    "destinationBucket": "arn:aws:s3:::b",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size",
    "files": [{"key": "data/1.csv.gz"}, {"key": "data/2.csv.gz"}],
}
STORE = bucket(
    a_json="[1, 2, 3]",
    a_jsonl="1\n2\n3\n",
    a_csv="x,y\n1,2\n3,4\n",
    p_csv="1|2\n3|4\n",
    a_json_gz=gzip.compress(b"[1, 2, 3]"),
    a_jsonl_zst=zstandard.compress(b"1\n2\n3\n"),
    nested_json='{"in": {"side": [1, 2]}}',
    l__1="[1]",
    l__2='[2, {"k": 3}]',
    l__3="[4]",
    inventory_json=json.dumps(INVENTORY),
    data__1_csv_gz=gzip.compress(b'"b","k1","10"\n"b","k2","20"\n'),
    data__2_csv_gz=gzip.compress(b'"b","k3","30"\n'),
    athena_csv="s3://b/a.jsonl\ns3://b/more.jsonl\n",
    more_jsonl="4\n",
)
GET, LIST = "getObject", "listObjectsV2"
CASES: dict[str, tuple[ItemReader, dict[str, Any], list[Any]]] = {
    "json": (ItemReader(GET, None, "JSON"), {"Key": "a.json"}, [1, 2, 3]),
    "jsonl": (ItemReader(GET, None, "JSONL"), {"Key": "a.jsonl"}, [1, 2, 3]),
    "csv": (
        ItemReader(GET, None, "CSV", delimited=FIRST_ROW),
        {"Key": "a.csv"},
        [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}],
    ),
    "pipes": (
        ItemReader(GET, None, "CSV", delimited=Delimited("|", ("x", "y"))),
        {"Key": "p.csv"},
        [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}],
    ),
    "gzip": (ItemReader(GET, None, "JSON"), {"Key": "a.json.gz"}, [1, 2, 3]),
    "zstd": (ItemReader(GET, None, "JSONL"), {"Key": "a.jsonl.zst"}, [1, 2, 3]),
    "pointer": (
        ItemReader(GET, None, "JSON", pointer=("in", "side")),
        {"Key": "nested.json"},
        [1, 2],
    ),
    "flatten": (
        ItemReader(LIST, None, "JSON", flatten=True),
        {"Prefix": "l/"},
        [1, 2, {"k": 3}, 4],
    ),
    "inventory": (
        ItemReader(GET, None, None, "S3_INVENTORY"),
        {"Key": "inventory.json"},
        [{"Bucket": "b", "Key": f"k{n}", "Size": f"{n}0"} for n in (1, 2, 3)],
    ),
    "athena": (
        ItemReader(GET, None, "JSONL", "ATHENA_DATA"),
        {"Key": "athena.csv"},
        [1, 2, 3, 4],
    ),
}


def source(reader: ItemReader | None, where: dict[str, Any], position: Any = None) -> Any:
    return open_source(Inputs(reader={"Bucket": "b", **where}), reader, STORE, position or {})


@pytest.mark.parametrize("name", CASES)
def test_a_source_gives_all_items_and_goes_on_from_any_place(name: str) -> None:
    reader, where, expected = CASES[name]
    assert [item.value for item in source(reader, where)] == expected
    for cut in range(len(expected) + 1):
        first = source(reader, where)
        before = [item.value for item in islice(iter(first), cut)]
        stored = json.loads(json.dumps(first.position)) if cut else {}
        after = [item.value for item in source(reader, where, stored)]
        assert before + after == expected, cut


def test_a_listing_gives_what_s3_says_of_the_objects() -> None:
    listed = list(source(ItemReader(LIST, None), {"Prefix": "l/"}))
    assert [item.value["Key"] for item in listed] == ["l/1", "l/2", "l/3"]
    assert listed[0].value.keys() == {"Etag", "Key", "LastModified", "Size", "StorageClass"}
    assert {item.source for item in listed} == {"S3://b"}
    cut = source(ItemReader(LIST, None), {"Prefix": "l/"}, {"after": "l/1"})
    assert [item.value["Key"] for item in cut] == ["l/2", "l/3"]


def test_given_items() -> None:
    items = [{"a": 1}, 2]
    given = open_source(Inputs(items=items), None, STORE, {"item": 1})
    assert [(item.value, item.source) for item in given] == [(2, "STATE_DATA")]
    members = open_source(Inputs(items={"k": 1, "l": 2}), None, STORE, {})
    assert [(item.key, item.value) for item in members] == [("k", 1), ("l", 2)]


def test_an_item_knows_its_object() -> None:
    reader, where, _ = CASES["flatten"]
    assert [item.source for item in source(reader, where)] == [
        "S3://b/l/1",
        "S3://b/l/2",
        "S3://b/l/2",
        "S3://b/l/3",
    ]


def test_a_file_that_has_changed_meanwhile_is_not_read_on() -> None:
    store = bucket(a_json="[1, 2]")
    reader = ItemReader(GET, None, "JSON")
    inputs = Inputs(reader={"Bucket": "b", "Key": "a.json"})
    begun = open_source(inputs, reader, store, {})
    assert next(iter(begun)).value == 1
    store.objects["b", "a.json"] = b"[3, 4]"
    with pytest.raises(StateFailedError, match="did not hold"):
        list(open_source(inputs, reader, store, begun.position))


@pytest.mark.parametrize(
    ("reader", "where", "cause"),
    [
        (CASES["json"][0], {"Key": "missing"}, "The specified key does not exist."),
        (CASES["json"][0], {"Bucket": "other", "Key": "x"}, "bucket does not exist"),
        (CASES["json"][0], {"Key": 1}, "'Key' must be a string"),
        (CASES["json"][0], {"Bucket": None, "Key": "x"}, "'Bucket' must be a string"),
        (ItemReader(LIST, None), {"Bucket": "other"}, "bucket does not exist"),
        (CASES["inventory"][0], {"Key": "a.json"}, "not an S3 inventory manifest"),
        (CASES["athena"][0], {"Key": "a.csv"}, "not an Athena manifest"),
    ],
)
def test_what_cannot_be_read_fails_the_reader(
    reader: ItemReader, where: dict[str, Any], cause: str
) -> None:
    with pytest.raises(StateFailedError, match=cause) as failure:
        list(source(reader, where))
    assert failure.value.data.error == "States.ItemReaderFailed"


def test_a_broken_archive_fails_the_reader() -> None:
    store = bucket(x_json_gz=b"not gzip", y_jsonl_zst=b"not zstandard")
    for key, kind in (("x.json.gz", "JSON"), ("y.jsonl.zst", "JSONL")):
        inputs = Inputs(reader={"Bucket": "b", "Key": key})
        with pytest.raises(StateFailedError, match="could not be read"):
            list(open_source(inputs, ItemReader(GET, None, kind), store, {}))
