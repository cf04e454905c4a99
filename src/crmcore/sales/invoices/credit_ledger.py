"""What of an invoice is credited already, and what is left to credit, line by line.

Only computes. Of a line a credit takes the value by which the rounded *cumulative* value of what is
credited grows, so all credits of a line sum up to it, to the cent. So it is with the shares of a
line in discounts, and with what was let off for early payment: that is not paid back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.catalog import QUANTITY_PLACES
from crmcore.errors import (
    CrmError,
    CurrencyMismatch,
    InvalidValue,
    LimitExceeded,
    WrongType,
    raise_collected,
)
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.settlement import SettlementKind
from crmcore.values import CONTEXT, Money, as_decimal, sum_money

_NONE = Decimal(0)


@attrs.frozen(kw_only=True)
class CreditLeft:
    """What is left to credit of a line of an invoice.

    Attributes:
        line: The line.
        quantity: How much of its quantity.
        net: How much of its net value.
        allowance: How much of what is taken off the line, price reductions included.
        charge: How much of its share of surcharges.
        is_reduced: Whether value was credited without quantity, such as a price reduction.
    """

    line: InvoiceLine
    quantity: Decimal
    net: Money
    allowance: Money
    charge: Money
    is_reduced: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not self.quantity and self.net.is_zero

    def net_of(self, quantity: Decimal) -> Money:
        """What so much of the quantity left is worth; all of it takes all the value left."""
        return self._of(quantity, self.line.net, self.net)

    def shares_of(self, quantity: Decimal) -> tuple[Money, Money]:
        """What so much of the quantity left has of allowance and charge; a mere price has none."""
        if not quantity:
            zero = Money.zero(self.net.currency)
            return zero, zero
        allowance = self._of(quantity, self.line.allowance, self.allowance)
        return allowance, self._of(quantity, self.line.charge, self.charge)

    def _of(self, quantity: Decimal, whole: Money, left: Money) -> Money:
        if quantity == self.quantity:
            return left
        if self.is_reduced:
            # The price is another one by now: what is left goes by what is left.
            return min(left.part(quantity, self.quantity), left)
        gone = CONTEXT.subtract(self.line.quantity, self.quantity)
        after = whole.part(CONTEXT.add(gone, quantity), self.line.quantity)
        return min(max(after - (whole - left), Money.zero(left.currency)), left)


@attrs.frozen(kw_only=True)
class CreditPortion:
    """What one credit takes of a line.

    Attributes:
        left: What was left of the line before.
        quantity: The quantity it takes; none for a price reduction.
        net: The net value it takes.
    """

    left: CreditLeft
    quantity: Decimal
    net: Money

    @property
    def is_complete(self) -> bool:
        """Whether no value of the line is left afterwards."""
        return self.net == self.left.net


def credits_left(invoice: Invoice, notes: Iterable[Invoice]) -> tuple[CreditLeft, ...]:
    """What is left to credit of each line.

    Args:
        invoice: The invoice.
        notes: All its credit notes so far.
    """
    taken: dict[UUID | None, list[InvoiceLine]] = {}
    for note in notes:
        for line in note.lines:
            taken.setdefault(line.invoice_line, []).append(line)
    return tuple(_left(line, taken.get(line.id, [])) for line in invoice.lines)


def let_off(invoice: Invoice, notes: Iterable[Invoice], claim: Money) -> Money:
    """What a credit of so much takes back of the discount for early payment (§ 17 UStG).

    It is that part of the discount that all credits are of the invoice, less what the earlier ones
    took back: the one that completes the invoice takes back the rest.

    Args:
        invoice: The invoice.
        notes: All its credit notes so far.
        claim: What the credit comes to.
    """
    before, zero = [*notes], Money.zero(invoice.currency)
    share = discount_credited(invoice, before, claim)
    return min(max(share - _taken_back(before, SettlementKind.DISCOUNT, zero), zero), claim)


def discount_credited(
    invoice: Invoice, notes: Iterable[Invoice], claim: Money | None = None
) -> Money:
    """The part of the discount for early payment that belongs to what is credited of an invoice.

    What was credited before it was granted had no part in it.

    Args:
        invoice: The invoice.
        notes: All its credit notes so far.
        claim: What another one comes to.
    """
    discount = invoice.settled_by(SettlementKind.DISCOUNT)
    if discount.is_zero:
        return discount
    before, claimed, credited = _before_discount(invoice), invoice.totals.claim, claim
    if credited is None:
        credited = Money.zero(invoice.currency)
    for note in notes:
        if note.id in before:
            claimed -= note.totals.claim
        else:
            credited += note.totals.claim
    return discount.part(credited.amount, claimed.amount)


def written_off(invoice: Invoice, notes: Iterable[Invoice]) -> Money:
    """What of the invoice was given up, and no credit note has taken back yet."""
    given_up, zero = invoice.settled_by(SettlementKind.WRITE_OFF), Money.zero(invoice.currency)
    return max(given_up - _taken_back(notes, SettlementKind.WRITE_OFF, zero), zero)


def everything_left(left: Iterable[CreditLeft]) -> tuple[CreditPortion, ...]:
    """All that is left of every line."""
    return tuple(
        CreditPortion(left=each, quantity=each.quantity, net=each.net)
        for each in left
        if not each.is_empty
    )


def by_quantities(
    left: Sequence[CreditLeft], quantities: Mapping[UUID, Decimal | int | str]
) -> tuple[CreditPortion, ...]:
    """The given quantities of the given lines, by the id of the invoice's line.

    Raises:
        InvalidValue: no line is given, a line is not the invoice's, or a quantity is not above zero.
        LimitExceeded: more is asked of a line than is left.
        ManyFaults: all faults, when there are several.
    """
    asked: dict[UUID, Decimal] = {}
    raise_collected([*_quantity_faults(_known("lines", left, quantities), quantities, asked)])
    return tuple(
        CreditPortion(left=each, quantity=asked[each.line.id], net=each.net_of(asked[each.line.id]))
        for each in left
        if each.line.id in asked
    )


def by_amounts(
    left: Sequence[CreditLeft], amounts: Mapping[UUID, Money]
) -> tuple[CreditPortion, ...]:
    """The given net amounts off the given lines; their quantities stay as they are.

    Raises:
        InvalidValue: no line is given, a line is not the invoice's, or an amount is not above zero,
            or not in whole minor units.
        LimitExceeded: more is asked of a line than is left.
        ManyFaults: all faults, when there are several.
    """
    raise_collected([*_amount_faults(_known("amounts", left, amounts), amounts)])
    return tuple(
        CreditPortion(left=each, quantity=_NONE, net=amounts[each.line.id])
        for each in left
        if each.line.id in amounts
    )


def _left(line: InvoiceLine, taken: Sequence[InvoiceLine]) -> CreditLeft:
    quantity = line.quantity
    for each in taken:
        quantity = CONTEXT.subtract(quantity, each.quantity)
    currency = line.net.currency
    net = line.net - sum_money((each.net for each in taken), currency)
    cheaper = sum_money((each.net for each in taken if not each.quantity), currency)
    allowed = sum_money((each.allowance for each in taken), currency)
    return CreditLeft(
        line=line,
        quantity=quantity,
        net=net,
        allowance=line.allowance + cheaper - allowed,
        charge=line.charge - sum_money((each.charge for each in taken), currency),
        is_reduced=not cheaper.is_zero,
    )


def _before_discount(invoice: Invoice) -> set[UUID | None]:
    """What had settled a part of the invoice when its discount was granted."""
    parts = invoice.settlements
    granted = [
        at
        for at, part in enumerate(parts)
        if part.kind is SettlementKind.DISCOUNT and part.amount.amount > 0
    ]
    return {part.source for part in parts[: granted[-1]]}


def _taken_back(notes: Iterable[Invoice], kind: SettlementKind, zero: Money) -> Money:
    return sum_money((note.settled_by(kind) for note in notes), zero.currency)


def _known(
    field: str, left: Sequence[CreditLeft], asked: Mapping[UUID, object]
) -> dict[UUID, CreditLeft]:
    if not asked:
        raise InvalidValue(field, "must have at least one line")
    return {each.line.id: each for each in left}


def _quantity_faults(
    known: Mapping[UUID, CreditLeft],
    quantities: Mapping[UUID, Decimal | int | str],
    asked: dict[UUID, Decimal],
) -> Iterator[CrmError]:
    for id, given in quantities.items():
        field = f"lines[{id}]"
        if id not in known:
            yield InvalidValue(field, "the invoice has no such line")
            continue
        try:
            asked[id] = as_decimal(f"{field}.quantity", given, QUANTITY_PLACES)
        except CrmError as fault:
            yield fault
            continue
        if asked[id] <= 0:
            yield InvalidValue(f"{field}.quantity", "must be above zero")
        elif asked[id] > known[id].quantity:
            open_ = f"{known[id].quantity:f}"
            yield LimitExceeded(f"{field}.quantity", f"{asked[id]:f}", open_)


def _amount_faults(
    known: Mapping[UUID, CreditLeft], amounts: Mapping[UUID, Money]
) -> Iterator[CrmError]:
    for id, each in amounts.items():
        field = f"amounts[{id}]"
        # What comes from outside may be anything.
        given: object = each
        if id not in known:
            yield InvalidValue(field, "the invoice has no such line")
        elif not isinstance(given, Money):
            yield WrongType(field, "Money", type(given).__name__)
        elif given.currency != known[id].net.currency:
            yield CurrencyMismatch(field, known[id].net.currency, given.currency)
        elif given.amount <= 0 or given != given.rounded():
            yield InvalidValue(field, "must be above zero, in whole minor units")
        elif given > known[id].net:
            yield LimitExceeded(field, str(given), str(known[id].net))
