"""What the API checks before it does anything, with AWS's words for what is wrong.

Lengths and ranges are those of the service model:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from asl.errors import ApiError
from asl.execution_log import log_groups
from asl.json_text import describe_fault
from asl.payload import LIMIT, Payload

Answer = dict[str, Any]
"""An operation's answer: the members of the API's output shape, times as datetime."""
T = TypeVar("T")

DEFAULT_PAGE = 100
MAX_PAGE = 1000
MAX_NAME = 80
MAX_DIGITS = 18
MAX_TRACE_HEADER = 256
MAX_CLIENT_TOKEN = 64
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_ALIAS_NAME = r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"
_PART = r"[^:\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_ARN = re.compile(rf"arn:{_PART}:states:{_PART}:\d{{12}}(:{_PART})+")
_EXECUTION = re.compile(
    rf"arn:{_PART}:states:{_PART}:\d{{12}}:(execution:{_PART}|express:{_PART}/{_PART}:{_PART}):{_PART}"
)
_ASCII = re.compile(r"[\x01-\x7f]*")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def moment(milliseconds: int) -> datetime:
    """A time as the API gives it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def given(**values: Any) -> Answer:
    """The members that have a value."""
    return {name: value for name, value in values.items() if value is not None}


# -- constraints ------------------------------------------------------------------------------


def constrain(*faults: str | None) -> None:
    """Refuses a request that breaks constraints of the service model, naming all of them."""
    found = [fault for fault in faults if fault is not None]
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise invalid(f"{len(found)} validation {errors} detected: {'; '.join(found)}")


def invalid(message: str) -> ApiError:
    """A ValidationException."""
    return ApiError("ValidationException", message)


def too_long(value: Collection[Any] | None, field: str, limit: int, shown: str = "") -> str | None:
    """The fault of a text or a list that is longer than ``limit``."""
    if value is None or len(value) <= limit:
        return None
    return _fault(shown or value, field, f"have length less than or equal to {limit}")


def out_of_range(value: int | None, field: str, limit: int) -> str | None:
    """The fault of a number that is not in 0…``limit``."""
    if value is None or 0 <= value <= limit:
        return None
    bound = "greater than or equal to 0" if value < 0 else f"less than or equal to {limit}"
    return _fault(value, field, f"have value {bound}")


def unstorable(value: str | None, field: str) -> str | None:
    """The fault of a text with characters that no database keeps: NUL, lone surrogates."""
    if value is None or _UNSTORABLE.search(value) is None:
        return None
    return _fault(value, field, "satisfy regular expression pattern: [^\\u0000\\uD800-\\uDFFF]*")


def not_in(value: str | None, field: str, values: Sequence[str]) -> str | None:
    """The fault of a text that is not one of ``values``."""
    if value is None or value in values:
        return None
    return _fault(value, field, f"satisfy enum value set: [{', '.join(values)}]")


def _fault(value: object, field: str, constraint: str) -> str:
    return f"Value '{value}' at '{field}' failed to satisfy constraint: Member must {constraint}"


# -- names and ARNs ---------------------------------------------------------------------------


def check_name(name: str) -> None:
    """Refuses a name that a state machine, an execution or an activity cannot have."""
    constrain(too_long(name, "name", MAX_NAME))
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def check_alias_name(name: str) -> None:
    """Refuses a name that an alias cannot have. A number would be taken for a version."""
    pattern = None
    if not re.match(_ALIAS_NAME, name):
        pattern = _fault(name, "name", f"satisfy regular expression pattern: {_ALIAS_NAME}")
    constrain(too_long(name, "name", MAX_NAME), pattern)


def check_client_token(token: str) -> None:
    """Refuses a client token that AWS would not take."""
    constrain(
        too_long(token, "clientToken", MAX_CLIENT_TOKEN),
        None
        if re.fullmatch("[!-~]+", token)
        else _fault(token, "clientToken", "satisfy regular expression pattern: [!-~]+"),
    )


def check_trace_header(text: str | None) -> None:
    """Refuses an X-Ray trace header that AWS would not take."""
    constrain(
        too_long(text, "traceHeader", MAX_TRACE_HEADER),
        None if text is None or _ASCII.fullmatch(text) else _not_ascii(text),
    )


def _not_ascii(text: str) -> str:
    return _fault(text, "traceHeader", r"satisfy regular expression pattern: \p{ASCII}*")


def check_arn(arn: str, *kinds: str) -> None:
    """Refuses what is not the ARN of a Step Functions resource of one of these kinds."""
    if not re.match(r"arn:[^:]+:states:", arn):
        raise _invalid_arn(f"Invalid ARN prefix: {arn}")
    kind = [*arn.split(":"), "", "", ""][5]
    if kind not in kinds:
        raise _invalid_arn(f"Resource type not valid in this context: {kind}")
    if not _ARN.fullmatch(arn):
        raise _invalid_arn(f"Malformed ARN: {arn}")


def check_execution_arn(arn: str) -> None:
    """Refuses what is not the ARN of a standard execution, or of a Map run's Express child."""
    check_arn(arn, "execution", *(["express"] if "/" in arn else []))
    if not _EXECUTION.fullmatch(arn):
        raise _invalid_arn(f"Malformed ARN: {arn}")


def _invalid_arn(why: str) -> ApiError:
    return ApiError("InvalidArn", f"Invalid Arn: '{why}'")


def execution_of(token: str) -> str:
    """The ARN of the execution whose task holds the token.

    Raises:
        ApiError: InvalidToken.
    """
    try:
        arn = urlsafe_b64decode(token).decode().split("|")[0]
    except ValueError:
        arn = ""
    if not _EXECUTION.fullmatch(arn):
        raise _invalid_token()
    return arn


# -- JSON texts -------------------------------------------------------------------------------


def execution_input(text: str) -> Payload:
    """An execution's input.

    Raises:
        ApiError: ValidationException or InvalidExecutionInput.
    """
    if len(text.encode("utf-8", "replace")) > LIMIT:
        raise invalid(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LIMIT}"
        )
    refusal = "Invalid State Machine Execution Input"
    if not text.strip():
        raise ApiError("InvalidExecutionInput", f"{refusal}: 'Invalid execution input.'")
    return _json(text, "InvalidExecutionInput", refusal)


def task_output(text: str) -> Payload:
    """A task's output, as whoever holds its token sends it.

    Raises:
        ApiError: InvalidOutput.
    """
    return _json(text, "InvalidOutput", "Invalid Output")


def _json(text: str, code: str, refusal: str) -> Payload:
    try:
        return Payload.parse(text)
    except ValueError as error:
        why = describe_fault(text) or str(error)
        raise ApiError(code, f"{refusal}: '{why}'") from None


# -- pages ------------------------------------------------------------------------------------


def check_page(size: int | None, token: str | None, *, max_token: int = 1024) -> int:
    """How many things a page is to have.

    Raises:
        ApiError: ValidationException.
    """
    constrain(out_of_range(size, "maxResults", MAX_PAGE), too_long(token, "nextToken", max_token))
    return size or DEFAULT_PAGE


def write_token(position: str) -> str:
    """The token for the page after ``position``."""
    return urlsafe_b64encode(position.encode()).decode()


def read_token(token: str) -> str:
    """The position that :func:`write_token` was given.

    Raises:
        ApiError: InvalidToken.
    """
    try:
        return urlsafe_b64decode(token).decode()
    except ValueError:
        raise _invalid_token() from None


def read_number(token: str) -> int:
    """As :func:`read_token`, where the position is a number."""
    position = read_token(token)
    if not position.isdecimal() or len(position) > MAX_DIGITS:
        raise _invalid_token()
    return int(position)


def _invalid_token() -> ApiError:
    return ApiError("InvalidToken", "Invalid Token: 'Invalid token'")


def one_page(
    things: Sequence[T],
    name: Callable[[T], str],
    size: int | None,
    token: str | None,
) -> tuple[list[T], Answer]:
    """One page of a list, and the ``nextToken`` where there are more.

    Args:
        name: what a thing is remembered by between two pages.

    Raises:
        ApiError: ValidationException or InvalidToken.
    """
    limit = check_page(size, token)
    start = 0
    if token is not None:
        names = [name(thing) for thing in things]
        last = read_token(token)
        if last not in names:
            raise _invalid_token()
        start = names.index(last) + 1
    page = list(things[start : start + limit])
    more = start + limit < len(things)
    return page, {"nextToken": write_token(name(page[-1]))} if more else {}


# -- configuration ----------------------------------------------------------------------------


def logging_configuration(wanted: Mapping[str, Any] | None) -> Answer:
    """Logging as it is kept: with the defaults filled in.

    Raises:
        ApiError: ValidationException or InvalidLoggingConfiguration.
    """
    wanted = wanted or {}
    level = wanted.get("level") or "OFF"
    destinations = wanted.get("destinations") or []
    constrain(not_in(level, "loggingConfiguration.level", ("ALL", "ERROR", "FATAL", "OFF")))
    if len(destinations) > 1 or (level != "OFF" and not log_groups(wanted)):
        raise ApiError(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        )
    kept = {"level": level, "includeExecutionData": bool(wanted.get("includeExecutionData"))}
    return {**kept, "destinations": destinations} if destinations else kept


def tracing_configuration(wanted: Mapping[str, Any] | None) -> Answer:
    """Tracing as it is kept."""
    return {"enabled": bool((wanted or {}).get("enabled"))}


def encryption_configuration(wanted: Mapping[str, Any] | None) -> Answer:
    """Encryption as it is kept.

    Raises:
        ApiError: ValidationException or InvalidEncryptionConfiguration.
    """
    wanted = wanted or {"type": "AWS_OWNED_KEY"}
    kinds = ("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY")
    constrain(not_in(wanted.get("type"), "encryptionConfiguration.type", kinds))
    if (wanted.get("type") == "CUSTOMER_MANAGED_KMS_KEY") is not ("kmsKeyId" in wanted):
        raise ApiError(
            "InvalidEncryptionConfiguration",
            "Invalid Encryption Configuration: a kmsKeyId goes with CUSTOMER_MANAGED_KMS_KEY.",
        )
    return dict(wanted)
