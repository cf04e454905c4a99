"""The posting batch is as DATEV describes it, byte for byte, and no spreadsheet runs what is in it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CurrencyMismatch,
    FaultAt,
    InvalidText,
    InvalidValue,
    ManyFaults,
    NaiveTime,
    UnknownName,
    WrongType,
)
from crmcore.exchange import (
    AccountPlan,
    Booking,
    Chart,
    DatevBatch,
    Encoding,
    Revenue,
    Side,
    write_datev,
)
from crmcore.exchange.datev_columns import COLUMNS, TEXTS
from crmcore.values import Money

BATCH = DatevBatch(
    consultant=29098,
    client=55003,
    year_start=date(2026, 1, 1),
    first=date(2026, 3, 1),
    last=date(2026, 3, 31),
    created_at=datetime(2026, 4, 1, 12, 30, 5, 123456, tzinfo=UTC),
)
MARK = b"\xef\xbb\xbf"
BOOKING = Booking(
    amount=Money("1234.5", "EUR"),
    side=Side.DEBIT,
    chart=Chart.SKR03,
    account=10001,
    contra=8400,
    on=date(2026, 3, 2),
    document="RE-2026-0001",
    text="Müller & Söhne GmbH",
    due_on=date(2026, 4, 1),
)


def rows(data):
    encoding = "utf-8-sig" if data.startswith(MARK) else "cp1252"
    return [*csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=";")]


def test_the_head_has_the_fields_that_datev_describes():
    head = write_datev([BOOKING], BATCH).split(b"\r\n")[0]

    assert head == (
        b'"EXTF";700;21;"Buchungsstapel";13;20260401123005123;;"RE";"";"";29098;55003;20260101;4;'
        b'20260301;20260331;"Rechnungen";"";1;0;0;"EUR";;"";;;"03";;;"";""'
    )
    assert len(rows(head)[0]) == 31


def test_the_columns_are_those_of_the_posting_batch():
    _, names = rows(write_datev([], BATCH))

    assert len(names) == len(COLUMNS) == 125
    assert names[0] == "Umsatz (ohne Soll/Haben-Kz)"
    assert [names[at - 1] for at in (36, 40, 87, 114, 117, 125)] == [
        "Beleginfo - Inhalt 8",
        "EU-Land u. UStID (Bestimmung)",
        "Zusatzinformation- Inhalt 20",
        "Festschreibung",
        "Fälligkeit",
        "Abw. Skontokonto",
    ]
    assert len(set(names)) == 125


def test_a_booking_is_a_row_of_the_file():
    data = write_datev([BOOKING], BATCH)

    row = data.split(b"\r\n")[2]
    assert data.endswith(b"\r\n")
    assert row.startswith(
        b'1234,50;"S";"EUR";;;"";10001;8400;"";0203;"RE-2026-0001";"";;"M\xfcller '
    )
    cells = rows(data)[2]
    assert len(cells) == 125
    assert (cells[13], cells[113], cells[116]) == ("Müller & Söhne GmbH", "0", "01042026")


def test_a_credit_stands_on_the_other_side_with_its_key():
    credit = attrs.evolve(BOOKING, side="H", chart=Chart.SKR04, tax_key="3", vat_id="FR44732829320")

    cells = rows(write_datev([credit], attrs.evolve(BATCH, is_final=True)))

    assert (cells[2][1], cells[2][8], cells[2][39], cells[2][113]) == (
        "H",
        "3",
        "FR44732829320",
        "1",
    )
    assert (cells[0][20], cells[0][26]) == ("1", "04")


@given(st.text(max_size=100), st.text(max_size=100))
def test_whatever_the_texts_the_rows_stay_whole_and_hold_no_formula(text, label):
    data = write_datev([attrs.evolve(BOOKING, text=text)], attrs.evolve(BATCH, label=label))

    head, names, row = rows(data)
    assert (len(head), len(names), len(row)) == (31, 125, 125)
    assert len(row[13]) <= 60
    assert len(head[16]) <= 30
    assert data.count(b"\r\n") == 3
    assert not row[13].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not head[16].startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", " =1+1", "\t=1+1"])
def test_a_text_that_looks_like_a_formula_is_marked_as_text(text):
    cells = rows(write_datev([attrs.evolve(BOOKING, text=text)], BATCH))[2]

    assert cells[13] == f"'{text.strip()}"


@given(st.integers(1, 10**12 - 1))
def test_an_amount_is_written_with_a_comma_and_two_digits(cents):
    amount = Money(Decimal(cents).scaleb(-2), "EUR")

    written = rows(write_datev([attrs.evolve(BOOKING, amount=amount)], BATCH))[2][0]

    assert Decimal(written.replace(",", ".")) == amount.amount
    assert written[-3] == ","


def test_texts_are_quoted_and_numbers_are_not():
    row = write_datev([BOOKING], BATCH).split(b"\r\n")[2].decode("cp1252")

    cells = row.split(";")
    assert {at for at, cell in enumerate(cells, 1) if cell.startswith('"')} == TEXTS


def test_everything_that_datev_would_refuse_is_told():
    wrong = attrs.evolve(
        BOOKING,
        amount=Money(10**10, "USD"),
        on=date(2026, 4, 1),
        document="=1+1",
        account=1_000_000,
        contra=100_000,
    )

    with pytest.raises(ManyFaults) as caught:
        write_datev([BOOKING, wrong], BATCH)

    faults = caught.value.faults
    assert {fault.path for fault in faults} == {"bookings[1]"}
    assert [fault.fault.field for fault in faults] == [
        "amount",
        "amount",
        "on",
        "document",
        "account",
        "contra",
    ]
    assert isinstance(faults[0].fault, CurrencyMismatch)


@pytest.mark.parametrize("number", ["", "RE 1", "RÉ1", "-1", "+1", "x" * 37, "a;b", 'a"b', "a\n"])
def test_a_number_that_the_field_cannot_hold_is_refused(number):
    with pytest.raises(Exception, match="letters, digits"):
        write_datev([attrs.evolve(BOOKING, document=number)], BATCH)


@pytest.mark.parametrize("number", ["1", "RE-2026/0001", "2026_1", "A&B*C+D", "x" * 36])
def test_a_number_that_the_field_can_hold_stands_there_as_it_is(number):
    assert rows(write_datev([attrs.evolve(BOOKING, document=number)], BATCH))[2][10] == number


def test_a_batch_lies_within_a_fiscal_year():
    with pytest.raises(InvalidValue, match="first"):
        attrs.evolve(BATCH, first=date(2025, 12, 31))
    with pytest.raises(InvalidValue, match="first"):
        attrs.evolve(BATCH, last=date(2026, 2, 1))
    with pytest.raises(InvalidValue, match="last"):
        attrs.evolve(BATCH, last=date(2027, 3, 1))
    with pytest.raises(NaiveTime):
        attrs.evolve(BATCH, created_at=datetime(2026, 4, 1))  # noqa: DTZ001 - that is the fault
    with pytest.raises(InvalidValue, match="currency"):
        attrs.evolve(BATCH, currency="KWD")


@pytest.mark.parametrize(
    ("field", "value"),
    [("consultant", 1000), ("consultant", 10**7), ("client", 0), ("account_length", 9)],
)
def test_the_numbers_of_a_batch_have_their_bounds(field, value):
    with pytest.raises(InvalidValue, match=field):
        attrs.evolve(BATCH, **{field: value})
    with pytest.raises(WrongType):
        attrs.evolve(BATCH, **{field: "1"})


# --- letters -------------------------------------------------------------------------------------

letters = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=59)


@given(letters, st.sampled_from([None, Encoding.UTF8]))
def test_no_letter_of_a_text_is_lost(text, encoding):
    batch = attrs.evolve(BATCH, encoding=encoding)

    written = rows(write_datev([attrs.evolve(BOOKING, text=text)], batch))[2][13]

    assert written.removeprefix("'") == text.removeprefix("'")


def test_letters_beyond_windows_1252_make_a_file_in_utf_8_with_its_mark():
    polish = attrs.evolve(BOOKING, text="Łódź Sp. z o.o.")

    data = write_datev([polish, BOOKING], BATCH)

    assert data.startswith(MARK + b'"EXTF";700')
    assert [row[13] for row in rows(data)[2:]] == ["Łódź Sp. z o.o.", "Müller & Söhne GmbH"]
    assert not write_datev([BOOKING], BATCH).startswith(MARK)


def test_an_encoding_may_be_asked_for():
    utf8 = attrs.evolve(BATCH, encoding="utf-8")

    assert write_datev([BOOKING], utf8).startswith(MARK)
    with pytest.raises(UnknownName, match="cp1252"):
        attrs.evolve(BATCH, encoding="cp1251")


def test_letters_that_the_encoding_has_not_are_named_and_not_replaced():
    batch = attrs.evolve(BATCH, encoding=Encoding.CP1252, label="März Łódź")
    polish = attrs.evolve(BOOKING, text="Łódź", vat_id="PLŁ")

    with pytest.raises(ManyFaults) as caught:
        write_datev([BOOKING, polish], batch)

    label, text, vat_id = caught.value.faults
    assert label.message == "label: holds 'Ł', which Windows-1252 has not"
    assert text.message == "bookings[1]: text: holds 'Ł', which Windows-1252 has not"
    assert (vat_id.path, vat_id.fault.field) == ("bookings[1]", "vat_id")


def test_a_letter_that_is_cut_off_is_no_fault():
    batch = attrs.evolve(BATCH, encoding=Encoding.CP1252)

    cells = rows(write_datev([attrs.evolve(BOOKING, text="a" * 60 + "Ł")], batch))[2]

    assert cells[13] == "a" * 60


def test_a_vat_number_is_not_cut():
    with pytest.raises(FaultAt) as caught:
        write_datev([attrs.evolve(BOOKING, vat_id="X" * 16)], BATCH)

    assert isinstance(caught.value.fault, InvalidText)


# --- the chart -----------------------------------------------------------------------------------


def test_the_chart_of_a_file_is_that_of_its_bookings():
    fourth = attrs.evolve(BOOKING, chart="04", contra=4400)

    assert rows(write_datev([fourth], BATCH))[0][26] == "04"
    assert rows(write_datev([BOOKING], BATCH))[0][26] == "03"
    assert rows(write_datev([], BATCH))[0][26] == ""


def test_bookings_of_two_charts_do_not_go_into_one_file():
    with pytest.raises(FaultAt, match="chart") as caught:
        write_datev([BOOKING, attrs.evolve(BOOKING, chart=Chart.SKR04)], BATCH)

    assert caught.value.path == "bookings[1]"


# --- what is no booking --------------------------------------------------------------------------


@pytest.mark.parametrize("bookings", [None, BOOKING, "x", [BOOKING, "x"], [None]])
def test_what_are_no_bookings_is_refused(bookings):
    with pytest.raises(WrongType, match="bookings"):
        write_datev(bookings, BATCH)


def test_what_is_no_batch_is_refused():
    with pytest.raises(WrongType, match="batch"):
        write_datev([BOOKING], None)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("amount", "1", WrongType),
        ("side", "debit", UnknownName),
        ("chart", "05", UnknownName),
        ("chart", None, UnknownName),
        ("account", "10001", WrongType),
        ("tax_key", 3, WrongType),
        ("on", "2026-03-02", WrongType),
        ("on", datetime(2026, 3, 2, tzinfo=UTC), WrongType),
        ("document", 7, WrongType),
        ("text", None, WrongType),
        ("due_on", "2026-03-02", WrongType),
    ],
)
def test_what_is_wrong_with_a_booking_is_told_by_name(field, value, error):
    with pytest.raises(error, match=field):
        attrs.evolve(BOOKING, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("year_start", "2026-01-01"), ("first", None), ("created_at", date(2026, 1, 1))],
)
def test_what_is_wrong_with_a_batch_is_told_by_name(field, value):
    with pytest.raises(WrongType, match=field):
        attrs.evolve(BATCH, **{field: value})


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("debtor", {}, WrongType),
        ("chart", "05", UnknownName),
        ("chart", 3, UnknownName),
        ("revenue", [], WrongType),
        ("discounts", {("S", "19"): 8736}, WrongType),
        ("bank", "1200", WrongType),
        ("currency", "euro", InvalidValue),
        ("currency", None, WrongType),
    ],
)
def test_what_is_wrong_with_a_plan_is_told_by_name(field, value, error):
    with pytest.raises(error, match=field):
        AccountPlan(**{"debtor": {}.get, field: value})


def test_a_key_of_tax_is_a_text():
    with pytest.raises(WrongType, match="tax_key"):
        Revenue(8400, tax_key=3)
