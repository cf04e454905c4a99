"""Random documents, reckoned anew in fractions, exact to the minor unit after a round trip.

Lines with odd quantities, prices, discounts and rates, in currencies of 0, 2 and 3 digits, become
quotes; some become orders that are billed in parts. What the store gives back, through the library
and through its driver, must be what thirty lines of fractions say. The naive way reckons in floats.

    python tests/reliability/roundtrip.py --store sqlite:///crm.db --documents 100000
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import attrs
from auditors import auditor
from harness import Findings, Run, main
from world import FOREVER, SETTINGS

import crmcore
from crmcore import LineDraft, Money, Share

DIGITS = {"JPY": 0, "EUR": 2, "KWD": 3}
BATCH = 100


@attrs.frozen
class Drawn:
    """A line as it was drawn: quantity, price, discount, rate."""

    quantity: Decimal
    price: Decimal
    discount: Decimal
    rate: Decimal

    def draft(self, currency: str) -> LineDraft:
        """The line as the library takes it."""
        category = None if self.rate else crmcore.VatCategory.Z
        return LineDraft(
            description="Thing",
            quantity=self.quantity,
            unit_price=Money(self.price, currency),
            discount=Share(self.discount),
            vat_rate=Share(self.rate),
            vat_category=category,
        )


def drawn(chance: random.Random, currency: str) -> Drawn:
    """A line as nobody would think of it; the price may have more digits than the currency."""
    quantity = Decimal(chance.randint(1, 10 ** chance.randint(1, 5))).scaleb(-chance.randint(0, 4))
    price = Decimal(chance.randint(0, 10 ** chance.randint(1, 6))).scaleb(-chance.randint(0, 4))
    discount = chance.choice((0, 0, chance.randint(0, 10**6)))
    rate = chance.choice((0, 70_000, 77_000, 81_000, 190_000, 255_000, chance.randint(1, 10**6)))
    return Drawn(quantity, price, Decimal(discount).scaleb(-6), Decimal(rate).scaleb(-6))


# --- what it must come to ------------------------------------------------------------------------


def half_up(exact: Fraction, digits: int) -> Fraction:
    """To the minor unit, halves away from zero."""
    unit = Fraction(1, 10**digits)
    sign = -1 if exact < 0 else 1
    return sign * floor(abs(exact) / unit + Fraction(1, 2)) * unit


def reckoned(lines: Sequence[Drawn], digits: int) -> tuple[list[Fraction], Fraction, Fraction]:
    """The nets of the lines, their sum, and the tax: rounded per line, and per rate, once."""
    nets, bases = list[Fraction](), defaultdict[Fraction, Fraction](Fraction)
    for line in lines:
        exact = Fraction(line.quantity) * Fraction(line.price) * (1 - Fraction(line.discount))
        nets.append(half_up(exact, digits))
        bases[Fraction(line.rate)] += nets[-1]
    vat = sum((half_up(base * rate, digits) for rate, base in bases.items()), Fraction(0))
    return nets, sum(nets, Fraction(0)), vat


def reckoned_in_floats(
    lines: Sequence[Drawn], digits: int
) -> tuple[list[Fraction], Fraction, Fraction]:
    """The same by somebody in a hurry."""
    nets, bases = list[float](), defaultdict[float, float](float)
    for line in lines:
        full = float(line.quantity) * float(line.price)
        nets.append(round(full * (1 - float(line.discount)), digits))
        bases[float(line.rate)] += nets[-1]
    vat = sum(round(base * rate, digits) for rate, base in bases.items())
    as_fractions = [Fraction(str(net)) for net in nets]
    return as_fractions, Fraction(str(sum(nets))), Fraction(str(vat))


# --- there and back ------------------------------------------------------------------------------

Case = tuple[str, list[Drawn]]


def cases(run: Run, many: int) -> Iterator[Case]:
    """So many documents."""
    chance = run.random("documents")
    for _ in range(many):
        currency = chance.choice(list(DIGITS))
        yield currency, [drawn(chance, currency) for _ in range(chance.randint(1, 6))]


def real(run: Run, findings: Findings) -> None:
    """Write batches of documents, read each back in a CRM opened anew, and bill some in parts."""
    for name in ("wrong net", "wrong vat", "wrong total", "changed", "parts off", "raw off"):
        findings.missed(name, 0)
    with run.open(settings=SETTINGS) as crm, run.open(settings=SETTINGS) as reader:
        firm = crm.contacts.add_organization(name="ACME").id
        todo, chance, lines = list(cases(run, run.documents)), run.random("parts"), 0
        for at in range(0, len(todo), BATCH):
            batch = todo[at : at + BATCH]
            _check_batch(findings, reader, batch, _written(crm, firm, batch))
            lines += sum(len(drawn_lines) for _, drawn_lines in batch)
        for case in chance.sample(todo, min(run.billed, len(todo))):
            _check_parts(findings, crm, firm, case, chance.randint(2, 7))
        findings.figure(documents=len(todo), lines=lines)
    _check_raw(run, findings, todo)


def _written(crm: Any, firm: Any, batch: list[Case]) -> list[Any]:
    def step(tx: Any) -> list[Any]:
        written = []
        deal = tx.opportunities.open(title="deal", account=firm)
        for currency, lines in batch:
            asked = [line.draft(currency) for line in lines]
            quote = tx.sales.quote(deal.id, lines=asked, valid_until=FOREVER, currency=currency)
            written.append(quote)
        return written

    return list(crm.run(step))


def _check_batch(findings: Findings, reader: Any, batch: list[Case], written: list[Any]) -> None:
    with reader.transaction() as tx:
        read = [tx.sales.quotes.get(each.id) for each in written]
    for (currency, lines), before, quote in zip(batch, written, read, strict=True):
        nets, net, vat = reckoned(lines, DIGITS[currency])
        if before != quote:
            findings.missed("changed", 1, quote.id)
        if [Fraction(line.net.amount) for line in quote.lines] != nets:
            findings.missed("wrong net", 1, lines)
        if Fraction(quote.totals.vat.amount) != vat:
            findings.missed("wrong vat", 1, lines)
        totals = quote.totals
        if (Fraction(totals.net.amount), Fraction(totals.payable.amount)) != (net, net + vat):
            findings.missed("wrong total", 1, lines)
        given = [(each.quantity, each.price, each.discount, each.rate) for each in lines]
        kept = [
            (each.quantity, each.unit_price.amount, each.discount.value, each.vat_rate.value)
            for each in quote.lines
        ]
        if kept != given:
            findings.missed("changed", 1, f"{given} became {kept}")


def _check_parts(findings: Findings, crm: Any, firm: Any, case: Case, parts: int) -> None:
    currency, lines = case

    def ordered(tx: Any) -> Any:
        deal = tx.opportunities.open(title="deal", account=firm)
        asked = [line.draft(currency) for line in lines]
        quote = tx.sales.quote(deal.id, lines=asked, valid_until=FOREVER, currency=currency)
        return tx.sales.accept(quote.id)

    order = crm.run(ordered)
    try:
        bills = [crm.sales.bill(order.id, part=part, of=parts) for part in range(1, parts + 1)]
    except crmcore.NotValid:
        return  # too small for so many parts, and nothing is billed
    _, net, vat = reckoned(lines, DIGITS[currency])
    read = [crm.sales.invoices.get(bill.id) for bill in bills]
    sums = [sum(Fraction(pick(bill)) for bill in read) for pick in (_net, _payable)]
    if sums != [net, net + vat]:
        findings.missed("parts off", 1, f"{parts} parts of {lines}")


def _check_raw(run: Run, findings: Findings, todo: list[Case]) -> None:
    """The nets as they lie in the store, in whatever order, are those reckoned."""
    audit = auditor(run)
    stored = Counter(Fraction(net) for net in audit.nets("quote").values())
    audit.close()
    expected = Counter[Fraction]()
    for currency, lines in todo:
        expected.update(reckoned(lines, DIGITS[currency])[0])
    # The quotes that were billed in parts are there as well.
    findings.missed("raw off", (expected - stored).total())


def _net(bill: Any) -> Decimal:
    return Decimal(bill.totals.net.amount)


def _payable(bill: Any) -> Decimal:
    return Decimal(bill.totals.payable.amount)


def naive(run: Run, findings: Findings) -> None:
    """Reckon in floats."""
    for currency, lines in cases(run, run.documents):
        digits = DIGITS[currency]
        exact, hasty = reckoned(lines, digits), reckoned_in_floats(lines, digits)
        findings.missed("wrong total", int(exact[1] + exact[2] != hasty[1] + hasty[2]))


if __name__ == "__main__":
    main(real, naive, documents=(100_000, 2_000), billed=(1_000, 40), deadline=7200)
