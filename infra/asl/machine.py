"""A state machine as frozen values: what :mod:`asl.definition` makes of the text, ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asl.jsonata.dataflow import Dataflow
from asl.jsonata.template import Template
from asl.jsonpath.comparisons import Condition
from asl.jsonpath.pathflow import OnSubject, PathFlow

Flow = Dataflow | PathFlow
"""The data fields of a state, in its query language."""
Expression = Template | OnSubject
"""A field's value: constant or computed, in the state's query language."""


@dataclass(frozen=True, slots=True)
class Retrier:
    """One rule of ``Retry``. Times are in seconds."""

    errors: tuple[str, ...]
    interval: int = 1
    max_attempts: int = 3
    backoff: float = 2.0
    max_delay: int | None = None
    full_jitter: bool = False


@dataclass(frozen=True, slots=True)
class Catcher:
    """One rule of ``Catch``."""

    errors: tuple[str, ...]
    next: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Resource:
    """A Task's ``Resource``, taken apart: what to call, and when its result counts."""

    arn: str
    service: str
    """``lambda``, ``sqs``, ``states``, ``aws-sdk:dynamodb``, … or ``activity``."""
    action: str
    """``invoke``, ``sendMessage``, … with its suffix; the name for a function or an activity."""
    pattern: str = "response"
    """``response`` | ``sync`` | ``sync2`` | ``token`` | ``activity``."""
    direct_lambda: bool = False
    """The function's own ARN is the resource: its bare payload is the result."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of seconds, items or per cent: a constant or an expression."""

    value: Expression
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBase:
    """What every state has. ``next`` is None for an end state."""

    name: str
    flow: Flow
    next: str | None = None
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState(StateBase):
    """Shapes data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState(StateBase):
    """Calls something outside and waits for its result."""

    resource: Resource
    timeout: Limit | None = None
    heartbeat: Limit | None = None
    credentials: Expression | None = None


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """One branch of a Choice."""

    condition: Template | Condition
    next: str
    flow: Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceState(StateBase):
    """Takes the first rule that holds, else ``default``."""

    rules: tuple[ChoiceRule, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState(StateBase):
    """Waits for a number of seconds or until a moment."""

    seconds: Expression | None = None
    timestamp: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedState(StateBase):
    """Ends its scope successfully."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailState(StateBase):
    """Ends its scope with an error."""

    error: Expression | None = None
    cause: Expression | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """A scope of states: a whole state machine, a Parallel branch or a Map's processor."""

    start_at: str
    states: Mapping[str, State]
    timeout_seconds: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelState(StateBase):
    """Runs its branches at once, each on a copy of the same input."""

    branches: tuple[Machine, ...]


@dataclass(frozen=True, slots=True)
class Delimited:
    """How a delimited text file is read. No ``headers``: the first row has them."""

    delimiter: str = ","
    headers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ItemReader:
    """Where a Distributed Map's items come from, if not from its input.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
    """

    action: str
    """``getObject`` or ``listObjectsV2``."""
    arguments: Expression | None
    """The action's parameters: bucket, key or prefix, version."""
    format: str | None = None
    """``JSON`` | ``JSONL`` | ``CSV``; None for a listing's metadata and for an S3 inventory."""
    manifest: str | None = None
    """``S3_INVENTORY`` | ``ATHENA_DATA``: the object names the files that hold the items."""
    delimited: Delimited = Delimited()
    pointer: tuple[str, ...] | None = None
    """Where in a JSON document the items are; None: nothing was said, so at the top."""
    flatten: bool = False
    """Reads the objects that are listed, not the list."""
    max_items: Limit | None = None


@dataclass(frozen=True, slots=True)
class ItemBatcher:
    """How many items one child execution gets.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
    """

    max_items: Limit | None = None
    max_bytes: Limit | None = None
    batch_input: Expression | None = None


@dataclass(frozen=True, slots=True)
class ResultWriter:
    """What becomes of the results. No ``arguments``: they are not exported, only shaped.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
    """

    arguments: Expression | None = None
    transformation: str = "NONE"
    """``NONE`` | ``COMPACT`` | ``FLATTEN``."""
    lines: bool = False
    """JSON Lines instead of one JSON array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState(StateBase):
    """Runs its processor once for each item."""

    processor: Machine
    items: Expression | None = None
    """None where an ``ItemReader`` gives them."""
    selector: Expression | None = None
    max_concurrency: Limit | None = None
    distributed: bool = False
    """Its items are executions of their own, which a Map run starts; some may fail."""
    express: bool = False
    """Those executions are Express ones."""
    label: str = ""
    tolerated_count: Limit | None = None
    tolerated_percentage: Limit | None = None
    reader: ItemReader | None = None
    batcher: ItemBatcher | None = None
    writer: ResultWriter | None = None


State = (
    PassState
    | TaskState
    | ChoiceState
    | WaitState
    | SucceedState
    | FailState
    | ParallelState
    | MapState
)


def map_state(machine: Machine, name: str) -> MapState | None:
    """The Map state of that name, however deep it is: names are unique in a whole definition."""
    for state in machine.states.values():
        match state:
            case MapState() if state.name == name:
                return state
            case MapState():
                found = map_state(state.processor, name)
            case ParallelState():
                inner = (map_state(branch, name) for branch in state.branches)
                found = next((each for each in inner if each is not None), None)
            case _:
                found = None
        if found is not None:
            return found
    return None
