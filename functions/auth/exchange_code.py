"""POST /v1/auth/sessions/exchange: the session after a redirect."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth.models import Session
from statewright.auth.sso import flow
from statewright.auth.sso.models import ExchangeCode
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post(
    "/v1/auth/sessions/exchange",
    status_code=201,
    summary="Exchange a sign-in's code",
    tags=["auth"],
)
def exchange_code(exchange: Annotated[ExchangeCode, Body()]) -> Session:
    """Begins the session that the code of a sign-in's redirect stands for."""
    return flow.exchange(exchange.code, app.origin())


handler = app.handler()
