"""``code.javascript``: what it computes, and what it cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.integrations.code import javascript
from statewright.integrations.code.javascript import (
    CodeError,
    CodeMemoryError,
    CodeTimeoutError,
    CodeTooLargeError,
)


def run(code: str, value: Any = None, seconds: float = 1) -> Any:
    return javascript.perform({"code": code, "input": value, "seconds": seconds})["result"]


def test_code_is_a_function_of_its_input() -> None:
    assert run("return input.items.map(x => x * 2)", {"items": [1, 2]}) == [2, 4]
    assert run("return {a: `ü${input}`, b: null, c: [1.5]}", "ä") == {"a": "üä", "b": None, "c": [1.5]}  # fmt: skip
    assert run("const a = 1;") is None
    assert run("const v = await Promise.resolve(7); return v + 1") == 8
    assert run("return input", "quotes \" ' ` ${1} \u2028") == "quotes \" ' ` ${1} \u2028"
    told = javascript.perform({"code": "console.log('a', {b: 1}); return 1"})
    assert told == {"result": 1, "logs": ['a {"b":1}']}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("while (true) {}", CodeTimeoutError),
        ("return /(a+)+$/.test('a'.repeat(40) + 'b')", CodeTimeoutError),
        ("const f = async () => { while (true) await null; }; return f()", CodeTimeoutError),
        ("const a = []; while (true) a.push('x'.repeat(1e6) + a.length)", CodeMemoryError),
        ("return 'x'.repeat(300000)", CodeTooLargeError),
        ("const f = () => f(); f()", CodeError),
        ("throw new Error('no')", CodeError),
        ("this is no code", CodeError),
        ("}); globalThis.x = 1; (() => {", CodeError),
        ("return new Promise(() => {})", CodeError),
        ("const a = {}; a.a = a; return a", CodeError),
        ("return BigInt(1)", CodeError),
        ("return fetch('http://x')", CodeError),
        ("return require('fs')", CodeError),
        ("return (await import('os')).exec('id')", CodeError),
        ("return (await import('/etc/passwd')).x", CodeError),
        ("return std.open('/etc/passwd', 'r')", CodeError),
        ("return process.env", CodeError),
    ],
)
def test_code_that_goes_wrong_or_out_has_its_error(code: str, error: type[CodeError]) -> None:
    with pytest.raises(error) as raised:
        run(code, seconds=0.5)
    assert type(raised.value) is error


def test_nothing_is_left_of_a_run() -> None:
    run("globalThis.kept = 1; Array.prototype.map = () => 'broken'")
    assert run("return [typeof kept, [1].map(x => x)]") == ["undefined", [1]]
