"""A form's page: self-contained HTML that needs no script and loads nothing."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from statewright.http.page import page
from statewright.workflows.triggers.form_fields import Field

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
Texts = Mapping[str, list[str]]


def form_page(
    about: Mapping[str, str],
    fields: Sequence[Field],
    submission: str,
    texts: Texts | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The form.

    Args:
        about: the trigger's ``title``, ``description`` and ``submit``.
        submission: what makes sending it twice one.
        texts: what was entered before; None for a fresh page.
        errors: what is wrong with that, by field; ``""`` for the whole.
    """
    wrong = errors or {}
    rows = "".join(_row(field, texts, wrong.get(field.name)) for field in fields)
    summary = f'<p class="wrong" role="alert">{_text(_summary(wrong))}</p>' if wrong else ""
    description = f"<p>{_text(about['description'])}</p>" if about["description"] else ""
    hidden = f'<input type="hidden" name="_submission" value="{_text(submission)}">'
    body = (
        f'{description}{summary}<form method="post" accept-charset="utf-8">{hidden}{rows}'
        f'<div class="row"><button>{_text(about["submit"])}</button></div></form>'
    )
    return page(about["title"], body)


def thanks_page(about: Mapping[str, str]) -> str:
    """What people see when they have sent the form."""
    return page(about["title"], f'<p role="status">{_text(about["thanks"])}</p>')


def _summary(wrong: Mapping[str, str]) -> str:
    return wrong.get("") or "Please look at the fields that are marked."


def _row(field: Field, texts: Texts | None, wrong: str | None) -> str:
    name = _text(field.name)
    given = _shown(field) if texts is None else texts.get(field.name, [])
    notes = [f"{name}-help"] if field.help else []
    notes += [f"{name}-wrong"] if wrong else []
    described = f' aria-describedby="{" ".join(notes)}"' if notes else ""
    invalid = ' aria-invalid="true"' if wrong else ""
    needed = " required" if field.required and field.kind not in {"boolean", "choices"} else ""
    attributes = f' id="{name}" name="{name}"{needed}{described}{invalid}'
    help_ = f'<small id="{name}-help">{_text(field.help)}</small>' if field.help else ""
    error = f'<small class="wrong" id="{name}-wrong">{_text(wrong)}</small>' if wrong else ""
    return f'<div class="row">{_labelled(field, name, attributes, given)}{help_}{error}</div>'


def _labelled(field: Field, name: str, attributes: str, given: Sequence[str]) -> str:
    star = ' <span title="needed">*</span>' if field.required else ""
    label = f"{_text(field.label)}{star}"
    match field.kind:
        case "boolean":
            checked = " checked" if given and given[-1] not in {"", "false"} else ""
            return f'<label><input type="checkbox"{attributes}{checked}> {label}</label>'
        case "choices":
            boxes = "".join(_box(name, option, given) for option in field.options)
            return f"<fieldset><legend>{label}</legend>{boxes}</fieldset>"
    return f'<label for="{name}">{label}</label>{_control(field, attributes, given)}'


def _control(field: Field, attributes: str, given: Sequence[str]) -> str:
    text = given[-1] if given else ""
    limit = f' maxlength="{int(field.most)}"' if field.most is not None else ""
    match field.kind:
        case "choice":
            options = "".join(_option(option, text) for option in field.options)
            return f'<select{attributes}><option value=""></option>{options}</select>'
        case "lines":
            return f"<textarea{attributes}{limit} rows=6>\n{_text(text)}</textarea>"
        case "list":
            lines = "\n".join(given)
            area = f"<textarea{attributes} rows=4>\n{_text(lines)}</textarea>"
            return f"{area}<small>One a line.</small>"
        case "number":
            step = "1" if field.whole else "any"
            return f'<input type="number" step="{step}"{attributes} value="{_text(text)}">'
    return f'<input type="{field.input}"{attributes}{limit} value="{_text(text)}">'


def _option(option: Any, chosen: str) -> str:
    value = str(option)
    selected = " selected" if value == chosen else ""
    return f'<option value="{_text(value)}"{selected}>{_text(value)}</option>'


def _box(name: str, option: Any, given: Sequence[str]) -> str:
    value = str(option)
    checked = " checked" if value in given else ""
    return (
        f'<label><input type="checkbox" name="{name}" value="{_text(value)}"{checked}>'
        f" {_text(value)}</label>"
    )


def _shown(field: Field) -> list[str]:
    """The default, as texts of the form."""
    value = field.default
    if value is None or value is False:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _text(value: Any) -> str:
    return html.escape(str(value))
