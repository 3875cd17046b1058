"""REST, modern face: `/rest/FUNCTION`, JSON or a form in, JSON out, RFC 9457 problems for faults; OpenAPI 3.1."""

from protocols.rest.protocol import Rest

__all__ = ["PROTOCOL", "Rest"]

PROTOCOL = Rest()
