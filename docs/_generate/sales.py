"""The tables of the page on sales: states and who moves them, ledgers of a line, laws, seals.

What a state means and which command makes a move is told here, and nowhere else; that nothing is missing,
and that every command is there, is tested.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import attrs

from _generate.tables import table
from crmcore import catalog, receivables, sales, subscriptions
from crmcore.catalog import VatCategory
from crmcore.erp import LINK_LIFECYCLE
from crmcore.grammar import Lifecycle
from crmcore.sales import (
    INVOICE_LIFECYCLE,
    ORDER_LIFECYCLE,
    QUOTE_LIFECYCLE,
    SEALED_FIELDS,
    USUAL_REASONS,
    Line,
    OrderLine,
    OrderProgress,
)
from crmcore.subscriptions import SUBSCRIPTION_LIFECYCLE
from crmcore.usecases.verifying import LAWS

ROOMS = {
    "catalog": catalog,
    "sales": sales,
    "receivables": receivables,
    "subscriptions": subscriptions,
}
"""The rooms whose laws the page lists."""

LIFECYCLES: tuple[Lifecycle[Any, Any], ...] = (
    QUOTE_LIFECYCLE,
    ORDER_LIFECYCLE,
    INVOICE_LIFECYCLE,
    SUBSCRIPTION_LIFECYCLE,
    LINK_LIFECYCLE,
)
"""The lifecycles that the page shows."""

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "quote": {
        "draft": "can be changed; the customer has not seen it",
        "approval_pending": "waits for the approvals that the policy asks for",
        "sent": "the customer has it; it is changed by a new version only",
        "accepted": "has become an order",
        "rejected": "the customer does not want it",
        "expired": "its last day has gone by",
        "superseded": "a later version took its place",
    },
    "order": {
        "open": "something is to be delivered or billed; `progress` tells which",
        "on_hold": "nothing is delivered or billed until it is resumed",
        "done": "all is delivered and billed, by its ledgers",
        "closed": "the rest will not be done; what is done stays",
        "cancelled": "nothing was done, and nothing will be",
    },
    "invoice": {
        "draft": "counts as billed in its order, and claims nothing yet",
        "issued": "has its number and its seal, and something is due on it",
        "paid": "nothing is due on it any more",
        "withdrawn": "a draft that was given up; its order can bill it again",
    },
    "subscription": {
        "draft": "not agreed yet",
        "trial": "used, and free until a day",
        "active": "used and billed",
        "paused": "neither used nor billed",
        "ended": "over, and billed to its last day",
    },
    "erp_link": {
        "pending": "is to be handed over; what is not possible now is tried again",
        "linked": "the other system has it, and told its number",
        "failed": "the other system refused it as it stands; somebody has to look",
    },
}
"""What each state means, by lifecycle."""

BORN: Mapping[str, tuple[str, ...]] = {
    "quote": ("sales.quote", "sales.quotes.revise"),
    "order": ("sales.accept", "sales.orders.place", "subscriptions.renew"),
    "invoice": ("sales.bill", "subscriptions.renew"),
    "subscription": ("subscriptions.add",),
    "erp_link": ("erp.queue", "erp.queue_open"),
}
"""The commands that make a new one, by lifecycle."""

_SETTLING = (
    *("sales.pay", "receivables.allocate", "receivables.offset", "receivables.write_off"),
    *("receivables.pay_back", "sales.invoices.credit", "sales.invoices.cancel"),
)
_CHANGING = ("sales.orders.cancel_rest", "sales.orders.add_lines", "sales.orders.change_price")
_LINES = ("subscriptions.add_line", "subscriptions.change_line", "subscriptions.remove_line")

COMMANDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "quote": {
        "change": ("sales.quotes.change",),
        "submit": ("sales.quotes.submit",),
        "approve": ("sales.quotes.approve",),
        "approve_partly": ("sales.quotes.approve",),
        "refuse": ("sales.quotes.refuse",),
        "send": ("sales.send",),
        "accept": ("sales.accept",),
        "reject": ("sales.reject",),
        "expire": ("sales.quotes.expire_due",),
        "supersede": ("sales.quotes.revise",),
    },
    "order": {
        "bill": ("sales.bill",),
        "deliver": ("sales.orders.deliver",),
        "return": ("sales.orders.return_goods",),
        "change": _CHANGING,
        "plan": ("sales.orders.plan_milestones",),
        "reach": ("sales.orders.reach",),
        "complete": (),
        "release": (),
        "hold": ("sales.orders.hold",),
        "resume": ("sales.orders.resume",),
        "close": ("sales.orders.close",),
        "reopen": ("sales.orders.reopen",),
        "cancel": ("sales.cancel_order",),
    },
    "invoice": {
        "issue": ("sales.issue", "sales.invoices.credit", "sales.invoices.cancel"),
        "withdraw": ("sales.withdraw",),
        "pay": _SETTLING,
        "settle": (*_SETTLING, "sales.issue"),
        "reopen": ("receivables.release",),
        "credit": ("sales.invoices.credit",),
        "cancel": ("sales.invoices.cancel",),
    },
    "subscription": {
        "try": ("subscriptions.activate",),
        "activate": ("subscriptions.activate", "subscriptions.renew"),
        "discard": ("subscriptions.cancel",),
        "pause": ("subscriptions.pause", "subscriptions.renew"),
        "resume": ("subscriptions.resume", "subscriptions.renew"),
        "change": _LINES,
        "schedule": ("subscriptions.pause", "subscriptions.resume"),
        "renew": ("subscriptions.renew",),
        "release": ("subscriptions.release",),
        "cancel": ("subscriptions.cancel",),
        "extend": ("subscriptions.extend",),
        "end": ("subscriptions.renew", "subscriptions.cancel", "subscriptions.end"),
    },
    "erp_link": {
        "link": ("erp.hand_over",),
        "miss": ("erp.hand_over",),
        "refuse": ("erp.hand_over",),
        "retry": ("erp.retry",),
    },
}
"""The commands behind each action, by lifecycle; none where it follows from the ledgers."""

QUIET = {("subscription", "end")}
"""Moves that are made when they can be, and are else left out rather than refused."""

PROGRESS: Mapping[OrderProgress, str] = {
    OrderProgress.TO_DELIVER_AND_BILL: "neither is done",
    OrderProgress.TO_DELIVER: "all is billed",
    OrderProgress.TO_BILL: "all is delivered",
    OrderProgress.DONE: "both are done",
    OrderProgress.ON_HOLD: "as its status",
    OrderProgress.CLOSED: "as its status",
    OrderProgress.CANCELLED: "as its status",
}
"""When an order has which progress."""

FORMULAS: Mapping[str, str] = {
    "kept_quantity": "quantity - cancelled_quantity",
    "kept_net": "net - cancelled_net",
    "is_counted": "cancelled_quantity < quantity",
    "counted": "kept_net",
    "is_deliverable": "ships or billing == 'delivered'",
    "deliverable_limit": "floored(kept_quantity * (1 + over_delivery))",
    "billing_limit": "floored(kept_quantity * (1 + over_billing))",
    "value": "min(rounded(net * q / quantity), kept_net) if q < kept_quantity "
    "else max(rounded(net * q / quantity), kept_net) if q > kept_quantity else kept_net",
    "standing_delivery": "delivered_quantity - returned_quantity",
    "gone_quantity": "taken_back_quantity if billing == 'delivered' else waived_quantity",
    "delivered_for_good": "standing_delivery + taken_back_quantity",
    "undelivered": "max(kept_quantity - gone_quantity "
    "- standing_delivery, 0) if is_deliverable else 0",
    "standing_quantity": "invoiced_quantity - credited_quantity",
    "standing_net": "invoiced_net - credited_net",
    "settled_quantity": "standing_quantity + waived_quantity",
    "settled_net": "standing_net + waived_net",
    "final_quantity": "max(kept_quantity, min(delivered_for_good, billing_limit)) "
    "if billing == 'delivered' else kept_quantity",
    "open_quantity": "max(final_quantity - settled_quantity, 0)",
    "open_net": "max(value(final_quantity) - settled_net, 0)",
    "is_billed": "open_quantity == 0 and open_net == 0",
}
"""The exact formula of everything that follows from the ledgers of a line; a test evaluates them."""


def states() -> str:
    """One section per lifecycle: what its states mean, and which commands lead there."""
    return "\n\n".join(map(_states, LIFECYCLES)) + "\n"


def _states(lifecycle: Lifecycle[Any, Any]) -> str:
    name = lifecycle.name
    title = {"erp_link": "ERP link"}.get(name, name.capitalize())
    rows = (
        (
            f"`{state.value}`{_ends(lifecycle, state)}",
            MEANINGS[name][state.value],
            _ways(lifecycle, state),
        )
        for state in lifecycle.states
    )
    text = table(("state", "what it means", "how it comes about"), rows)
    guards = _guards(lifecycle)
    return f"### {title}\n\n{text}" + (f"\n\n{guards}" if guards else "")


def _ends(lifecycle: Lifecycle[Any, Any], state: StrEnum) -> str:
    begins, ends = state in lifecycle.initial, state in lifecycle.final
    return " (begin)" if begins else " (end)" if ends else ""


def _ways(lifecycle: Lifecycle[Any, Any], state: StrEnum) -> str:
    ways: dict[str, None] = {}
    if state in lifecycle.initial:
        ways.update(dict.fromkeys(map(_told, BORN[lifecycle.name])))
    for row in lifecycle.moves:
        if row.target is state and row.sources != {state}:
            commands = COMMANDS[lifecycle.name][row.action]
            ways.update(dict.fromkeys(map(_told, commands) or ()))
            if not commands:
                ways["its ledgers"] = None
    return ", ".join(ways)


def _told(command: str) -> str:
    return f"`{command}`"


def _guards(lifecycle: Lifecycle[Any, Any]) -> str:
    reasons: dict[tuple[str, ...], dict[str, None]] = {}
    for row in lifecycle.moves:
        if (lifecycle.name, row.action) not in QUIET:
            told = reasons.setdefault(COMMANDS[lifecycle.name][row.action], {})
            told.update(dict.fromkeys(guard.reason for guard in row.guards))
    rows = ((", ".join(map(_told, by)), "; ".join(told)) for by, told in reasons.items() if told)
    return table(("refused is", "because"), rows) if any(reasons.values()) else ""


def progress() -> str:
    """When an open order has which progress."""
    rows = ((f"`{each.value}`", PROGRESS[each]) for each in OrderProgress)
    return table(("progress", "when"), rows) + "\n"


# --- the ledgers of a line -----------------------------------------------------------------------


def _classes() -> list[type]:
    """The classes that an order line is put together from, what is still wanted first."""
    order = OrderLine.__mro__
    return [*reversed(order[: order.index(Line)])]


def stored() -> dict[str, str]:
    """The ledgers that an order line keeps, with what they hold."""
    told = dict(
        pair
        for cls in _classes()
        for pair in re.findall(r"^    (\w+): (.+)$", inspect.getdoc(cls) or "", re.MULTILINE)
    )
    names = [each.name for each in attrs.fields(OrderLine)]
    return {name: told[name].rstrip(".") for name in names if name.endswith(("_quantity", "_net"))}


def derived() -> dict[str, str]:
    """What follows from the ledgers, with the first line of what is said of it."""
    return {
        name: (inspect.getdoc(value) or "").partition("\n")[0].rstrip(".")
        for cls in _classes()
        for name, value in vars(cls).items()
        if not name.startswith("_") and (isinstance(value, property) or name == "value")
    }


def ledgers() -> str:
    """The ledgers of an order line, and everything that follows from them."""
    kept = table(
        ("ledger", "what it holds"), ((f"`{name}`", text) for name, text in stored().items())
    )
    rows = (
        (f"`{name}(q)`" if name == "value" else f"`{name}`", text, f"`{FORMULAS[name]}`")
        for name, text in derived().items()
    )
    return f"{kept}\n\n{table(('follows', 'what it is', 'exactly'), rows)}\n"


# --- laws and seals ------------------------------------------------------------------------------


def laws() -> str:
    """The laws that a check examines of catalog, sales, receivables and subscriptions, by room."""
    return (
        "\n\n".join(f"### {name.capitalize()}\n\n{_laws(room)}" for name, room in ROOMS.items())
        + "\n"
    )


def _laws(room: Any) -> str:
    rows = ((f"`{law.name}`", law.entity.replace("_", " "), law.law) for law in room.INVARIANTS)
    return table(("law", "of", "what holds"), rows)


def seals() -> str:
    """What a verification examines, and which fields are sealed."""
    examined = table(("code", "what holds"), ((f"`{code}`", text) for code, text in LAWS.items()))
    rows = (
        (f"`{cls.__name__}`", ", ".join(f"`{name}`" for name in names))
        for cls, names in SEALED_FIELDS.items()
    )
    return f"{examined}\n\n{table(('of', 'sealed'), rows)}\n"


def vat() -> str:
    """The VAT categories, with the reason that a document shows where nobody gives one."""
    rows: Iterator[tuple[str, ...]] = (
        (f"`{each.value}`", USUAL_REASONS[each].text if each in USUAL_REASONS else "")
        for each in VatCategory
    )
    return table(("category", "reason on the document (BT-120)"), rows) + "\n"
