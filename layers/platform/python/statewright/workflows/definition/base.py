"""What all models of the definition build on: names, durations, strictness."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_DURATION = re.compile(r"([0-9]{1,8})([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
MAX_SECONDS = 31_536_000
RESERVED = frozenset({"trigger", "vars", "execution", "result", "error", "index", "states"})


def seconds(duration: str) -> int:
    """A duration such as ``30s``, ``5m``, ``2h``, ``3d`` or ``1w`` in seconds.

    Raises:
        ValueError: it is not one, is zero, or is longer than a year.
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError("is not a duration such as 30s, 5m, 2h, 3d or 1w")
    value = int(match[1]) * _UNITS[match[2]]
    if not 1 <= value <= MAX_SECONDS:
        raise ValueError("must be between one second and one year")
    return value


def _duration(text: str) -> str:
    seconds(text)
    return text


def _variable(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"'{name}' is a name that expressions already use")
    return name


Duration = Annotated[str, AfterValidator(_duration)]
AnyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Id = Annotated[AnyName, AfterValidator(_variable)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Model(BaseModel):
    """A part of a definition."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
