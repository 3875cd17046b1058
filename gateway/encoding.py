"""Content codings (RFC 9110 section 8.4): bodies that come as gzip are inflated, answers go as gzip where asked for.

The one coding is gzip (RFC 1952). It is the transport's business: no protocol knows of it.
"""

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache

from gateway.faults import INVALID_REQUEST, TOO_LARGE, UNSUPPORTED_ENCODING
from gateway.protocol import Reply, vary

ACCEPTED = "gzip, identity"
"""What a 415 for another coding says (Accept-Encoding in a response: RFC 9110 section 12.5.3)."""
MINIMUM = 1024
"""The smallest answer, in bytes, that is worth compressing: below it a packet is saved for nobody."""

_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 5
_LONGEST = 250
"""What is longer than any Accept-Encoding of a real client is not read."""
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def decode(data: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """A body without its content coding. `limit` is the largest that it may become, in bytes.

    Raises UNSUPPORTED_ENCODING (any coding but one gzip), TOO_LARGE, INVALID_REQUEST.
    """
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return data
    if coding not in ("gzip", "x-gzip"):
        raise UNSUPPORTED_ENCODING(f"The content encoding is {coding[:100]}; taken is gzip")
    return _inflate(data, limit)


def _inflate(data: bytes, limit: int) -> bytes:
    """One gzip member, as every client sends it; never more than `limit` bytes are held, whatever it promises."""
    stream = zlib.decompressobj(_GZIP)
    try:
        inflated = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise INVALID_REQUEST(f"The body is not gzip: {error}") from None
    if len(inflated) > limit:
        raise TOO_LARGE(f"The body is larger than {limit} bytes when inflated")
    if not stream.eof:
        raise INVALID_REQUEST("The body was cut off: its gzip does not end")
    if stream.unused_data:
        raise INVALID_REQUEST("Something follows the gzip of the body")
    return inflated


def encode(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """An answer as the `Accept-Encoding` among the request's headers wants it, if it is large enough."""
    if len(reply.body) < MINIMUM:
        return reply
    vary(reply.headers, "Accept-Encoding")
    accepted = headers.get("accept-encoding", "")
    if len(accepted) > _LONGEST or not _takes_gzip(accepted):
        return reply
    reply.headers["Content-Encoding"] = "gzip"
    return Reply(reply.status, reply.headers, zlib.compress(reply.body, _LEVEL, _GZIP))


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding takes gzip, and does not prefer the answer as it is (RFC 9110 section 12.5.3)."""
    weights = dict(map(_weighted, accepted.lower().split(",")))
    anything = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", anything))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weighted(part: str) -> tuple[str, float]:
    coding, _, parameter = part.partition(";")
    found = _WEIGHT.fullmatch(parameter)
    weight = float(found[1]) if found else 0.0 if parameter.strip() else 1.0
    return coding.strip(), weight
