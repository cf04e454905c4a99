"""What a host application passes in to be called: what it raises is neither swallowed nor disguised.

``progress=`` is told something and asked nothing: its error passes through as it is, between two
steps, so that whoever goes on later finds nothing half done. A source of rates, an enricher and an ERP
are asked for something: their error is the cause of one of ours, which names them.
"""

from datetime import UTC, date, datetime

import pytest

import crmcore
from crmcore import (
    Every,
    ExchangeRate,
    InvoiceStatus,
    LineDraft,
    Money,
    RateTable,
    Role,
    Settings,
)
from crmcore.erp import LinkState, PriceFact, Refused, StockFact, Told
from crmcore.errors import (
    CrmError,
    InvalidValue,
    NothingFound,
    OutsideFailed,
    WrongType,
)
from crmcore.wire.dump import PAGE

PUMP = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))


class Broken(Exception):
    """Something of the host application's own."""


def breaking(*_done):
    raise Broken("the window is closed")


def firm(crm):
    account = crm.contacts.add_organization(name="ACME GmbH")
    crm.contacts.begin_role(account.id, Role.PROSPECT)
    return account.id


def ordered(crm, currency="EUR"):
    line = LineDraft(description="Pump", quantity=1, unit_price=Money("100", currency))
    return crm.sales.orders.place(firm(crm), lines=[line], currency=currency)


# --- progress ------------------------------------------------------------------------------------


def assigned(crm, progress):
    return crm.assignment.run(progress=progress)


def renewed(crm, progress):
    return crm.subscriptions.renew(at=datetime(2026, 3, 2, tzinfo=UTC), progress=progress)


def expired(crm, progress):
    return crm.sales.quotes.expire_due(as_of=datetime(2998, 1, 1, tzinfo=UTC), progress=progress)


def queued(crm, progress):
    return crm.erp.queue_open("books", progress=progress)


def handed_over(crm, progress):
    return crm.erp.hand_over(Books(), progress=progress)


def pulled(crm, progress):
    return crm.erp.pull(Books(facts=[price(1)]), limit=1, progress=progress)


def checked(crm, progress):
    return crm.check(progress=progress)


def verified(crm, progress):
    return crm.sales.invoices.verify(progress=progress)


def dumped(crm, progress):
    return [*crm.dump(progress=progress)]


def outlooked(crm, progress):
    return crm.subscriptions.plan.renew(progress=progress)


JOBS = [
    *(assigned, renewed, expired, queued, handed_over, pulled),
    *(checked, verified, dumped, outlooked),
]


class Books:
    """A small ERP that does as it is told, or breaks."""

    system = "books"

    def __init__(self, facts=(), answers=None):
        self.facts, self.answers = list(facts), answers or {}

    def place(self, order, account, key):
        answer = self.answers.get(key, f"SO-{key}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def told(self, cursor, limit):
        start = int(cursor or 0)
        some = self.facts[start : start + limit]
        if any(isinstance(each, Exception) for each in some):
            raise some[0]
        return Told(facts=some, cursor=str(start + len(some)))


def price(version, sku="P-1"):
    return PriceFact(sku=sku, amount=Money("9", "EUR"), version=version)


@pytest.fixture
def busy(crm):
    """A CRM in which each of the jobs has two things to do."""
    ada = crm.contacts.add_person(given_name="Ada", family_name="Staff")
    crm.contacts.begin_role(ada.id, "employee")
    crm.catalog.add_product(sku="P-1", name="Pump", list_price=Money("8", "EUR"))
    for _ in range(2):
        account = firm(crm)
        crm.leads.capture(account, source="fair")
        one = crm.subscriptions.add(account, title="Care", every=Every(1, "month"), lines=[PUMP])
        crm.subscriptions.activate(one.id)
        deal = crm.opportunities.open(title="Pumps", account=account)
        crm.sales.quote(deal.id, lines=[PUMP], valid_until=date(2997, 1, 1))
        order = ordered(crm)
        crm.erp.queue(order.id, "books")
        crm.sales.issue(crm.sales.bill(order.id).id)
    return crm


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_what_progress_raises_passes_through_and_leaves_nothing_half_done(busy, job):
    with pytest.raises(Broken, match="the window is closed"):
        job(busy, breaking)

    assert busy.check().is_clean
    assert busy.sales.invoices.verify().is_clean
    job(busy, None)
    done = [*busy.dump()]
    job(busy, None)
    assert [*busy.dump()] == done


def test_what_progress_raises_while_loading_leaves_nothing(opened):
    source = opened()
    for _ in range(PAGE):
        firm(source)
    lines = [*source.dump()]
    target = crmcore.open("memory://")

    with pytest.raises(Broken):
        target.load(lines, progress=breaking)

    assert target.contacts.find().count() == 0
    assert target.load(lines).entities
    target.close()


# --- rates ---------------------------------------------------------------------------------------


def ecb(_of, _into, _on):
    raise Broken("no line to Frankfurt")


class Bank:
    def __call__(self, of, into, on):
        raise NothingFound(f"rate of {of}")


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        (ecb, "the source of rates ecb failed (Broken)"),
        (Bank(), "the source of rates Bank failed (there is no rate of USD)"),
    ],
)
def test_a_source_of_rates_that_raises_is_named_and_its_error_kept(opened, rates, told):
    crm = opened(settings=Settings(rates=rates))
    draft = crm.sales.bill(ordered(crm, "USD").id)

    with pytest.raises(OutsideFailed) as failed:
        crm.sales.issue(draft.id, key="issue-1")

    assert told in str(failed.value)
    assert isinstance(failed.value.__cause__, Broken | NothingFound)
    assert crm.sales.invoices.get(draft.id) == draft
    table = RateTable(
        [ExchangeRate(of="USD", into="EUR", rate="0.9", on=date(2026, 3, 2), source="ECB")]
    )
    again = crmcore.Crm(
        crm.store,
        clock=crm._desk.clock,
        ids=crm._desk.ids,
        settings=Settings(rates=table),
    )
    issued = again.sales.issue(draft.id, key="issue-1")
    assert issued.status is InvoiceStatus.ISSUED
    assert issued.sequence == 1


def test_a_source_that_has_no_rate_says_so_by_none(opened):
    crm = opened(settings=Settings(rates=lambda _of, _into, _on: None))
    draft = crm.sales.bill(ordered(crm, "USD").id)

    with pytest.raises(NothingFound, match="exchange rate of USD"):
        crm.sales.issue(draft.id)


# --- an ERP --------------------------------------------------------------------------------------


def test_an_erp_that_breaks_off_is_asked_for_the_rest_again(crm):
    crm.catalog.add_product(sku="P-1", name="Pump", list_price=Money("8", "EUR"))
    books = Books([price(1), TimeoutError("books.example")])

    with pytest.raises(OutsideFailed, match=r"books failed \(TimeoutError\)") as failed:
        crm.erp.pull(books, limit=1)

    assert isinstance(failed.value.__cause__, TimeoutError)
    assert "books.example" not in str(failed.value)
    books.facts[1] = StockFact(
        sku="P-1", quantity=3, told_at=datetime(2026, 3, 1, tzinfo=UTC), version=1
    )
    done = crm.erp.pull(books, limit=1)
    assert (done.taken, done.stale) == (1, 0)


@pytest.mark.parametrize("answer", [None, 7, "", "x" * 256, "SO\x001"])
def test_an_order_that_got_no_usable_number_is_handed_over_again(crm, answer):
    first, second = ordered(crm), ordered(crm)
    books = Books(answers={first.id: answer})
    crm.erp.queue_open("books")

    done = crm.erp.hand_over(books)

    assert done.linked.keys() == {second.id}
    assert done.missed.keys() == {first.id}
    books.answers.clear()
    assert crm.erp.hand_over(books).linked.keys() == {first.id}
    assert crm.check().is_clean


def test_a_number_that_another_order_has_there_is_somebodys_to_mend(crm):
    first, second = ordered(crm), ordered(crm)
    books = Books(answers={first.id: "SO-7", second.id: "SO-7"})
    crm.erp.queue_open("books")

    done = crm.erp.hand_over(books)

    assert done.linked == {first.id: "SO-7"}
    assert done.refused == {second.id: f"it gave SO-7, which order {first.id} has there"}
    assert crm.erp.links.find(crmcore.F.order == second.id).one().state is LinkState.FAILED
    crm.erp.retry(second.id, "books")
    assert crm.erp.hand_over(Books(answers={second.id: "SO-8"})).linked == {second.id: "SO-8"}


@pytest.mark.parametrize("error", [Refused, Broken])
def test_whatever_the_text_of_a_fault_it_can_be_kept(crm, error):
    order = ordered(crm)
    crm.erp.queue(order.id, "books")

    crm.erp.hand_over(Books(answers={order.id: error("no\x00 \ud800" + "x" * 2000)}))

    (link,) = crm.erp.links.find()
    assert "no\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}xxx" in link.fault
    assert len(link.fault) == 1000


@pytest.mark.parametrize("told", [None, (), [price(1)]])
def test_an_answer_that_is_not_told_is_named(crm, told):
    books = Books()
    books.told = lambda _cursor, _limit: told

    with pytest.raises(OutsideFailed, match="told") as failed:
        crm.erp.pull(books)

    assert isinstance(failed.value.__cause__, WrongType)
    assert isinstance(failed.value, CrmError)


def test_a_limit_is_checked_before_anybody_is_asked(crm):
    with pytest.raises(InvalidValue, match="limit"):
        crm.erp.pull(Books([Broken()]), limit=0)
