"""Why a call is, or would be, refused: the checks over the Facts of now, asked for before anything fails."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway import access, administration
from gateway.credentials import TOKEN_PREFIX, digest
from gateway.facts import Facts, FactsSource, utc_now
from gateway.registry import Registry


def why_token(
    engine: Engine,
    registry: Registry,
    name: str,
    secret: str | None,
    function: str | None,
    protocol: str,
    address: str,
) -> list[access.Finding]:
    """What every check says of a call with a token, named by id or prefix, or given as the secret itself.

    Raises AdministrationError when a name fits no token, or several.
    """
    source = FactsSource(engine)
    if secret is not None:
        prefix, identity = secret[:TOKEN_PREFIX], source.identity(digest(secret))
    else:
        with Session(engine) as db:
            row = administration.find_token(db, name)
            prefix, identity = row.prefix, source.identity_of(row.id)
    facts = Facts(source.settings, utc_now(), address, protocol, prefix, identity)
    checks = access.CHECKS
    if function is None:
        checks = (*access.QUERY, *access.SERVICE)
    else:
        facts.function = function
        facts.known = function in registry.functions
        facts.requires = registry.functions[function].requires if facts.known else ()
    return list(access.explain(facts, checks))
