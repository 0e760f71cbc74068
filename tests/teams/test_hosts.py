"""Service URLs that are Microsoft's, and all the ways to look like one."""

from __future__ import annotations

import pytest

from bot.teams.hosts import LONGEST, ServiceHosts

GOOD = [
    "https://smba.trafficmanager.net/amer/",
    "https://smba.trafficmanager.net/amer/56653e9d-2158-46ee-90d7-675c39642038/",
    "https://smba.trafficmanager.net:443/amer",
    "https://SMBA.trafficmanager.net",
    "https://emea.ng.msg.smba.trafficmanager.net/",
    "https://skype.botframework.com",
    "https://smba.infra.gcc.teams.microsoft.com/teams",
    "https://smba.infra.gov.teams.microsoft.us/gcch",
    "https://smba.infra.dod.teams.microsoft.us/teams",
    "https://smba.trafficmanager.cn/teams",
    "https://smba.trafficmanager.net/".ljust(LONGEST, "a"),
]
BAD = [
    "",
    "smba.trafficmanager.net",
    "http://smba.trafficmanager.net/amer/",
    "https://smba.trafficmanager.net:8443/amer/",
    "https://evil.trafficmanager.net/",
    "https://evilsmba.trafficmanager.net/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://evilbotframework.com/",
    "https://evil.example/smba.trafficmanager.net/",
    "https://user@smba.trafficmanager.net/",
    "https://evil.example#@smba.trafficmanager.net/",
    "https://evil.example\\@smba.trafficmanager.net/",
    "https://evil.example?.botframework.com",
    "https://smba.trafficmanager.net/%2e%2e/",
    "https://smba.trafficmanager.net/ x",
    "https://smba.trafficmanager.net/\n",
    "https://169.254.169.254/metadata",
    "https://127.0.0.1/",
    "http://127.0.0.1:3979/",
    "ftp://smba.trafficmanager.net/",
    "file:///etc/passwd",
    "https://smba.trafficmanager.net/".ljust(LONGEST + 1, "a"),
]


@pytest.mark.parametrize("url", GOOD)
def test_allowed(url: str) -> None:
    assert ServiceHosts().allow(url)


@pytest.mark.parametrize("url", BAD)
def test_not_allowed(url: str) -> None:
    assert not ServiceHosts().allow(url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:3979/amer/", True),
        ("https://127.0.0.1:3979/amer/", True),
        ("http://127.0.0.1:3980/amer/", False),
        ("http://127.0.0.1/", False),
        ("http://localhost:56150/_connector", True),
        ("http://[::1]:80/", True),
        ("https://proxy.example:8443/", True),
        ("http://proxy.example:8443/", False),
        ("http://smba.trafficmanager.net/", False),
    ],
)
def test_extra_hosts_are_by_port_if_they_name_one_and_plain_http_stays_on_this_machine(url: str, allowed: bool) -> None:
    assert ServiceHosts(("127.0.0.1:3979", "localhost", "[::1]", "proxy.example"), loopback=True).allow(url) is allowed


def test_without_dev_mode_even_loopback_needs_https() -> None:
    hosts = ServiceHosts(("127.0.0.1",))
    assert (hosts.allow("http://127.0.0.1/"), hosts.allow("https://127.0.0.1/")) == (False, True)
