"""How a route is called from a shell, from Python and from JavaScript."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from statewright.workflows.apis.examples import example_of
from statewright.workflows.apis.routes import Route

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A request to a route. ``body`` is None where it has none."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any


def sample_of(route: Route) -> Sample:
    """An example request: the schemas' own examples, where they have some."""
    trigger = route.trigger
    wanted = trigger.request
    url = route.url
    for name in trigger.parameters:
        value = example_of(wanted.path.get(name))
        text = f"{{{name}}}" if value is None else quote(str(value), safe="")
        url = url.replace(f"{{{name}}}", text)
    query = wanted.query or {}
    known = query.get("properties", {})
    required = {name: known.get(name) for name in query.get("required", [])}
    if required:
        url += "?" + urlencode({n: example_of(part) or "text" for n, part in required.items()})
    headers = {} if trigger.auth == "public" else {"Authorization": "Bearer YOUR_TOKEN"}
    body = None
    if trigger.method in _WITH_BODY:
        schema = wanted.body if wanted.body is not None else _input(route)
        body = example_of(schema)
        headers |= {"Content-Type": "application/json"}
    return Sample(trigger.method, url, headers, body)


def _input(route: Route) -> Any:
    return None if route.trigger.request.map is not None else route.target.input_schema


def snippets(sample: Sample) -> list[dict[str, str]]:
    """The call in each language, as ``x-codeSamples`` has them."""
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(sample)},
        {"lang": "Python", "label": "Python", "source": _python(sample)},
        {"lang": "JavaScript", "label": "JavaScript", "source": _javascript(sample)},
    ]


def _curl(sample: Sample) -> str:
    lines = [f"curl -X {sample.method} {shlex.quote(sample.url)}"]
    lines += [f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in sample.headers.items()]
    if sample.body is not None:
        lines.append(f"  -d {shlex.quote(json.dumps(sample.body, ensure_ascii=False))}")
    return " \\\n".join(lines)


def _python(sample: Sample) -> str:
    lines = [
        "import requests",
        "",
        "response = requests.request(",
        f"    {sample.method!r},",
        f"    {sample.url!r},",
    ]
    headers = {name: v for name, v in sample.headers.items() if name != "Content-Type"}
    if headers:
        lines.append(f"    headers={headers!r},")
    if sample.body is not None:
        lines.append(f"    json={sample.body!r},")
    lines += ["    timeout=30,", ")", "response.raise_for_status()", "print(response.json())"]
    return "\n".join(lines)


def _javascript(sample: Sample) -> str:
    options = [f"  method: {json.dumps(sample.method)},"]
    if sample.headers:
        options.append(f"  headers: {json.dumps(sample.headers)},")
    if sample.body is not None:
        body = json.dumps(sample.body, ensure_ascii=False)
        options.append(f"  body: JSON.stringify({body}),")
    call = [f"const response = await fetch({json.dumps(sample.url)}, {{", *options, "});"]
    failed = "if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);"
    return "\n".join([*call, failed, "console.log(await response.json());"])
