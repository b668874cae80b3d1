"""Commands. Each lives in a module of its own and is imported only when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from statewright_cli import connector_commands

app = typer.Typer(
    help="No-code business process automation that compiles to AWS Step Functions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

File = Annotated[Path, typer.Argument(help="A workflow, YAML or JSON.")]


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8000,
    data: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path(".data"),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    database_url: Annotated[
        str, typer.Option(envvar="DATABASE_URL", help="PostgreSQL; by default an embedded one.")
    ] = "",
    smtp: Annotated[str | None, typer.Option(help="host:port; by default mail is kept.")] = None,
    registration: Annotated[
        str,
        typer.Option(
            help="open: who registers is let in at once. mail: the address is confirmed first, "
            "and no answer tells who has an account."
        ),
    ] = "open",
    outbound_allow: Annotated[
        str,
        typer.Option(help="Hosts and networks besides the public ones that workflows may call."),
    ] = "127.0.0.0/8,::1",
    keep_policies: Annotated[
        float | None,
        typer.Option(help="Seconds to keep an authorizer's decisions; by default 10."),
    ] = None,
    aws_actions: Annotated[
        str, typer.Option(help="AWS API calls that workflows may make, such as 'sqs:*'.")
    ] = "",
    allowed_hosts: Annotated[
        str,
        typer.Option(
            envvar="STATEWRIGHT_ALLOWED_HOSTS",
            help="Further names that this server answers to, with commas between them; addresses "
            "and localhost are always right.",
        ),
    ] = "",
    imported_calls: Annotated[
        str, typer.Option(help="What imported state machines may call: ARN patterns.")
    ] = "",
    record_calls: Annotated[
        Path | None,
        typer.Option(help="A file to note in what each function asks AWS for, as JSON lines."),
    ] = None,
    tour: Annotated[
        bool, typer.Option(help="Publish and run the order example, and show what happened.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option(hidden=True, help="End when the starting process ends (Linux).")
    ] = False,
) -> None:
    """Run the whole platform on this machine."""
    from statewright_cli.serve import Place, serve_forever

    rights = (registration, outbound_allow, keep_policies, aws_actions)
    wider = (allowed_hosts, imported_calls, record_calls)
    place = Place(port, data, host, database_url, smtp, *rights, *wider)
    serve_forever(place, tour=tour, with_parent=with_parent)


@app.command()
def run(
    file: File,
    text: Annotated[str, typer.Option("--input", help="The trigger's body, as JSON.")] = "{}",
    variables: Annotated[str, typer.Option("--vars", help="$vars, as JSON.")] = "{}",
) -> None:
    """Compile a workflow and run it here, without a server."""
    from statewright_cli.run import run_file

    run_file(file, text, variables)


@app.command(name="compile")
def compile_(file: File) -> None:
    """Print the state machine that a workflow compiles to."""
    from statewright_cli.files import compile_file

    compile_file(file)


@app.command()
def check(file: File) -> None:
    """Say what is wrong with a workflow."""
    from statewright_cli.files import check_file

    check_file(file)


@app.command()
def openapi(
    file: Annotated[
        Path | None, typer.Argument(help="Where to put it; else it is printed.")
    ] = None,
) -> None:
    """Describe the whole API as one OpenAPI 3.1 document."""
    from statewright_cli.openapi import write

    write(file)


@app.command()
def executions(
    url: Annotated[str, typer.Option(envvar="STATEWRIGHT_URL")] = "http://localhost:8000",
    key: Annotated[str, typer.Option(envvar="STATEWRIGHT_API_KEY", help="An API key.")] = "",
    status: Annotated[str | None, typer.Option(help="running, succeeded, failed, …")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """List the newest executions of a server."""
    from statewright_cli.executions import show_executions

    show_executions(url, key, status, limit)


app.add_typer(connector_commands.connectors, name="connectors")
app.add_typer(connector_commands.connector, name="connector")
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command()
def verify(
    url: Annotated[str, typer.Option(envvar="STATEWRIGHT_URL")] = "http://localhost:8000",
    key: Annotated[
        str, typer.Option(envvar="STATEWRIGHT_API_KEY", help="With the permission audit:read.")
    ] = "",
    head: Annotated[
        str, typer.Option(help="A hash noted earlier, which the log must still contain.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(help="An export to verify instead, one event a line.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Where to put the export.")] = None,
) -> None:
    """Check that no event of the audit log was changed, removed or put in between."""
    from statewright_cli.audit import verify_log

    verify_log(url, key, head, file, save)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def deploy(
    context: typer.Context,
    stage: Annotated[str, typer.Option(help="An environment of samconfig.toml.")] = "dev",
) -> None:
    """Build and deploy to AWS with SAM, then bring the database up to date."""
    from statewright_cli.deploy import deploy_stack

    deploy_stack(stage, context.args)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write.")],
    data: Annotated[Path, typer.Option(help="The server's data folder.")] = Path(".data"),
) -> None:
    """Write everything of this machine's server into one file, also while it runs."""
    from statewright_cli.backups import back_up

    back_up(data.resolve(), file.resolve())


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    data: Annotated[Path, typer.Option(help="A new data folder.")] = Path(".data"),
) -> None:
    """Make a data folder of a backup; `serve` goes on from there."""
    from statewright_cli.backups import restore as restore_into

    restore_into(file.resolve(), data.resolve())


@app.command(name="dead-letters")
def dead_letters(
    stack: Annotated[str, typer.Option(help="The stack's name on AWS.")] = "statewright",
    redrive: Annotated[str, typer.Option(help="The queue whose messages go back.")] = "",
) -> None:
    """List what queues on AWS have given up, or send it back to where it came from."""
    from statewright_cli.dead_letters import show_dead_letters

    show_dead_letters(stack, redrive)


def main() -> None:
    """The console script."""
    app()
