"""The Spyne bridge: existing service classes, untouched, become a Component.

    from gateway import READ
    from gateway.bridges.spyne import component as bridge
    from shop.services import Orders            # class Orders(spyne.ServiceBase): ...

    component = bridge("shop", [Orders], effects={"get_order": READ}, service="shop")

Spyne's protocols, transports and WSDL are not used. Needs the extra `manifold-gateway[spyne]` and Python 3.11.
"""

try:
    import spyne  # noqa: F401
except ImportError as error:
    raise ImportError(
        "Spyne cannot be imported: install manifold-gateway[spyne], on Python 3.11 (Spyne 2.14 does not work on 3.12)"
    ) from error

from gateway.bridges.spyne.context import NotBridged
from gateway.bridges.spyne.services import component

__all__ = ["NotBridged", "component"]
