"""What mends the cause of a failed Check: commands as they can be pasted into a shell."""

import shlex

from gateway.facts import Facts, TokenFacts
from gateway.subjects import identity_of, service_name, token_of, username


def command(*words: str) -> str:
    """A remedy as it can be pasted into a shell: names are quoted where they must be."""
    return shlex.join(["gateway", *words])


def allow(facts: Facts, capability: str) -> str:
    """How the user gets a capability: through one of his roles."""
    name = username(facts)
    shown = command("user", "show", name)
    return f"{command('role', 'allow', 'ROLE', capability)}, ROLE being one that {name} has ({shown})"


def admit_too(restriction: str | None, facts: Facts) -> str:
    """An IP restriction that admits the address of the call as well."""
    return f"{restriction},{facts.address}" if restriction else facts.address


def raise_limits(facts: Facts) -> str:
    """The commands that double the limits of whoever called too often."""
    identity, service = identity_of(facts), facts.service
    holders = (
        ("user", identity.user.username, identity.user.rate_limit),
        ("service", service_name(facts) if service else "", service.rate_limit if service else None),
        ("token", str(identity.token.id) if identity.token else "", _limit(identity.token)),
    )
    commands = [
        command(kind, "change", name, "--rate-limit", str(2 * limit))
        for kind, name, limit in holders
        if limit
    ]
    return " or ".join([*commands, "wait"])


def _limit(token: TokenFacts | None) -> int | None:
    return token.rate_limit if token is not None else None


def new_token(facts: Facts) -> str:
    """How to get another token in place of one that ended."""
    if token_of(facts).service_id is None:
        return "log in anew"
    return command("token", "create", "--user", username(facts), "--service", service_name(facts))
