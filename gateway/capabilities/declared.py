"""The capabilities of the core, and of protocols."""

from gateway.registry import USER_ROLE, Capability

CORE_CAPABILITIES = (
    Capability("moodle/webservice:createtoken", "Create a web service token", ("manager",)),
    Capability(
        "moodle/webservice:createmobiletoken", "Create a web service token for mobile access", (USER_ROLE,)
    ),
    Capability("moodle/site:config", "Change site configuration"),
)


def protocol_capability(protocol: str) -> Capability:
    """The right to call through one protocol; nobody has it by default."""
    return Capability(f"webservice/{protocol}:use", f"Use the {protocol} protocol")
