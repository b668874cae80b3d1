"""What a Map run hands in: the results as one value, or as files in S3 with a manifest.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO

import orjson

from asl.errors import DATA_LIMIT, RESULT_WRITER, StateFailedError
from asl.execution import Execution, Status
from asl.machine import ResultWriter
from asl.map_runs.inputs import ChildInput
from asl.map_runs.model import MapRun
from asl.map_runs.ports import ObjectStore, ObjectStoreError
from asl.payload import LIMIT, Payload
from asl.turn import iso

MAX_FILE_BYTES = 5 * 1024**3
"""A result file that has grown so large is followed by another (AWS quota)."""
COMPACT = ResultWriter(None, "COMPACT")
"""What becomes of the results where nothing is said."""
_FILES = ("FAILED", "PENDING", "SUCCEEDED")


def gather(children: Iterable[Execution], writer: ResultWriter, state: str) -> Payload:
    """The results as one value.

    Raises:
        StateFailedError: they are too large for that.
    """
    found: list[orjson.Fragment] = []
    size = 1
    for child in children:
        for text in _results(child, writer.transformation):
            size += len(text) + 1
            if size > LIMIT:
                raise StateFailedError(
                    DATA_LIMIT,
                    f"The state/task '{state}' returned a result with a size exceeding the maximum "
                    "number of bytes service limit.",
                )
            found.append(orjson.Fragment(text))
    text = orjson.dumps(found)
    return Payload(orjson.loads(text), text)


def exported(run: MapRun) -> Payload:
    """What the state returns where the results are exported: where they are."""
    details = {"Bucket": run.inputs.writer.get("Bucket"), "Key": f"{_folder(run)}manifest.json"}
    return Payload({"MapRunArn": run.arn, "ResultWriterDetails": details})


def export(
    run: MapRun,
    children: Iterable[Execution],
    left: Iterable[ChildInput],
    writer: ResultWriter,
    objects: ObjectStore,
) -> int:
    """Writes the result files and their manifest; written again they are the same.

    Args:
        left: inputs that no child was started with.

    Returns:
        How many items were left.

    Raises:
        StateFailedError: they cannot be written.
    """
    bucket = run.inputs.writer.get("Bucket")
    prefix = run.inputs.writer.get("Prefix", "")
    if not isinstance(bucket, str) or not isinstance(prefix, str):
        raise StateFailedError(RESULT_WRITER, "Bucket and Prefix must be strings")
    items = 0
    with ExitStack() as closing:
        files = {
            name: closing.enter_context(_Files(name, writer.lines, bucket, _folder(run), objects))
            for name in _FILES
        }
        try:
            for child in children:
                name = "SUCCEEDED" if child.status is Status.SUCCEEDED else "FAILED"
                for text in _results(child, writer.transformation):
                    files[name].write(text)
            for each in left:
                items += each.items
                files["PENDING"].write(orjson.dumps(_pending(each)))
            written = {name: file.close() for name, file in files.items()}
            body = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": written}
            with tempfile.TemporaryFile() as manifest:
                manifest.write(orjson.dumps(body))
                manifest.seek(0)
                objects.put(bucket, f"{_folder(run)}manifest.json", manifest)
        except ObjectStoreError as error:
            raise StateFailedError(RESULT_WRITER, str(error)) from None
    return items


def _folder(run: MapRun) -> str:
    prefix = str(run.inputs.writer.get("Prefix", ""))
    separator = "/" if prefix and not prefix.endswith("/") else ""
    return f"{prefix}{separator}{run.id_part}/"


class _Files:
    """The files of one status, written piece by piece to the disk and then to the store."""

    def __init__(self, name: str, lines: bool, bucket: str, folder: str, objects: ObjectStore):
        self._name, self._lines = name, lines
        self._bucket, self._folder, self._objects = bucket, folder, objects
        self._file: BinaryIO | None = None
        self._written: list[dict[str, Any]] = []

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, text: bytes) -> None:
        """Adds one result."""
        if self._file is not None and self._file.tell() + len(text) > MAX_FILE_BYTES:
            self._put()
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed once it has been put)
            self._file.write(b"" if self._lines else b"[")
        else:
            self._file.write(b"\n" if self._lines else b",")
        self._file.write(text)

    def close(self) -> list[dict[str, Any]]:
        """Puts the last file; returns what the manifest says of all of them."""
        if self._file is not None:
            self._put()
        return self._written

    def _put(self) -> None:
        assert self._file is not None
        self._file.write(b"\n" if self._lines else b"]")
        key = f"{self._folder}{self._name}_{len(self._written)}.json"
        self._written.append({"Key": key, "Size": self._file.tell()})
        self._file.seek(0)
        with self._file:
            self._objects.put(self._bucket, key, self._file)
        self._file = None


def _results(child: Execution, transformation: str) -> Iterator[bytes]:
    """What a child adds to the results; one that did not succeed is always described."""
    output = child.output
    if output is None or transformation == "NONE":
        yield orjson.dumps(describe(child))
    elif transformation == "FLATTEN" and isinstance(output.value, list):
        yield from map(orjson.dumps, output.value)
    else:
        yield output.text


def describe(child: Execution) -> dict[str, Any]:
    """A child execution as AWS writes it into a result file."""
    failure = child.failure
    told: dict[str, Any] = {
        "ExecutionArn": child.arn,
        "Input": child.input.text.decode(),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "OutputDetails": {"Included": True},
        "RedriveCount": child.redrives.count,
        "RedriveStatus": "REDRIVABLE_BY_MAP_RUN",
        "StartDate": iso(child.started_at),
        "StateMachineArn": child.machine_arn,
        "Status": child.status.value,
        "StopDate": iso(child.stopped_at or child.started_at),
    }
    if child.output is not None:
        told["Output"] = child.output.text.decode()
        told["RedriveStatus"] = "NOT_REDRIVABLE"
        told["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
    if failure is not None:
        told |= {"Error": failure.error, "Cause": failure.cause}
    return {name: value for name, value in sorted(told.items()) if value is not None}


def _pending(left: ChildInput) -> dict[str, Any]:
    text = left.payload.text.decode()
    return {"Input": text, "InputDetails": {"Included": True}, "Status": "PENDING"}
