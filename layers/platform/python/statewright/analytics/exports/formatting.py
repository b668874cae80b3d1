"""Figures as people of a locale write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from statewright.analytics.exports.tables import Column, Look, Value

_UNITS = ((1_000, 1, "ms"), (60_000, 1_000, "s"), (3_600_000, 60_000, "min"))
_SKELETONS = {"month": "MMMM y", "quarter": "QQQ y", "year": "y"}


def locale_of(text: str) -> Locale:
    """The locale of a name such as ``de`` or ``pt-BR``; English where there is none of it."""
    try:
        return Locale.parse(text.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def text_of(value: Value, column: Column, look: Look, grain: str | None = None) -> str:
    """A cell as text."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    locale = locale_of(look.locale)
    if isinstance(value, datetime):
        return period_text(value, grain, look)
    match column.kind:
        case "ratio":
            return str(format_percent(value, "#,##0.0 %", locale=locale))
        case "money":
            return str(format_currency(value, look.currency, locale=locale))
        case "usd":
            digits = "¤#,##0.000000" if abs(value) < 0.01 else None
            return str(
                format_currency(value, "USD", digits, locale=locale, currency_digits=digits is None)
            )
        case "milliseconds":
            return duration_text(float(value), locale)
        case "hours":
            return str(format_decimal(round(value, 1), locale=locale)) + " h"
        case _:
            return str(format_decimal(round(value, 2), locale=locale))


def duration_text(milliseconds: float, locale: Locale) -> str:
    """A duration in the unit that suits it."""
    size, unit = next(
        ((size, unit) for limit, size, unit in _UNITS if milliseconds < limit), (3_600_000, "h")
    )
    number = milliseconds / size
    return f"{format_decimal(round(number, 0 if unit == 'ms' else 1), locale=locale)} {unit}"


def period_text(moment: datetime, grain: str | None, look: Look) -> str:
    """When a period began, as finely as its grain."""
    zone, locale = ZoneInfo(look.time_zone), locale_of(look.locale)
    local = moment.astimezone(zone)
    if grain in _SKELETONS:
        return str(format_date(local.date(), _SKELETONS[grain], locale=locale))
    if grain in {"day", "week"}:
        return str(format_date(local.date(), "medium", locale=locale))
    return str(format_datetime(local, "short", tzinfo=zone, locale=locale))


def axis_text(value: float, kind: str, look: Look) -> str:
    """A number beside an axis: short."""
    locale = locale_of(look.locale)
    if kind == "ratio":
        return str(format_percent(value, locale=locale))
    if kind == "milliseconds":
        return duration_text(value, locale)
    return str(format_compact_decimal(value, locale=locale, fraction_digits=1))
