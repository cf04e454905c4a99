"""Whether the options of a quote go together, by the configuration rules of the settings."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from crmcore.catalog import Cart, Product
from crmcore.contacts import Contact
from crmcore.sales import Quote
from crmcore.sales.quotes import check_choice
from crmcore.usecases.work import Desk, Work


def check_options(
    work: Work, desk: Desk, quote: Quote, options: Sequence[UUID], *, account: Contact, day: date
) -> None:
    """Nothing, when the rules refuse no option that was chosen.

    Raises:
        NotValid: they do; all faults at once, each with the path of the option.
    """
    rules = desk.settings.configuration
    if not options or not rules.rules:
        return
    ids = {line.product for line in quote.lines if line.product is not None}
    products = work.unit.repository(Product).get_many(ids)
    country = None if account.address is None else account.address.country
    buying = Cart(currency=quote.currency, country=country, on=day)
    check_choice(quote, options, rules, products, buying)
