import pytest

import crmcore
from crmcore import Crm, F, Money, NotFound
from crmcore.demo import company
from crmcore.demo.showcase import CUSTOMER, showcase
from crmcore.demo.story import Story, tell
from crmcore.values import CountedIds, sum_money


@pytest.fixture(scope="module")
def crm() -> Crm:
    at = company.clock()
    opened = crmcore.open("memory://", clock=at, ids=CountedIds(1), settings=company.SETTINGS)
    company.live(opened, at, lambda done, total: None, leads=0, extras=(showcase,))
    return opened


@pytest.fixture(scope="module")
def story(crm: Crm) -> Story:
    return tell(crm, CUSTOMER)


def test_the_way_leads_from_the_lead_to_the_solved_ticket(story: Story) -> None:
    whats = [step.what for step in story.steps]

    assert whats[:3] == ["Lead captured", "Lead qualified", "Lead converted"]
    assert whats.count("Quote sent") == 2
    assert whats.count("Invoice issued") == 3
    assert whats.count("Payment received") == 4
    assert whats[-2:] == ["Ticket opened again", "Ticket solved"]
    assert [step.at for step in story.steps] == sorted(step.at for step in story.steps)


def test_three_thirds_come_to_the_order_though_they_differ(crm: Crm, story: Story) -> None:
    (order,) = crm.sales.orders.find()
    thirds = [each.totals.payable for each in crm.sales.invoices.find(F.order == order.id)]

    assert len({*thirds}) > 1
    assert sum_money(thirds, "EUR") == order.totals.payable
    assert dict(story.sums)["Invoices together"] == order.totals.payable


def test_what_was_paid_too_much_is_left_over(story: Story) -> None:
    sums = dict(story.sums)

    assert sums["left over"] == Money("0.50", "EUR")
    assert sums["Payments together"] - sums["left over"] == sums["Ordered, to be paid"]
    assert sums["Still due"].is_zero


def test_everything_asked_again_gave_the_first_result(story: Story) -> None:
    *repeats, refusal = story.proofs

    assert [each.partition(" ")[0] for each in repeats] == ["convert", "accept", "bill", "issue"]
    assert all(each.endswith("again: the first result") for each in repeats)
    assert "allowed: reopen" in refusal


def test_telling_it_twice_changes_nothing(crm: Crm, story: Story) -> None:
    assert tell(crm, CUSTOMER) == story
    assert crm.sales.invoices.find().count() == 3


def test_there_is_no_story_without_an_order(crm: Crm) -> None:
    crm.contacts.add_organization(name="Nobody at all")

    with pytest.raises(NotFound):
        tell(crm, "Nobody at all")
    with pytest.raises(NotFound):
        tell(crm, "Nobody whatever")
