"""What a bridged method sees: the Invocation, events, faults; and what it cannot have."""

# ruff: noqa: N805  (Spyne's methods have no self)
# mypy: ignore-errors

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.invocation import Invocation
from tests.bridges.services import component, spyne
from tests.support.site import Site

EVENTS: list[tuple[str, object]] = []


class Watched(spyne.ServiceBase):
    """A service with handlers of its own."""

    @spyne.rpc(_returns=spyne.Unicode)
    def who(ctx):
        assert isinstance(ctx.udc, Invocation)
        return f"{ctx.udc.caller.username} over {ctx.udc.protocol} calls {ctx.method_name}"

    @spyne.rpc(spyne.Unicode, _returns=spyne.Unicode)
    def touch(ctx, name):
        return str(getattr(ctx, name))

    @spyne.rpc(spyne.Unicode, _returns=spyne.Unicode)
    def fail(ctx, how):
        if how == "fault":
            raise spyne.Fault("Client.Stock", "Sold <out> & gone", detail={"item": "7"})
        if how == "missing":
            raise spyne.ResourceNotFoundError("7")
        if how == "gateway":
            ctx.udc.require("shop/stock:change")
        raise ZeroDivisionError("secret of the house")

    @spyne.rpc(_returns=spyne.Integer)
    def wrong(ctx):
        return "no number"


for _event in ("method_call", "method_return_object", "method_exception_object"):
    Watched.event_manager.add_listener(
        _event, lambda ctx, event=_event: EVENTS.append((event, ctx.out_error or ctx.out_object))
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    EVENTS.clear()
    made = Site(tmp_path, [component("shop", [Watched])])
    yield made
    made.close()


def call(site: Site, function: str, **arguments: object) -> tuple[int, object]:
    answer = site.post(f"/rest/{function}", json.dumps(arguments).encode(), "application/json")
    return answer.status, json.loads(answer.body)


def test_the_udc_is_the_invocation(site: Site) -> None:
    assert call(site, "shop_who") == (200, "caller over rest calls who")


def test_service_events_fire_in_order(site: Site) -> None:
    call(site, "shop_who")
    assert EVENTS == [
        ("method_call", None),
        ("method_return_object", ["caller over rest calls who"]),
    ]
    EVENTS.clear()
    call(site, "shop_fail", how="fault")
    assert [event for event, _ in EVENTS] == ["method_call", "method_exception_object"]
    assert EVENTS[1][1].faultcode == "Client.Stock"


@pytest.mark.parametrize("name", ["in_header", "transport", "in_document", "protocol", "app", "out_header"])
def test_what_does_not_exist_behind_the_gateway_says_so(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, fault = call(site, "shop_touch", name=name)
    assert (status, fault["errorcode"]) == (500, "codingerror")
    assert f"ctx.{name} belongs to Spyne's transports and protocols" in caplog.text


@pytest.mark.parametrize(
    ("how", "status", "errorcode", "message", "cause"),
    [
        ("fault", 400, "Client.Stock", "Sold <out> & gone", "{'item': '7'}"),
        ("missing", 404, "Client.ResourceNotFound", "Requested resource '7' not found", ""),
    ],
)
def test_a_fault_of_spyne_keeps_code_and_message(
    site: Site, how: str, status: int, errorcode: str, message: str, cause: str
) -> None:
    seen, fault = call(site, "shop_fail", how=how)
    assert (seen, fault["errorcode"], fault["message"], fault["cause"]) == (status, errorcode, message, cause)


def test_our_own_faults_pass_through(site: Site) -> None:
    status, fault = call(site, "shop_fail", how="gateway")
    assert (status, fault["errorcode"]) == (403, "nopermissions")
    assert EVENTS[-1][0] == "method_exception_object"


def test_other_exceptions_are_coding_errors_as_everywhere(site: Site) -> None:
    status, fault = call(site, "shop_fail", how="bug")
    assert (status, fault["errorcode"]) == (500, "codingerror")
    assert "secret of the house" not in json.dumps(fault)
    assert [event for event, _ in EVENTS] == ["method_call", "method_exception_object"]


def test_a_wrong_result_is_refused(site: Site) -> None:
    status, fault = call(site, "shop_wrong")
    assert (status, fault["errorcode"]) == (500, "invalidresponse")
