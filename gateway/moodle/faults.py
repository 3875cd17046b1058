"""What Moodle's clients read of a fault: the class by the name of their release, and `debuginfo` by debug level."""

from gateway.faults import Refusal

_NAMESPACES = {
    "coding_exception": "core\\exception\\",
    "invalid_parameter_exception": "core\\exception\\",
    "invalid_response_exception": "core\\exception\\",
    "invalid_state_exception": "core\\exception\\",
    "moodle_exception": "core\\exception\\",
    "require_login_exception": "core\\exception\\",
    "required_capability_exception": "core\\exception\\",
    "restricted_context_exception": "core_external\\",
}
"""What Moodle 4.5 writes in front of a class; any other class stays short."""


def class_name(refusal: Refusal) -> str:
    """The exception's class: short, as up to Moodle 4.4, or with its namespace, as the site's setting says."""
    namespace = _NAMESPACES.get(refusal.exception, "") if refusal.namespaced else ""
    return namespace + refusal.exception


def debug_info(refusal: Refusal) -> str:
    """Why, as far as the debug level shows it: empty below NORMAL. A traceback, which only developers get, follows."""
    return "\n".join(part for part in (refusal.cause, refusal.traceback) if part)
