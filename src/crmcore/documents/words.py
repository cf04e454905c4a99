"""The words on documents, by language, and how numbers, amounts and days are written there.

Amounts are exact before they come here; nothing is rounded.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import attrs

from crmcore.grammar.given import given
from crmcore.grammar.naming import unknown
from crmcore.values import Money, Share


@attrs.frozen(kw_only=True)
class Language:
    """How documents speak.

    Attributes:
        code: Its code of ISO 639.
        point: What stands before the fraction of a number.
        group: What stands between groups of three digits.
        days: How a day is written, as for ``strftime``.
        words: What things are called, by key.
    """

    code: str
    point: str
    group: str
    days: str
    words: Mapping[str, str]

    def word(self, key: str) -> str:
        """What a thing is called; the key itself where nobody said."""
        return self.words.get(key, key)

    def day(self, on: date | None) -> str:
        """A day as it is written; nothing where there is none."""
        return "" if on is None else on.strftime(self.days)

    def number(self, value: Decimal) -> str:
        """An exact number with groups of three digits."""
        return f"{value:,f}".translate({ord(","): self.group, ord("."): self.point})

    def quantity(self, quantity: Decimal, unit: str) -> str:
        """A quantity with its unit."""
        return f"{self.number(quantity)} {self.word(unit)}"

    def percent(self, share: Share) -> str:
        """A share in percent."""
        return f"{self.number(share.as_percent)} %"

    def amount(self, money: Money | None) -> str:
        """An amount with its currency; a price keeps the places that it has."""
        if money is None:
            return ""
        plain, currency = str(money).split(" ")
        return f"{self.number(Decimal(plain))} {currency}"


_GERMAN = {
    "quote": "Angebot",
    "order": "Auftragsbestätigung",
    "invoice": "Rechnung",
    "credit_note": "Gutschrift (Rechnungskorrektur)",
    "cancellation": "Stornorechnung",
    "delivery": "Lieferschein",
    "return": "Rücklieferschein",
    "payment_reminder": "Zahlungserinnerung",
    "reminder": "Mahnung",
    "statement": "Kontoauszug",
    "draft": "Entwurf",
    "number": "Nummer",
    "date": "Datum",
    "valid_until": "Gültig bis",
    "due_on": "Zahlbar bis",
    "delivered_on": "Leistungsdatum",
    "delivered_between": "Leistungszeitraum",
    "buyer_reference": "Ihre Referenz",
    "purchase_order": "Ihre Bestellung",
    "preceding": "Zu Rechnung",
    "reason": "Grund",
    "version": "Version",
    "shipped_on": "Lieferdatum",
    "returned_on": "Rückgabedatum",
    "order_number": "Auftrag",
    "reference": "Referenz",
    "level": "Mahnstufe",
    "period": "Zeitraum",
    "reminding": "Zu diesen Rechnungen fehlt uns Ihre Zahlung noch.",
    "position": "Pos.",
    "description": "Bezeichnung",
    "quantity": "Menge",
    "unit_price": "Einzelpreis",
    "discount": "Rabatt",
    "vat": "USt.",
    "line_net": "Netto",
    "issued_on": "Rechnung vom",
    "days": "Tage überfällig",
    "due": "Offen",
    "interest": "Zinsen",
    "on": "Datum",
    "what": "Vorgang",
    "amount": "Betrag",
    "balance": "Saldo",
    "credit note": "Gutschrift",
    "payment": "Zahlung",
    "discount for early payment": "Skonto",
    "written off": "Ausbuchung",
    "discount taken back": "Skonto zurückgenommen",
    "write-off taken back": "Ausbuchung zurückgenommen",
    "paid back": "Auszahlung",
    "optional": "optional",
    "allowance": "anteiliger Nachlass",
    "charge": "anteiliger Zuschlag",
    "reduction": "Preisminderung",
    "before_spread": "Summe der Positionen",
    "all_allowances": "Nachlässe",
    "all_charges": "Zuschläge",
    "net": "Summe netto",
    "vat_line": "Umsatzsteuer {rate} auf {base}",
    "gross": "Gesamtbetrag",
    "rounding": "Rundung",
    "prepaid": "Bereits gezahlt",
    "payable": "Zahlbetrag",
    "credit": "Gutschriftsbetrag",
    "fee": "Mahngebühr",
    "opening": "Saldo vor dem {on}",
    "closing": "Saldo am {on}",
    "vat_accounting": "Umsatzsteuer in {currency} (Kurs {rate} vom {on})",
    "instalment": "{amount} zahlbar bis {on}",
    "early": "{share} Skonto ({amount}) bei Zahlung bis {until}",
    "bank": "Bankverbindung",
    "vat_id": "USt-IdNr.",
    "tax_number": "Steuernummer",
    "register_number": "Handelsregister",
    "page": "Seite",
    "C62": "Stk.",
    "H87": "Stk.",
    "HUR": "Std.",
    "DAY": "Tage",
    "MON": "Monate",
    "KGM": "kg",
    "MTR": "m",
    "LTR": "l",
    "AE": "Steuerschuldnerschaft des Leistungsempfängers",
    "K": "Steuerfreie innergemeinschaftliche Lieferung",
    "G": "Steuerfreie Ausfuhrlieferung",
    "E": "Umsatzsteuerfrei",
    "O": "Nicht umsatzsteuerbar",
    "Z": "Umsatzsteuersatz 0 %",
}

_ENGLISH = {
    "quote": "Quotation",
    "order": "Order confirmation",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "cancellation": "Cancellation of an invoice",
    "delivery": "Delivery note",
    "return": "Return note",
    "payment_reminder": "Payment reminder",
    "reminder": "Reminder",
    "statement": "Statement of account",
    "draft": "Draft",
    "number": "Number",
    "date": "Date",
    "valid_until": "Valid until",
    "due_on": "Due on",
    "delivered_on": "Day of supply",
    "delivered_between": "Period of supply",
    "buyer_reference": "Your reference",
    "purchase_order": "Your order",
    "preceding": "For invoice",
    "reason": "Reason",
    "version": "Version",
    "shipped_on": "Day of delivery",
    "returned_on": "Day of return",
    "order_number": "Order",
    "reference": "Reference",
    "level": "Level",
    "period": "Period",
    "reminding": "We have not had your payment of these invoices yet.",
    "position": "Pos.",
    "description": "Description",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "discount": "Discount",
    "vat": "VAT",
    "line_net": "Net",
    "issued_on": "Invoice of",
    "days": "Days overdue",
    "due": "Open",
    "interest": "Interest",
    "on": "Date",
    "what": "Entry",
    "amount": "Amount",
    "balance": "Balance",
    "credit note": "Credit note",
    "payment": "Payment",
    "discount for early payment": "Discount for early payment",
    "written off": "Written off",
    "discount taken back": "Discount taken back",
    "write-off taken back": "Write-off taken back",
    "paid back": "Paid back",
    "optional": "optional",
    "allowance": "share of a discount",
    "charge": "share of a surcharge",
    "reduction": "price reduction",
    "before_spread": "Sum of the lines",
    "all_allowances": "Discounts",
    "all_charges": "Surcharges",
    "net": "Net total",
    "vat_line": "VAT {rate} on {base}",
    "gross": "Total",
    "rounding": "Rounding",
    "prepaid": "Already paid",
    "payable": "Amount due",
    "credit": "Amount credited",
    "fee": "Fee",
    "opening": "Balance before {on}",
    "closing": "Balance on {on}",
    "vat_accounting": "VAT in {currency} (rate {rate} of {on})",
    "instalment": "{amount} due on {on}",
    "early": "{share} off ({amount}) if paid by {until}",
    "bank": "Bank account",
    "vat_id": "VAT number",
    "tax_number": "Tax number",
    "register_number": "Register of companies",
    "page": "Page",
    "C62": "pcs",
    "H87": "pcs",
    "HUR": "h",
    "DAY": "days",
    "MON": "months",
    "KGM": "kg",
    "MTR": "m",
    "LTR": "l",
    "AE": "Reverse charge",
    "K": "Intra-community supply, exempt from VAT",
    "G": "Export outside the EU, exempt from VAT",
    "E": "Exempt from VAT",
    "O": "Outside the scope of VAT",
    "Z": "Zero rated",
}

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        "de": Language(code="de", point=",", group=".", days="%d.%m.%Y", words=_GERMAN),
        "en": Language(code="en", point=".", group=",", days="%Y-%m-%d", words=_ENGLISH),
    }
)
"""The languages that are known, by code."""


def language_of(code: str) -> Language:
    """The language with this code.

    Raises:
        WrongType: it is no text.
        UnknownName: documents do not speak it.
    """
    if given("language", code, str) not in LANGUAGES:
        raise unknown("language", code, LANGUAGES)
    return LANGUAGES[code]
