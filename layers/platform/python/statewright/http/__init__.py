"""The edge of an endpoint: routing, the caller, validation, problem documents, paging."""

from statewright.http.api import Api
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor

__all__ = ["Api", "Caller", "Page", "decode_cursor", "encode_cursor"]
