"""Reads what ``sam build`` made: each function with its code and its layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localcloud.template import read

LIMIT = 250 * 1024 * 1024
"""Unzipped bytes of a function with all its layers.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A function as it is uploaded."""

    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        """What Lambda unpacks for it."""
        return (self.code, *self.layers)

    @property
    def path(self) -> list[str]:
        """Python's search path, as Lambda sets it."""
        return [str(self.code), *(str(layer / "python") for layer in self.layers)]


def artefacts(build: Path) -> Iterator[Artefact]:
    """Every function of a build folder."""
    root = read(build / "template.yaml")["Resources"]
    layers = {
        name: build / resource["Properties"]["ContentUri"]
        for name, resource in root.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    for resource in root.values():
        if resource["Type"] == "AWS::Serverless::Application":
            given = resource["Properties"].get("Parameters", {})
            refs = {name: value["Ref"] for name, value in given.items() if "Ref" in value}
            passed = {name: layers[ref] for name, ref in refs.items() if ref in layers}
            yield from _of_stack(build / resource["Properties"]["Location"], passed)


def _of_stack(template: Path, layers: dict[str, Path]) -> Iterator[Artefact]:
    source = read(template)
    shared = source.get("Globals", {}).get("Function", {})
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = {**shared, **resource["Properties"]}
            name = properties["FunctionName"]["Fn::Sub"].removeprefix("${Prefix}-")
            own = resource["Properties"].get("Layers", [])  # SAM adds them to those of Globals
            named = [*shared.get("Layers", []), *own]
            used = tuple(layers[layer["Ref"]] for layer in named)
            code = template.parent / properties["CodeUri"]
            yield Artefact(name, properties["Handler"], code.resolve(), used)


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
