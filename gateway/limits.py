"""What hostile input is held to. Each limit has a test that hits it."""

BODY_BYTES = 4 * 1024 * 1024
"""The largest body, in bytes, that is read (the setting `max_body_bytes` changes it)."""

XML_TAGS = 400_000
"""How many `<` an XML body may hold: counted before it is parsed, because a parsed element costs 150 times its text."""

DEPTH = 64
"""How deep arrays and objects may nest in a form, XML-RPC or AMF body (libxml2 itself stops at 256, msgspec's JSON at
its own depth of recursion)."""

NODES = 500_000
"""How many values an AMF packet, or a call in SOAP's encoding, may hold; a reference counts as what it names."""

FORM_PAIRS = 50_000
"""How many name=value pairs a form or query may hold."""

ENVELOPE_CALLS = 64
"""How many calls (or headers) one envelope may hold."""

INTEGER_DIGITS = 40
"""How many characters a number may have before anybody converts it (int() is quadratic in them)."""

PROBLEMS = 50
"""How many problems a fault lists before it stops (the setting `max_problems` changes it)."""

SESSIONS = 100
"""Logins of one user that last at the same time; the oldest goes for one more."""
