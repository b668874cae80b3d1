"""Templates that strangers write: what they may do, and that what they may not ends soon."""

from __future__ import annotations

import pytest

from statewright.notifications.sandbox import RenderError, check, render

DATA = {
    "name": "<Ada>",
    "items": [{"n": 2, "p": 3}, {"n": 1, "p": 5}],
    "d": {"a": "x", "b": "y"},
    "xs": list(range(100)),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ name }}", "Hi <Ada>"),
        ("{% for i in items %}{{ loop.index }}:{{ i.n * i.p }}{{ ';' if not loop.last }}{% endfor %}", "1:6;2:5"),
        ("{% for k, v in d.items() %}{{ k }}={{ v|upper }} {% endfor %}", "a=X b=Y "),
        ("{{ items|sum('p') }} {{ items|map(attribute='n')|join('+') }}", "8 2+1"),
        ("{% macro hi(who) %}Hi {{ who }}{% endmacro %}{{ hi('you') ~ '!' }}", "Hi you!"),
        ("{{ missing|default('-') }} {{ missing is defined }}", "- False"),
        ("{% set ns = 'a,b'.split(',') %}{{ ns|length }} {{ name.lower() }}", "2 <ada>"),
        ("{{ d|tojson }}", '{"a": "x", "b": "y"}'),
        ("{% for i in xs %}{{ loop.cycle('a', 'b') if loop.first }}{% endfor %}", "a"),
    ],
)  # fmt: skip
def test_what_templates_may_do(source: str, expected: str) -> None:
    assert render(source, DATA) == expected


def test_html_is_escaped_and_macros_output_is_not_escaped_twice() -> None:
    source = "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{{ b(name) }}{{ [name, name]|join('<') }}"
    assert render(source, DATA, html=True) == "<b>&lt;Ada&gt;</b>&lt;Ada&gt;&lt;&lt;Ada&gt;"


HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ name|attr('__class__') }}",
    "{{ tick.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{% include 'x' %}",
    "{% import 'x' as x %}",
    "{{ missing }}",
    "{{ 1 / 0 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{% set a = 7 %}" + "{% set a = a * a %}" * 60,
    "{{ '%999999999d' % 1 }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ 'x'|center(1000000000) }}",
    "{% for i in range(1000000000) %}{% endfor %}",
    "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for i in xs recursive %}{{ loop(xs) }}{% endfor %}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60,
    "{% set a = [1, 1] %}" + "{% set a = [a, a, a, a] %}" * 60 + "{{ a|tojson }}",
    "{% set a = 'ab' %}" + "{% set a = [a, a, a, a]|join %}" * 60,
    "{% set a = 'a' %}" + "{% set a = a|replace('a', 'aaaa') %}" * 60,
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ {'a': 1} }}",
    "{{ xs }}",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:50])
def test_what_wants_more_than_a_message_needs_is_refused(source: str) -> None:
    with pytest.raises(RenderError):
        render(source, DATA)


def test_a_budget_is_one_renderings() -> None:
    """What one template used up is there again for the next."""
    with pytest.raises(RenderError):
        render(HOSTILE[17], DATA)
    assert render("{{ name }}", DATA) == "<Ada>"


@pytest.mark.parametrize(
    "source", ["{% if %}", "{{ a", "{% for %}", "{% include 'x' %}", "{{ x|nope }}"]
)
def test_broken_templates_are_found_before_they_are_used(source: str) -> None:
    assert check(source)
    assert check("{{ fine }}") is None
