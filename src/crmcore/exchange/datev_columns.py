"""The columns of a posting batch as DATEV names them: format 700, batch version 13.

Their order and names are part of the format; so is which of them are texts, which stand in quotes.
"""


def _columns() -> tuple[str, ...]:
    head = (
        "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;"
        "WKZ Basis-Umsatz;Konto;Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;"
        "Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;Postensperre;Diverse Adressnummer;"
        "Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink"
    )
    vouchers = [f"Beleginfo - {part} {at}" for at in range(1, 9) for part in ("Art", "Inhalt")]
    middle = (
        "KOST1 - Kostenstelle;KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID (Bestimmung);"
        "EU-Steuersatz (Bestimmung);Abw. Versteuerungsart;Sachverhalt L+L;Funktionsergänzung L+L;"
        "BU 49 Hauptfunktionstyp;BU 49 Hauptfunktionsnummer;BU 49 Funktionsergänzung"
    )
    # Without the blank before the hyphen, the second half of the pairs: so DATEV writes them.
    more = [
        f"Zusatzinformation{part} {at}" for at in range(1, 21) for part in (" - Art", "- Inhalt")
    ]
    tail = (
        "Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;"
        "Auftragsnummer;Buchungstyp;USt-Schlüssel (Anzahlungen);EU-Land (Anzahlungen);"
        "Sachverhalt L+L (Anzahlungen);EU-Steuersatz (Anzahlungen);Erlöskonto (Anzahlungen);"
        "Herkunft-Kz;Buchungs GUID;KOST-Datum;SEPA-Mandatsreferenz;Skontosperre;"
        "Gesellschaftername;Beteiligtennummer;Identifikationsnummer;Zeichnernummer;"
        "Postensperre bis;Bezeichnung SoBil-Sachverhalt;Kennzeichen SoBil-Buchung;Festschreibung;"
        "Leistungsdatum;Datum Zuord. Steuerperiode;Fälligkeit;Generalumkehr (GU);Steuersatz;Land;"
        "Abrechnungsreferenz;BVV-Position;EU-Land u. UStID (Ursprung);EU-Steuersatz (Ursprung);"
        "Abw. Skontokonto"
    )
    return (*head.split(";"), *vouchers, *middle.split(";"), *more, *tail.split(";"))


COLUMNS: tuple[str, ...] = _columns()
"""The names of all columns, in order."""

_SINGLE = (2, 3, 6, 9, 11, 12, 14, 16, 20, 37, 38, 40, 42, 91, 95, 96, 98, 102, 103, 105, 107)
_LAST = (109, 110, 112, 118, 120, 121, 123)

TEXTS: frozenset[int] = frozenset({*_SINGLE, *range(21, 37), *range(48, 88), *_LAST})
"""The columns that are texts, counted from 1."""

HEADER_TEXTS: frozenset[int] = frozenset({1, 4, 8, 9, 10, 17, 18, 22, 24, 27, 30, 31})
"""The fields of the header that are texts, counted from 1."""
