"""Reads the fields of a Map in Distributed mode: ``ItemReader``, ``ItemBatcher``, ``ResultWriter``.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from asl.fields import DISTRIBUTED, Fields
from asl.jsonpath.path import JsonPath, JsonPathSyntaxError, compile_path
from asl.machine import Delimited, Flow, ItemBatcher, ItemReader, ResultWriter
from asl.schema import Schema

MODES = ("INLINE", "DISTRIBUTED")
TYPES = ("STANDARD", "EXPRESS")
MAX_LABEL = 40
MAX_HEADER_BYTES = 10_240
MAX_POINTER = 2_000
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
_ACTION = re.compile(r"arn:[\w-]+:states:::s3:(\w+)")
_LABEL = re.compile(r"[^\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]+")
_READER_CONFIG = {
    "InputType",
    "CSVHeaderLocation",
    "CSVHeaders",
    "CSVDelimiter",
    "MaxItems",
    "ManifestType",
    "ItemsPointer",
    "Transformation",
}
_CALLS = {"Arguments", "Parameters"}
_FORMATS = ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")


class MapFields:
    """Reads one Map state's fields; what is wrong with them is said."""

    def __init__(self, schema: Schema, fields: Fields, flow: Flow):
        self._schema = schema
        self._say = schema.say
        self._fields = fields
        self._flow = flow
        self._paths = fields.arguments == "Parameters"

    def mode(self, processor: Any, at: str) -> tuple[bool, bool]:
        """Whether the Map is distributed, and whether its children are Express executions."""
        config = processor.get("ProcessorConfig", {}) if isinstance(processor, dict) else {}
        if not isinstance(config, dict):
            self._say("Expected a JSON object", at)
            return False, False
        self._schema.known(config, ("Mode", "ExecutionType"), at)
        if self._one_of(config, "Mode", MODES, at) != "DISTRIBUTED":
            return False, False
        self._schema.required(config, ("ExecutionType",), at)
        return True, self._one_of(config, "ExecutionType", TYPES, at) == "EXPRESS"

    def read(self, source: dict[str, Any], at: str, *, distributed: bool) -> dict[str, Any]:
        """The fields, by their names in :class:`asl.machine.MapState`."""
        if not distributed:
            for field in sorted(DISTRIBUTED & source.keys()):
                self._say(f"Field '{field}' needs the processing mode DISTRIBUTED", f"{at}/{field}")
            return {}
        found: dict[str, Any] = {}
        if "ItemReader" in source:
            found["reader"] = self._reader(source, f"{at}/ItemReader")
            found["items"] = None
        if "ItemBatcher" in source:
            found["batcher"] = self._batcher(source["ItemBatcher"], f"{at}/ItemBatcher")
        if "ResultWriter" in source:
            found["writer"] = self._writer(source["ResultWriter"], f"{at}/ResultWriter")
        return found

    def label(self, source: dict[str, Any], at: str, taken: set[str]) -> str:
        """The label, which no other Map of the definition may have."""
        label = source.get("Label", "")
        if "Label" not in source:
            return ""
        where = f"{at}/Label"
        valid = isinstance(label, str) and len(label) <= MAX_LABEL and _LABEL.fullmatch(label)
        if not valid:
            words = f"A label has 1 to {MAX_LABEL} characters, none of them reserved: {label}"
            self._say(words, where, "INVALID_LABEL_NAME")
        elif label in taken:
            self._say(f"Duplicate label: {label}", where, "DUPLICATE_LABEL_NAME")
        taken.add(str(label))
        return str(label)

    # -- ItemReader ---------------------------------------------------------------------------

    def _reader(self, source: dict[str, Any], at: str) -> ItemReader | None:
        body = self._object(source["ItemReader"], {"Resource", "ReaderConfig"}, at)
        if body is None:
            return None
        if "Items" in source:
            self._say("A Map has Items or an ItemReader, not both", at)
        action = self._action(body, ("getObject", "listObjectsV2"), at)
        where = f"{at}/ReaderConfig"
        paths = {"MaxItemsPath"} if self._paths else set()
        config = self._object(body.get("ReaderConfig", {}), _READER_CONFIG | paths, where, ())
        if config is None:
            return None
        kind = self._one_of(config, "InputType", _FORMATS, where)
        if kind == "PARQUET":
            self._say("InputType PARQUET is not supported here", f"{where}/InputType")
        manifest = self._manifest(config, kind, where)
        flatten = self._one_of(config, "Transformation", ("NONE", "LOAD_AND_FLATTEN"), where)
        self._agree(action, kind, manifest, flatten == "LOAD_AND_FLATTEN", where)
        return ItemReader(
            action,
            self._fields.template(body, self._fields.arguments, at, self._flow),
            None if kind == "MANIFEST" else kind,
            manifest,
            self._delimited(config, kind, manifest, where),
            self._pointer(config, source, kind, where),
            flatten == "LOAD_AND_FLATTEN",
            self._fields.limit(config, "MaxItems", where, self._flow, 0),
        )

    def _manifest(self, config: dict[str, Any], kind: str | None, at: str) -> str | None:
        manifest = self._one_of(config, "ManifestType", ("ATHENA_DATA", "S3_INVENTORY"), at)
        if manifest == "S3_INVENTORY" and kind not in {None, "MANIFEST"}:
            self._say("InputType cannot be given for an S3_INVENTORY manifest", f"{at}/InputType")
        if manifest == "ATHENA_DATA" and kind not in {"CSV", "JSONL", "PARQUET"}:
            self._say("An ATHENA_DATA manifest needs InputType CSV or JSONL", f"{at}/InputType")
        return "S3_INVENTORY" if kind == "MANIFEST" and manifest is None else manifest

    def _agree(
        self, action: str, kind: str | None, manifest: str | None, flatten: bool, at: str
    ) -> None:
        if action == "listObjectsV2":
            if manifest is not None:
                self._say("A manifest is read with s3:getObject", f"{at}/ManifestType")
            if flatten and kind not in {"CSV", "JSON", "JSONL", "PARQUET"}:
                self._say("LOAD_AND_FLATTEN needs InputType CSV, JSON or JSONL", at)
        elif flatten:
            self._say("LOAD_AND_FLATTEN is for s3:listObjectsV2", f"{at}/Transformation")
        elif kind is None and manifest is None:
            self._say("InputType is required for s3:getObject", at)

    def _delimited(
        self, config: dict[str, Any], kind: str | None, manifest: str | None, at: str
    ) -> Delimited:
        names = ("CSVHeaderLocation", "CSVHeaders", "CSVDelimiter")
        if kind not in {"CSV", "MANIFEST"} and manifest is None:
            for name in names:
                if name in config:
                    self._say(f"{name} is for InputType CSV or MANIFEST", f"{at}/{name}")
            return Delimited()
        location = self._one_of(config, "CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), at)
        if kind == "CSV" and location is None and "CSVHeaderLocation" not in config:
            self._say("InputType CSV needs CSVHeaderLocation", at)
        separator = self._one_of(config, "CSVDelimiter", tuple(DELIMITERS), at) or "COMMA"
        return Delimited(DELIMITERS[separator], self._headers(config, location, at))

    def _headers(
        self, config: dict[str, Any], location: str | None, at: str
    ) -> tuple[str, ...] | None:
        headers = config.get("CSVHeaders")
        if (location == "GIVEN") != ("CSVHeaders" in config):
            self._say("CSVHeaders go with CSVHeaderLocation GIVEN", f"{at}/CSVHeaders")
        if headers is None:
            return None
        valid = (
            isinstance(headers, list) and headers and all(isinstance(each, str) for each in headers)
        )
        if not valid:
            self._say("CSVHeaders must be an array of strings", f"{at}/CSVHeaders")
            return None
        if sum(len(each.encode("utf-8", "replace")) for each in headers) > MAX_HEADER_BYTES:
            self._say("CSVHeaders may have 10 KiB at the most", f"{at}/CSVHeaders")
        return tuple(headers)

    def _pointer(
        self, config: dict[str, Any], source: dict[str, Any], kind: str | None, at: str
    ) -> tuple[str, ...] | None:
        """``ItemsPointer``, and ``ItemsPath``, which reads the document where there is a reader."""
        parts: tuple[str, ...] | None = None
        if "ItemsPointer" in config:
            parts = _pointer_parts(config["ItemsPointer"])
            if parts is None:
                self._say("ItemsPointer must be a JSON Pointer", f"{at}/ItemsPointer")
        path = _reference(source["ItemsPath"]) if "ItemsPath" in source else None
        if "ItemsPath" in source and path is None:
            self._say("With an ItemReader, ItemsPath must be a reference path", at)
        if path is not None and path.steps:
            parts = (*(parts or ()), *(str(argument) for _, argument in path.steps))
        if parts is not None and kind != "JSON":
            self._say("Only items of InputType JSON have a place in a document", at)
        return parts

    # -- ItemBatcher and ResultWriter -----------------------------------------------------------

    def _batcher(self, source: Any, at: str) -> ItemBatcher | None:
        limits = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
        paths = {f"{name}Path" for name in limits} if self._paths else set()
        body = self._object(source, {"BatchInput", *limits} | paths, at, ())
        if body is None:
            return None
        batcher = ItemBatcher(
            self._fields.limit(body, limits[0], at, self._flow),
            self._fields.limit(body, limits[1], at, self._flow),
            self._fields.template(body, "BatchInput", at, self._flow),
        )
        if not (set(limits) | paths) & body.keys():
            self._say(f"An ItemBatcher needs {limits[0]} or {limits[1]}", at)
        return batcher

    def _writer(self, source: Any, at: str) -> ResultWriter | None:
        body = self._object(source, {"Resource", "WriterConfig"}, at, ())
        if body is None:
            return None
        exported = "Resource" in body
        if exported:
            self._action(body, ("putObject",), at)
        if exported != (self._fields.arguments in body):
            self._say(f"Resource and {self._fields.arguments} go together", at)
        if not exported and "WriterConfig" not in body:
            self._say(f"A ResultWriter has a WriterConfig, or Resource and {self._fields.arguments}", at)  # fmt: skip  # noqa: E501
        where = f"{at}/WriterConfig"
        config = body.get("WriterConfig", {"OutputType": "JSON"})
        config = self._object(config, {"Transformation", "OutputType"}, where, ("OutputType",))
        if config is None:
            return None
        shapes = ("NONE", "COMPACT", "FLATTEN")
        shape = self._one_of(config, "Transformation", shapes, where)
        lines = self._one_of(config, "OutputType", ("JSON", "JSONL"), where) == "JSONL"
        arguments = self._fields.template(body, self._fields.arguments, at, self._flow)
        return ResultWriter(arguments, shape or ("NONE" if exported else "COMPACT"), lines)

    # -- what all share -------------------------------------------------------------------------

    def _object(
        self, value: Any, known: Collection[str], at: str, required: tuple[str, ...] = ("Resource",)
    ) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._say("Expected a JSON object", at)
            return None
        names = set(known)
        if "Resource" in known:
            names.add(self._fields.arguments)
        only = _CALLS - names if "Resource" in known else ()
        self._schema.known(value, names, at, only, self._fields.language)
        self._schema.required(value, required, at)
        return value

    def _action(self, body: dict[str, Any], known: tuple[str, ...], at: str) -> str:
        resource = body.get("Resource")
        match = _ACTION.fullmatch(resource) if isinstance(resource, str) else None
        if match is not None and match[1] in known:
            return match[1]
        if "Resource" in body:
            self._say(
                f"The resource provided {resource} is not recognized. The value is not a valid "
                "resource ARN, or the resource is not available in this region.",
                f"{at}/Resource",
            )
        return known[0]

    def _one_of(
        self, body: dict[str, Any], field: str, values: tuple[str, ...], at: str
    ) -> str | None:
        valid = self._schema.one_of(body, field, values, at)
        return str(body[field]) if valid and field in body else None


def _pointer_parts(pointer: Any) -> tuple[str, ...] | None:
    """https://www.rfc-editor.org/rfc/rfc6901"""
    if not isinstance(pointer, str) or len(pointer) >= MAX_POINTER:
        return None
    if pointer and not re.fullmatch(r"(/([^~/]|~[01])*)+", pointer):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _reference(path: Any) -> JsonPath | None:
    try:
        compiled = compile_path(path)
    except (JsonPathSyntaxError, TypeError, AttributeError):
        return None
    return compiled if compiled.is_reference else None
