"""Why a call is, or would be, refused: the checks over the Facts of now, asked for before anything fails."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway import access, administration
from gateway.access import Finding, Stage
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
) -> list[Finding]:
    """What every check says of a call with a token, named by id or prefix, or given as the secret itself.

    Raises AdministrationError when a name fits no token, or several.
    """
    source = FactsSource(engine)
    facts = Facts(source.settings, utc_now(), address, protocol)
    if secret is not None:
        facts.prefix, facts.identity = secret[:TOKEN_PREFIX], source.identity(digest(secret))
    else:
        with Session(engine) as db:
            row = administration.find_token(db, name)
            facts.prefix, facts.identity = row.prefix, source.identity_of(row.id)
    return _explain(facts, registry, function)


def _explain(facts: Facts, registry: Registry, function: str | None) -> list[Finding]:
    facts.function = function
    found = registry.functions.get(function or "")
    facts.known = found is not None
    facts.requires = found.requires if found is not None else ()
    access.choose_service(facts)
    if function is None:
        return [*access.explain(facts, Stage.QUERY), *access.explain(facts, Stage.SERVICE)]
    return list(access.explain(facts))
