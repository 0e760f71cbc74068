"""The token for the connector: one request however many need it, never on the loop, renewed in time."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.settings import parse
from bot.sim.connector import TeamsSimulator
from bot.teams.credentials import (
    GRAPH,
    RESOURCE,
    NoToken,
    NoTokens,
    Tokens,
    certificate,
    managed_identity,
    secret,
)
from bot.teams.registration import authority
from tests.teams.support import APP_ID, Moment, private_key

GUID = "00000000-0000-0000-0000-000000000009"


@dataclass(slots=True)
class Microsoft:
    """Hands out tokens one by one, slowly if told to, or not at all."""

    opened: int = 0
    asked: int = 0
    down: bool = False
    seconds: float = 0.0
    threads: set[int] = field(default_factory=set)

    def open(self) -> Microsoft:
        self.opened += 1
        return self

    def __call__(self) -> Mapping[str, Any]:
        self.asked += 1
        self.threads.add(threading.get_ident())
        time.sleep(self.seconds)
        if self.down:
            return {"error": "temporarily_unavailable", "error_description": "secret things"}
        return {"access_token": f"token-{self.asked}", "expires_in": 3600}


async def test_one_request_for_all_and_not_on_the_loop() -> None:
    microsoft = Microsoft(seconds=0.1)
    tokens = Tokens(microsoft.open, Moment())
    got = await asyncio.gather(*(tokens.token() for _ in range(50)))
    assert (set(got), microsoft.asked, microsoft.opened) == ({"token-1"}, 1, 1)
    assert threading.get_ident() not in microsoft.threads
    assert await tokens.token() == "token-1"


async def test_renewed_five_minutes_early_by_the_same_application() -> None:
    microsoft, clock = Microsoft(), Moment()
    tokens = Tokens(microsoft.open, clock)
    assert await tokens.token() == "token-1"
    clock.pass_by(minutes=54, seconds=59)
    assert await tokens.token() == "token-1"
    clock.pass_by(seconds=1)
    assert await tokens.token() == "token-2"
    assert microsoft.opened == 1


async def test_an_old_token_serves_to_its_end_while_microsoft_is_down() -> None:
    microsoft, clock = Microsoft(), Moment()
    tokens = Tokens(microsoft.open, clock)
    await tokens.token()
    microsoft.down = True
    clock.pass_by(minutes=59, seconds=59)
    assert await tokens.token() == "token-1"
    clock.pass_by(seconds=1)
    with pytest.raises(NoToken, match=r"^no token: temporarily_unavailable$"):
        await tokens.token()


async def test_a_refused_token_is_dropped_with_its_application() -> None:
    microsoft = Microsoft()
    tokens = Tokens(microsoft.open, Moment())
    await tokens.token()
    tokens.drop("another one")
    assert await tokens.token() == "token-1"
    tokens.drop("token-1")
    assert (await tokens.token(), microsoft.opened) == ("token-2", 2)


async def test_what_goes_wrong_in_msal_is_no_token() -> None:
    def broken() -> Microsoft:
        raise ConnectionError("https://login.example/?client_secret=x")

    with pytest.raises(NoToken, match=r"^no token: ConnectionError$"):
        await Tokens(broken, Moment()).token()


async def test_dev_mode_needs_none() -> None:
    tokens = NoTokens()
    tokens.drop("x")
    assert await tokens.token() is None


async def test_a_real_token_endpoint() -> None:
    """MSAL takes https only, so here its place is taken by the same request that it makes."""
    async with TeamsSimulator("http://127.0.0.1:1/") as teams:
        form = {
            "grant_type": "client_credentials",
            "client_id": teams.identity.app_id,
            "client_secret": teams.identity.secret,
            "scope": f"{RESOURCE}/.default",
        }

        def ask() -> Mapping[str, Any]:
            with urllib.request.urlopen(teams.token_url, urllib.parse.urlencode(form).encode()) as answer:
                got: Mapping[str, Any] = json.load(answer)
                return got

        token = await Tokens(lambda: ask, Moment(datetime.now(UTC))).token()
        assert teams.identity.admits(f"Bearer {token}")


@pytest.mark.parametrize(
    ("kind", "resource", "issuer"),
    [
        ("SingleTenant", RESOURCE, GUID),
        ("SingleTenant", GRAPH, GUID),
        ("MultiTenant", RESOURCE, "botframework.com"),
        ("MultiTenant", GRAPH, GUID),
    ],
)
def test_whose_token_it_is(kind: str, resource: str, issuer: str) -> None:
    values = {"DEV_MODE": "1", "MicrosoftAppTenantId": GUID, "MicrosoftAppType": kind, "ALLOWED_TENANTS": GUID}
    assert authority(parse(values), resource) == f"https://login.microsoftonline.com/{issuer}"


def pem(path: Path) -> Path:
    """A self-signed certificate for this machine with its key, as one exports it for Azure."""
    key, name = private_key("certificate"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bot")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    signed = built.add_extension(here, critical=False).sign(key, hashes.SHA256())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(text + signed.public_bytes(Encoding.PEM))
    return path


class Entra(BaseHTTPRequestHandler):
    """login.microsoftonline.com and the machine's own identity endpoint, in what MSAL needs of them."""

    forms: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        if self.path.startswith("/identity"):
            self.forms.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
            self._say({"access_token": "theirs", "expires_on": str(int(time.time()) + 3600), "resource": RESOURCE})
        else:
            base = f"https://{self.headers['Host']}/adfs"
            self._say({"issuer": base, "authorization_endpoint": base, "token_endpoint": f"{base}/token"})

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.forms.append(dict(urllib.parse.parse_qsl(form)))
        self._say({"access_token": "theirs", "expires_in": 3600, "token_type": "Bearer"})

    def log_message(self, format: str, *args: object) -> None:
        """Tests are silent."""

    def _say(self, body: Mapping[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def entra(certificate: Path) -> Iterator[str]:
    """Its address, over TLS: MSAL takes nothing else."""
    Entra.forms.clear()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Entra) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("kind", ["secret", "certificate", "managed identity"])
async def test_the_applications_are_msals_own(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that ends in /adfs is one that MSAL does not look up elsewhere."""
    file = pem(tmp_path / "bot.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    with entra(file) as url:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/identity")
        monkeypatch.setenv("IDENTITY_HEADER", "x")
        applications = {
            "secret": secret(APP_ID, f"{url}/adfs", "a secret"),
            "certificate": certificate(APP_ID, f"{url}/adfs", file),
            "managed identity": managed_identity(APP_ID),
        }
        tokens = Tokens(applications[kind], Moment())
        assert [await tokens.token(), await tokens.token()] == ["theirs", "theirs"]
    (form,) = Entra.forms
    if kind == "managed identity":
        assert (form["resource"], form["client_id"]) == (RESOURCE, APP_ID)
        return
    assert (form["client_id"], form["scope"]) == (APP_ID, f"{RESOURCE}/.default")
    if kind == "secret":
        assert form["client_secret"] == "a secret"
    else:
        public = private_key("certificate").public_key()
        proof = jwt.decode(form["client_assertion"], public, ["RS256", "PS256"], audience=f"{url}/adfs/token")
        assert proof["iss"] == APP_ID


async def test_without_microsoft_there_is_no_token() -> None:
    with pytest.raises(NoToken, match=r"^no token: ConnectionError$"):
        await Tokens(secret(APP_ID, "https://127.0.0.1:1/adfs", "x"), Moment()).token()
