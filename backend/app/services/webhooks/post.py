"""Send a message over HTTPS to a public address, and to no other."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import urlsplit

import httpx2

from ...errors import InvalidRequest

Address = IPv4Address | IPv6Address

_ANSWER_S = 5.0
_WHOLE_S = 15.0
_MAX_URL = 2000
_NAT64 = IPv6Network("64:ff9b::/96")  # leads to any IPv4 address


class NotDelivered(Exception):
    """A message that did not arrive; the text says why, for the user."""


def is_public(address: Address) -> bool:
    """Whether an address is reachable by everyone, also inside IPv6's notations of IPv4."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True)
class Poster:
    """Posts to public addresses over HTTPS; tests replace ``is_allowed`` and ``context``."""

    is_allowed: Callable[[Address], bool] = is_public
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def check(self, url: str) -> str:
        """Return a webhook's URL in ASCII; raise ``InvalidRequest`` unless it is HTTPS.

        A host that is an address must be public.
        """
        try:
            parts = urlsplit(str(httpx2.URL(url.strip()).copy_with(fragment=None)))
            host, port = parts.hostname or "", parts.port
        except (ValueError, httpx2.InvalidURL) as e:  # also: not to be encoded
            raise _refused("This is no address.") from e
        if len(url) > _MAX_URL or parts.scheme != "https" or not host or port == 0:
            raise _refused("A webhook needs an address that begins with https://.")
        if parts.username is not None or parts.password is not None:
            raise _refused("A webhook's address must not contain a password.")
        literal = _literal(host)
        if literal is not None and not self.is_allowed(literal):
            raise _refused("This address is not on the public internet.")
        return parts.geturl()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a message; raise :class:`NotDelivered` unless the answer is 2xx.

        The name is resolved once, all its addresses must be public, and the connection goes to the
        first of them, with the name in TLS. Redirects are not followed, the answer is not read.
        """
        url = self.check(url)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        address = self._resolved(host, port)
        target = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        pinned = httpx2.URL(url).copy_with(host=target)
        with_host = {**headers, "Host": parts.netloc, "Accept-Encoding": "identity"}
        client = httpx2.Client(verify=self._context, timeout=_ANSWER_S, trust_env=False)
        limit = Timer(_WHOLE_S, client.close)
        limit.start()
        try:
            request = client.build_request(
                "POST", pinned, content=body, headers=with_host, extensions={"sni_hostname": host}
            )
            answer = client.send(request, stream=True, follow_redirects=False)
            answer.close()
        except (httpx2.HTTPError, RuntimeError) as e:  # also: closed by the limit
            raise NotDelivered(f"No connection: {type(e).__name__}.") from e
        finally:
            limit.cancel()
            client.close()
        if not answer.is_success:
            raise NotDelivered(f"The server answered {answer.status_code}.")

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.context()

    def _resolved(self, host: str, port: int) -> Address:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as e:
            raise NotDelivered("The name of the server is unknown.") from e
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not addresses or not all(map(self.is_allowed, addresses)):
            raise NotDelivered("The address is not on the public internet.")
        return addresses[0]


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest(message, hint="Give an address such as https://example.org/segue.")
