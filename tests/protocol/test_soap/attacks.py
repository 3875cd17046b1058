"""Bodies that no reader of SOAP may take: each ends in one fault."""

from .world import SOAP11, call, envelope

ECHO = envelope(call("echo_string", "<v>&x;</v>")).decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def _with_doctype(subset: str, body: str = ECHO) -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE s:Envelope [{subset}]>{body}'.encode()


ATTACKS = {
    "external entity, file": _with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'),
    "external entity, http": _with_doctype('<!ENTITY x SYSTEM "http://127.0.0.1:1/x">'),
    "parameter entity": _with_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;'),
    "external DTD": f'<!DOCTYPE s:Envelope SYSTEM "http://127.0.0.1:1/x.dtd">{ECHO}'.encode(),
    "bare doctype": f"<!DOCTYPE s:Envelope>{envelope(call('echo_string')).decode()}".encode(),
    "billion laughs": _with_doctype(f'<!ENTITY l0 "lol">{LAUGHS}<!ENTITY x "&l9;">'),
    "quadratic blow-up": _with_doctype(f'<!ENTITY x "{"a" * 50_000}">', ECHO.replace("&x;", "&x;" * 5_000)),
    "undefined entity": ECHO.encode(),
    "doctype in UTF-16": _with_doctype('<!ENTITY x "y">').decode().encode("utf-16"),
    "doctype in UTF-16, no byte order mark": _with_doctype('<!ENTITY x "y">').decode().encode("utf-16-le"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + envelope(call("echo_string")),
    "Latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + envelope(call("echo_string")),
    "EBCDIC": '<?xml version="1.0" encoding="IBM037"?>'.encode("cp037") + envelope(call("echo_string")),
    "invalid UTF-8": envelope(call("echo_string", "<v>@</v>")).replace(b"@", b"\xff"),
    "overlong UTF-8": envelope(call("echo_string", "<v>@</v>")).replace(b"@", b"\xc0\xbc"),
    "surrogate in UTF-8": envelope(call("echo_string", "<v>@</v>")).replace(b"@", b"\xed\xa0\x80"),
    "NUL": envelope(call("echo_string", "<v>@</v>")).replace(b"@", b"\x00"),
    "NUL reference": envelope(call("echo_string", "<v>&#0;</v>")),
    "control reference": envelope(call("echo_string", "<v>&#1;</v>")),
    "half a surrogate pair": envelope(call("echo_string", "<v>&#xD83D;</v>")),
    "depth 300": envelope("<a>" * 300 + "</a>" * 300),
    "depth 100000": envelope("<a>" * 100_000 + "</a>" * 100_000),
    "text of 11 MB": envelope(call("echo_string", f"<v>{'a' * 11_000_000}</v>")),
    "tags": envelope(call("echo_ints", f"<v>{'<int/>' * 400_001}</v>")),
    "attribute twice": envelope(call("echo_string", '<v a="1" a="2"/>')),
    "attribute twice by namespace": envelope(
        call("echo_string", '<v xmlns:a="urn:u" xmlns:b="urn:u" a:c="1" b:c="2"/>')
    ),
    "two bodies": f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body><s:Body><b/></s:Body></s:Envelope>'.encode(),
    "two operations": envelope(call("echo_int") + call("do_void")),
    "cut off": envelope(call("echo_string"))[:-20],
    "after the end": envelope(call("echo_string")) + b"<more/>",
    "undeclared prefix": envelope("<x:a/>"),
}
