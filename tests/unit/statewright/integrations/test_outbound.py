"""The outbound client: what it refuses, what it limits, what it keeps to itself."""

from __future__ import annotations

import gzip
import ssl
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from statewright.integrations import outbound, wire
from statewright.integrations.messages import Limits, Request
from statewright.integrations.outbound import send
from statewright.integrations.reach import PUBLIC, parse_reach
from statewright.integrations.redaction import redact
from statewright.integrations.wire import GuardedNetwork, Identity
from tests.support.web import Asked, Reply, web

HERE = parse_reach("127.0.0.0/8")


# -- the guard -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "168.63.129.16", "::1", "::", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1"],
)  # fmt: skip
def test_no_private_address_is_permitted(address: str) -> None:
    assert not PUBLIC.permits(address, 80)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"]
)
def test_public_addresses_are_permitted(address: str) -> None:
    assert PUBLIC.permits(address, 443)


def test_the_allow_list_names_hosts_networks_ports_and_workspaces() -> None:
    workspace = "0190b0a0-0000-7000-8000-000000000001"
    entries = f"10.0.0.0/8, crm.internal:8080, [::1]:80, fd00::/8, {workspace}@192.168.0.7"
    reach = parse_reach(entries)
    assert reach.permits("10.9.9.9", 5432)
    assert reach.names("CRM.internal", 8080)
    assert not reach.names("crm.internal", 80)
    assert reach.permits("::1", 80)
    assert not reach.permits("::1", 81)
    assert reach.permits("fd00::1", 1)
    assert reach.permits("::ffff:10.0.0.1", 80), "the address that packets end up at counts"
    assert not reach.permits("192.168.0.7", 80)
    assert parse_reach(entries, workspace).permits("192.168.0.7", 80)


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "a b", "[::1", "host:port", "1::2::3"])
def test_an_entry_that_is_none_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"entry|network|is no|does not appear"):
        parse_reach(entry)


def test_what_resolves_to_this_machine_is_refused() -> None:
    with web(lambda asked: Reply()) as server:
        for host in (
            "127.0.0.1",
            "localhost",
            "127.1",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
        ):
            with pytest.raises(outbound.RefusedError, match="not a public address"):
                send(Request("GET", f"http://{host}:{server.port}/"), PUBLIC)
    assert server.asked == []


def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked() -> None:
    """DNS rebinding: the second answer of the name server is never asked for."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with web(lambda asked: Reply()) as server:
        network = GuardedNetwork(HERE, lambda host, port: answers.pop(0))
        stream = network.connect_tcp("changing.example", server.port, 5)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        stream.close()
    with pytest.raises(wire.RefusedAddressError):
        network.connect_tcp("changing.example", server.port, 5)


def test_of_several_addresses_only_permitted_ones_are_tried() -> None:
    with web(lambda asked: Reply()) as server:
        network = GuardedNetwork(HERE, lambda host, port: ["10.255.255.1", "127.0.0.1"])
        network.connect_tcp("both.example", server.port, 5).close()
    with pytest.raises(httpcore.ConnectError):
        GuardedNetwork(HERE, lambda host, port: []).connect_tcp("nothing.example", 80, 5)


def test_a_redirect_is_checked_like_a_call() -> None:
    with web(lambda asked: Reply()) as inside:

        def answer(asked: Asked) -> Reply:
            return Reply(302, {"Location": f"http://127.0.0.2:{inside.port}/latest/meta-data"})

        with web(answer) as outside:
            only_outside = parse_reach(f"127.0.0.1:{outside.port}")
            with pytest.raises(
                outbound.RefusedError, match=r"127\.0\.0\.2 is not a public address"
            ):
                send(Request("GET", outside.url), only_outside)
    assert inside.asked == []


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "http://", "gopher://x/", "//x", "http://x:99999/", "http://[::1/"]
)  # fmt: skip
def test_other_schemes_and_addresses_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(outbound.MalformedRequestError):
        send(Request("GET", url), HERE)


@pytest.mark.parametrize(("method", "headers"), [("GET", ("x", "a\r\nhost: evil")), ("GET", ("x\n", "a")), ("GE T", ("x", "a")), ("GET", ("x", "☃"))])  # fmt: skip
def test_a_header_cannot_end_the_head(method: str, headers: tuple[str, str]) -> None:
    with web(lambda asked: Reply()) as server:
        with pytest.raises(outbound.MalformedRequestError):
            send(Request(method, server.url, (headers,)), HERE)
        assert server.asked == []


def test_environment_proxies_play_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with web(lambda asked: Reply(body=b"direct")) as server:
        assert send(Request("GET", server.url), HERE).content == b"direct"


def test_cookies_are_kept_by_nobody() -> None:
    with web(lambda asked: Reply(headers={"Set-Cookie": "session=1"})) as server:
        for _ in range(2):
            send(Request("GET", server.url), HERE)
        assert "cookie" not in server.asked[1].headers


# -- limits ----------------------------------------------------------------------------------------


def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    stop = threading.Event()

    def drip(write: object) -> None:
        while not stop.wait(0.02):
            write(b".")  # type: ignore[operator]

    with web(lambda asked: Reply(headers={"Content-Length": "1000000"}, drip=drip)) as server:
        with pytest.raises(outbound.TimedOutError, match=r"did not answer in 0\.2 seconds"):
            send(Request("GET", server.url), HERE, Limits(seconds=0.2))
        stop.set()


def test_a_server_that_says_nothing_ends_at_the_deadline() -> None:
    stop = threading.Event()
    with web(lambda asked: Reply(body=b"x" if stop.wait(10) else b"")) as server:
        with pytest.raises(outbound.TimedOutError):
            send(Request("GET", server.url), HERE, Limits(seconds=0.1))
        stop.set()


def test_an_answer_over_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    with web(lambda asked: Reply(body=b"x" * int(asked.path[1:]))) as server:
        assert len(send(Request("GET", f"{server.url}/1000"), HERE, Limits(1000)).content) == 1000
        with pytest.raises(outbound.TooLargeError, match="over 1,000 bytes"):
            send(Request("GET", f"{server.url}/1001"), HERE, Limits(1000))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
def test_compressed_answers_are_read(encoding: str) -> None:
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(b"a" * 70_000) + gzip.compress(b"b"),
        "deflate": zlib.compress(b"a" * 70_000 + b"b"),
        "raw deflate": raw.compress(b"a" * 70_000 + b"b") + raw.flush(),
    }[encoding]
    headers = {"Content-Encoding": encoding.rpartition(" ")[2], "Content-Type": "text/plain"}
    with web(lambda asked: Reply(headers=headers, body=packed)) as server:
        assert send(Request("GET", server.url), HERE).text == "a" * 70_000 + "b"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_refused_before_it_is_unpacked(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = pack(bytes(50_000_000))
    assert len(bomb) < 60_000
    largest = 0

    def counted(encoding: str, chunks: object) -> object:
        nonlocal largest
        for piece in decoded(encoding, chunks):  # type: ignore[arg-type]
            largest = max(largest, len(piece))
            yield piece

    decoded = outbound.decoding.decoded
    monkeypatch.setattr(outbound.decoding, "decoded", counted)
    with (
        web(lambda asked: Reply(headers={"Content-Encoding": encoding}, body=bomb)) as server,
        pytest.raises(outbound.TooLargeError),
    ):
        send(Request("GET", server.url), HERE, Limits(1_000_000))
    assert largest <= 65_536


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip"])
def test_a_content_in_no_accepted_encoding_is_refused(encoding: str) -> None:
    with (
        web(lambda asked: Reply(headers={"Content-Encoding": encoding}, body=b"junk")) as server,
        pytest.raises(outbound.UnreadableError, match=r"not asked for|broken"),
    ):
        send(Request("GET", server.url), HERE)


def test_redirects_end() -> None:
    with web(lambda asked: Reply(302, {"Location": "/again"})) as server:
        with pytest.raises(outbound.UnreachableError, match="more than 5 redirects"):
            send(Request("GET", server.url), HERE)
        assert len(server.asked) == 6


# -- credentials -----------------------------------------------------------------------------------

SECRET = "s3cr3t/va lue+"


def full(url: str, content: bytes = b"") -> Request:
    headers = (("authorization", f"Bearer {SECRET}"), ("x-own", SECRET), ("x-api-key", "k"), ("accept", "a/b"), ("cookie", "c"))  # fmt: skip
    return Request("POST", url, headers, content, frozenset({SECRET}))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_another_host_gets_no_credentials(status: int) -> None:
    with web(lambda asked: Reply(body=b"there")) as there:
        target = f"http://localhost:{there.port}/x"
        with web(lambda asked: Reply(status, {"Location": target})) as here:
            there_too = parse_reach("127.0.0.0/8,::1")
            answer = send(full(here.url, b"plain"), there_too)
    assert answer.head.status == 200
    assert here.asked[0].headers["x-own"] == SECRET
    got = there.asked[0]
    assert got.headers.keys().isdisjoint({"authorization", "x-own", "x-api-key", "cookie"})
    assert got.headers["accept"] == "a/b"
    assert (got.method, got.body) == (("POST", b"plain") if status > 303 else ("GET", b""))


def test_another_port_is_another_host_and_the_same_one_keeps_them() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(307, {"Location": "/b"}) if asked.path == "/a" else Reply()

    with web(answer) as server:
        send(full(f"{server.url}/a"), HERE)
        assert server.asked[1].headers["authorization"] == f"Bearer {SECRET}"


def test_a_secret_in_the_content_goes_nowhere_else() -> None:
    with web(lambda asked: Reply()) as there:
        location = {"Location": f"{there.url}/x"}
        with (
            web(lambda asked: Reply(307, location)) as here,
            pytest.raises(outbound.RefusedError, match="take a secret to another server"),
        ):
            send(full(here.url, b"client_secret=s3cr3t%2Fva+lue%2B"), HERE)
    assert there.asked == []


@pytest.mark.parametrize("form", [SECRET, "s3cr3t%2Fva%20lue%2B", "s3cr3t/va%20lue%2B", "s3cr3t%2Fva+lue%2B", "czNjcjN0L3ZhIGx1ZSs="])  # fmt: skip
def test_secrets_are_taken_out_in_every_form(form: str) -> None:
    told = redact(f"before {form} after", [SECRET])
    assert form.rstrip("=") not in told
    assert told.startswith("before ***")
    assert told.endswith(" after")


def test_errors_tell_no_secret_and_no_query() -> None:
    request = Request("GET", f"http://user:pw@127.0.0.1:9/bot{SECRET}/x?key=abcd#f", secrets=frozenset({SECRET}))  # fmt: skip
    with pytest.raises(outbound.UnreachableError) as raised:
        send(request, HERE)
    assert str(raised.value).startswith("GET http://127.0.0.1:9/bot***/x: ")
    assert SECRET not in repr(request)


def test_a_user_in_the_url_is_sent_as_basic() -> None:
    with web(lambda asked: Reply()) as server:
        send(Request("GET", f"http://Aladdin:open%20sesame@127.0.0.1:{server.port}/"), HERE)
        assert server.asked[0].headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120.0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0), ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0), ("soon", None), ("", None), ("-1", None)],
)  # fmt: skip
def test_retry_after_is_read(text: str, seconds: float | None) -> None:
    with web(lambda asked: Reply(429, {"Retry-After": text})) as server:
        head = send(Request("GET", server.url), HERE).head
    assert head.retry_after(datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == seconds


# -- client certificates ---------------------------------------------------------------------------


def issued(name: str, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None):  # type: ignore[no-untyped-def]
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    import ipaddress

    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    return built, key


def pem(part: object) -> str:
    if isinstance(part, x509.Certificate):
        return part.public_bytes(serialization.Encoding.PEM).decode()
    encryption = serialization.BestAvailableEncryption(b"opens it")
    return part.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()  # type: ignore[attr-defined]  # fmt: skip


def test_a_client_certificate_is_shown_and_private_authorities_are_trusted(tmp_path: Path) -> None:
    authority = issued("Authority", None)
    own, client = issued("server", authority), issued("client", authority)
    file = tmp_path / "server.pem"
    file.write_text(pem(own[0]) + pem(own[1]))
    (tmp_path / "ca.pem").write_text(pem(authority[0]))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file, password="opens it")
    tls.load_verify_locations(tmp_path / "ca.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    shown = Identity(pem(client[0]), pem(client[1]), "opens it", pem(authority[0]))
    with web(lambda asked: Reply(body=b"known"), tls) as server:
        assert send(Request("GET", server.url, identity=shown), HERE).content == b"known"
        unknown = Identity(authorities=pem(authority[0]))
        with pytest.raises((outbound.UnreachableError, outbound.UnreadableError)):
            send(Request("GET", server.url, identity=unknown), HERE)
        with pytest.raises(outbound.UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
            send(Request("GET", server.url), HERE)
        with pytest.raises(outbound.MalformedRequestError, match="certificate"):
            send(Request("GET", server.url, identity=Identity("junk", "junk")), HERE)
