"""``asl run`` and what ``asl serve`` refuses."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from asl.cli import main
from tests.support.engine import TASK, text_of

ADD = {"Type": "Pass", "Output": "{% {'sum': $states.input.n + 1} %}", "End": True}


class Runs:
    """Runs machines and shows what came of it."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]):
        self._folder = folder
        self._captured = captured

    def __call__(
        self, states: dict[str, Any], *arguments: str, mock: Any = None
    ) -> tuple[int, str, str]:
        machine = self._folder / "machine.asl.json"
        machine.write_text(text_of(states))
        options = list(arguments)
        if mock is not None:
            results = self._folder / "results.json"
            results.write_text(json.dumps(mock))
            options += ["--mock", str(results)]
        code = main(["run", str(machine), *options])
        written = self._captured.readouterr()
        return code, written.out, written.err


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Runs:
    return Runs(tmp_path, capsys)


def task(**fields: Any) -> dict[str, Any]:
    return {"T": {**TASK, "End": True, **fields}}


def test_the_output_is_printed(run: Runs) -> None:
    assert run({"A": ADD}, "--input", '{"n": 1}') == (0, '{"sum":2}\n', "")


def test_the_input_is_an_empty_object_by_default(run: Runs) -> None:
    echo = {"Type": "Pass", "End": True}
    assert run({"A": echo}) == (0, "{}\n", "")


def test_a_failure_says_its_error_and_cause(run: Runs) -> None:
    code, out, err = run({"F": {"Type": "Fail", "Error": "Broken", "Cause": "by design"}})
    assert (code, out, err) == (1, "", "Broken: by design\n")


def test_a_failure_without_error_and_cause_says_the_status(run: Runs) -> None:
    assert run({"F": {"Type": "Fail"}}) == (1, "", "FAILED\n")


def test_a_task_is_refused_by_name_and_nothing_catches_that(run: Runs) -> None:
    caught = [{"ErrorEquals": ["States.ALL"], "Next": "C"}]
    states = {**task(Catch=caught), "C": {"Type": "Succeed"}}
    code, out, err = run(states)
    assert (code, out) == (1, "")
    assert "'T' calls arn:aws:states:::lambda:invoke" in err
    assert "--mock" in err


@pytest.mark.parametrize(
    "entry",
    [{"ok": 1}, {"Return": {"ok": 1}}, {"0": {"Return": {"ok": 1}}}, {"0-9": {"ok": 1}}],
)
def test_a_mocked_result(run: Runs, entry: Any) -> None:
    assert run(task(), mock={"T": entry}) == (0, '{"ok":1}\n', "")


@pytest.mark.parametrize("entry", [None, [], {}, "text", {"Return": 1, "Throw": 2}])
def test_a_mocked_result_may_be_any_value(run: Runs, entry: Any) -> None:
    code, out, _ = run(task(), mock={"T": entry})
    assert code == 0
    assert json.loads(out) == entry


def test_a_mocked_failure(run: Runs) -> None:
    thrown = {"Throw": {"Error": "Busy", "Cause": "so many"}}
    assert run(task(), mock={"T": thrown}) == (1, "", "Busy: so many\n")


def test_mocked_attempts(run: Runs) -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    busy = {"Throw": {"Error": "Busy"}}
    mock = {"T": {"0": busy, "1-2": {"Return": "second"}}}
    assert run(task(Retry=retry), mock=mock) == (0, '"second"\n', "")
    code, _, err = run(task(Retry=retry), mock={"T": {"1": busy}})
    assert code == 1
    assert "no result for attempt 0 of 'T'" in err


def test_a_task_inside_a_map_is_mocked_by_its_name(run: Runs) -> None:
    processor = {"StartAt": "Inner", "States": {"Inner": {**TASK, "End": True}}}
    states = {"M": {"Type": "Map", "Items": [1, 2], "ItemProcessor": processor, "End": True}}
    assert run(states, mock={"Inner": 7}) == (0, "[7,7]\n", "")


def test_a_task_that_waits_for_its_token_is_mocked_too(run: Runs) -> None:
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    states = task(Resource=resource, Arguments={"MessageBody": "x"})
    assert run(states, mock={"T": "answered"}) == (0, '"answered"\n', "")
    code, _, err = run(states)
    assert code == 1
    assert "--mock" in err


def test_every_finding_in_a_definition_is_said(run: Runs) -> None:
    code, out, err = run({"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass", "Next": "D"}})
    assert (code, out) == (1, "")
    assert "MISSING_TRANSITION_TARGET" in err
    assert len(err.splitlines()) >= 2


def test_an_input_that_is_not_json(run: Runs) -> None:
    code, _, err = run({"A": ADD}, "--input", "{")
    assert code == 1
    assert err.startswith("InvalidExecutionInput")


@pytest.mark.parametrize(
    ("text", "says"), [("{", "is not JSON"), ("[]", "not a JSON object"), (None, "cannot be read")]
)
def test_a_file_of_results_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, says: str
) -> None:
    machine, results = tmp_path / "machine.asl.json", tmp_path / "results.json"
    machine.write_text(text_of({"A": ADD}))
    if text is not None:
        results.write_text(text)
    assert main(["run", str(machine), "--mock", str(results)]) == 1
    assert says in capsys.readouterr().err


def test_a_machine_that_is_not_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = tmp_path / "machine.asl.json"
    machine.write_bytes(b"\xff\xfe\x00")
    assert main(["run", str(machine)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_busy_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    assert f"127.0.0.1:{port} cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["nonsense", "postgresql://127.0.0.1:1/nobody"])
def test_a_database_out_of_reach_is_one_sentence(
    capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert main(["serve", "--port", "0", "--database-url", url]) == 1
    assert "The database cannot be used" in capsys.readouterr().err


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        main(["run", "--help"])
    assert ended.value.code == 0
    assert "--mock" in capsys.readouterr().out
