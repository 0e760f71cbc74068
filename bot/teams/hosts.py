"""Which service URLs are Teams': looked at when an activity arrives, and again before a token is sent anywhere. Pure.

Hosts: smba.trafficmanager.net serves everybody (other names under trafficmanager.net belong to whoever rents them),
*.botframework.com and *.teams.microsoft.com Microsoft; the government clouds have teams.microsoft.us,
botframework.azure.us and botframework.us, 21Vianet in China smba.trafficmanager.cn and botframework.azure.cn.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

HOSTS = (
    "smba.trafficmanager.net",
    "botframework.com",
    "teams.microsoft.com",
    "teams.microsoft.us",
    "botframework.azure.us",
    "botframework.us",
    "smba.trafficmanager.cn",
    "botframework.azure.cn",
)

LONGEST = 512
"""Characters; Teams' own have about 80."""

# So narrow that no two URL parsers can read different hosts out of it: no user, no escapes, no query.
_URL = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?(?:/[a-z0-9._~/-]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServiceHosts:
    """Microsoft's hosts, by https on its own port, and `extra` ones: `host`, or `host:port` for this port alone.

    `loopback` (DEV_MODE) lets extra hosts on this machine be reached by plain http.
    """

    extra: tuple[str, ...] = ()
    loopback: bool = False

    def allow(self, url: str) -> bool:
        """Whether we may call this service URL, and show it our token."""
        return len(url) <= LONGEST and _allowed(self, url)


@lru_cache(maxsize=1024)
def _allowed(hosts: ServiceHosts, url: str) -> bool:
    """Every message asks three times, and always for the same few."""
    match = _URL.fullmatch(url)
    if match is None:
        return False
    scheme, host, port = match[1].lower(), match[2].lower(), match[3] or ""
    if host in hosts.extra or f"{host}:{port}" in hosts.extra:
        return scheme == "https" or (hosts.loopback and _loopback(host))
    ours = any(host == known or host.endswith(f".{known}") for known in HOSTS)
    return ours and scheme == "https" and port in ("", "443")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
