"""Which addresses a workspace's calls may reach: all public ones, and those the operator allows.

The guard looks at addresses, not at names: a name can resolve to anything, and to something else
the next moment. :mod:`statewright.integrations.wire` asks for the address that it connects to.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

from statewright.settings import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Public by number, but answered by the machine's own surroundings (Azure's host agent).
_HOSTED = frozenset({ipaddress.ip_address("168.63.129.16")})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ENTRY = re.compile(
    r"(?:(?P<workspace>[0-9a-f-]{36})@)?"
    r"(?:\[(?P<bracketed>[0-9a-fA-F:.]+)\]|(?P<plain>[^\[\]:@\s]+|[0-9a-fA-F:./]+))"
    r"(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of the operator's list: a host's name or a network, on one port or on all."""

    host: str
    network: Network | None
    port: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be connected to. Without entries: public addresses only."""

    allowed: tuple[Allowed, ...] = ()

    def names(self, host: str, port: int) -> bool:
        """Whether a host is allowed by its name, wherever that leads."""
        return any(
            entry.network is None and entry.host == host.lower() and entry.port in {None, port}
            for entry in self.allowed
        )

    def permits(self, address: str, port: int) -> bool:
        """Whether an address may be connected to."""
        found = ipaddress.ip_address(address.partition("%")[0])
        inner = _embedded(found)
        if any(
            _covers(entry, found, port) or _covers(entry, inner, port) for entry in self.allowed
        ):
            return True
        return _is_public(found) and _is_public(inner)


PUBLIC = Reach()


def reach_of(workspace_id: str) -> Reach:
    """What a workspace's calls may reach, by the setting ``outbound_allow``."""
    return _reach(settings().outbound_allow, workspace_id)


@lru_cache(maxsize=1024)
def _reach(entries: str, workspace_id: str) -> Reach:
    return parse_reach(entries, workspace_id)


def parse_reach(entries: str, workspace_id: str = "") -> Reach:
    """Reads a list such as ``127.0.0.0/8,crm.internal:8080,[::1]:80,<workspace id>@10.0.0.5``.

    Raises:
        ValueError: an entry is none.
    """
    found = []
    for entry in filter(None, (part.strip() for part in entries.split(","))):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError(f"'{entry}' is no host, address or network")
        if match["workspace"] in {None, workspace_id}:
            host = (match["bracketed"] or match["plain"]).lower()
            port = None if match["port"] is None else int(match["port"])
            found.append(Allowed(host, _network(host), port))
    return Reach(tuple(found))


def _network(host: str) -> Network | None:
    try:
        return ipaddress.ip_network(host, strict=False)
    except ValueError:
        if "/" in host or ":" in host:
            raise
        return None


def _covers(entry: Allowed, address: Address, port: int) -> bool:
    return entry.network is not None and entry.port in {None, port} and address in entry.network


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and address not in _HOSTED


def _embedded(address: Address) -> Address:
    """The IPv4 address that packets to an IPv6 address end up at, where that is another one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    teredo = address.teredo
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
