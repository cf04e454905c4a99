"""Many hands on one offer: one latest version, one decision, two pairs of eyes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import crmcore
from crmcore import (
    ApprovalPolicy,
    ApprovalRule,
    F,
    LineDraft,
    Money,
    NumberPattern,
    QuoteStatus,
    Settings,
    Share,
)

EVER = date(2999, 1, 1)
LINE = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))
CHEAP = LineDraft(
    description="Pump", quantity=1, unit_price=Money("100", "EUR"), discount=Share("0.5")
)
OFFERS = 12


def tried(command, *args, **named):
    try:
        return command(*args, **named)
    except crmcore.NotAllowed:
        return None


def offers(crm, line=LINE):
    firm = crm.contacts.add_organization(name="ACME")
    for n in range(OFFERS):
        deal = crm.opportunities.open(title=f"{n}", account=firm.id)
        yield crm.sales.quote(deal.id, lines=[line], valid_until=EVER)


def test_of_two_revisions_at_once_one_wins(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(4) as pool:
        quotes = [*offers(crm)]

        def revise(quote):
            return tried(crm.sales.quotes.revise, quote.id)

        made = [*pool.map(revise, [quote for quote in quotes for _ in range(4)])]

        assert sum(each is not None for each in made) == OFFERS
        for quote in quotes:
            assert [each.version for each in crm.sales.quotes.versions(quote.id)] == [1, 2]
        assert crm.check().is_clean


def test_an_offer_is_accepted_or_revised_but_not_both(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(4) as pool:
        quotes = [*offers(crm)]
        commands = [
            command
            for quote in quotes
            for command in (
                lambda quote=quote: tried(crm.sales.accept, quote.id),
                lambda quote=quote: tried(crm.sales.quotes.revise, quote.id),
            )
        ]

        done = [*pool.map(lambda command: command(), commands)]

        for place, quote in enumerate(quotes):
            order, revision = done[2 * place], done[2 * place + 1]
            assert (order is None) is not (revision is None)
            wanted = QuoteStatus.SUPERSEDED if order is None else QuoteStatus.ACCEPTED
            assert crm.sales.quotes.get(quote.id).status is wanted
        assert crm.check().is_clean


def test_what_is_changed_while_it_is_approved_does_not_go_out_unseen(tmp_path):
    policy = ApprovalPolicy(rules=(ApprovalRule("discount", F.discount > Share("0.1")),))
    settings = Settings(approval=policy)
    url = f"sqlite:///{tmp_path}/crm.db"
    with crmcore.open(url, settings=settings) as crm, ThreadPoolExecutor(4) as pool:
        rep, head = (crm.contacts.add_person(given_name=n, family_name="S").id for n in "ab")
        for each in (rep, head):
            crm.contacts.begin_role(each, "employee")
        quotes = [crm.sales.quotes.submit(each.id, by=rep) for each in offers(crm, CHEAP)]
        commands = [
            command
            for quote in quotes
            for command in (
                lambda quote=quote: tried(crm.sales.quotes.approve, quote.id, by=head),
                lambda quote=quote: tried(crm.sales.quotes.change, quote.id, introduction="x"),
                lambda quote=quote: tried(crm.sales.accept, quote.id),
            )
        ]

        [*pool.map(lambda command: command(), commands)]

        for quote in crm.sales.quotes.find():
            unseen = quote.introduction == "x" and quote.status is QuoteStatus.ACCEPTED
            assert not unseen
            assert quote.approved_at is None or quote.introduction is None
        assert crm.check().is_clean


def test_sweeps_at_once_expire_each_quote_once(tmp_path):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(4) as pool:
        [*offers(crm)]
        later = crmcore.values.instant(
            crm.sales.quotes.find().first().created_at.replace(year=3000)
        )

        done = [*pool.map(lambda _: crm.sales.quotes.expire_due(as_of=later), range(4))]

        assert sum(done) == OFFERS
        assert crm.sales.quotes.find(F.status == QuoteStatus.EXPIRED).count() == OFFERS


def test_numbers_of_quotes_sent_at_once_have_no_gap(tmp_path):
    numbering = {"quote": NumberPattern("Q-{seq:03}"), "invoice": NumberPattern("R-{seq:03}")}
    url = f"sqlite:///{tmp_path}/crm.db"
    with (
        crmcore.open(url, settings=Settings(numbering=numbering)) as crm,
        ThreadPoolExecutor(4) as pool,
    ):
        quotes = [*offers(crm)]

        sent = pool.map(
            lambda each: tried(crm.sales.send, each.id), [each for each in quotes for _ in range(2)]
        )

        numbers = sorted(each.number for each in sent if each is not None)
        assert numbers == [f"Q-{n:03}" for n in range(1, OFFERS + 1)]
