"""Addresses, e-mail, phone and VAT numbers have one normal form each."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, ManyFaults, NotValid, WrongType
from crmcore.values import (
    COUNTRIES,
    PostalAddress,
    email_address,
    is_iban,
    phone_number,
    vat_id,
)

labels = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?", fullmatch=True)
domains = st.builds(
    lambda inner, top: ".".join([*inner, top]),
    st.lists(labels, min_size=1, max_size=3),
    st.from_regex(r"[A-Za-z]{2,10}", fullmatch=True),
)
locals_ = st.from_regex(r"[A-Za-z0-9_+ü-]{1,20}(\.[A-Za-z0-9]{1,20})?", fullmatch=True)
digits = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)
JUNK = [
    "",
    " ",
    "²",
    "\u0661\u0662\u0663",
    "\ud800",
    "a\x00b",
    pytest.param("a" * 10**6, id="long"),
    pytest.param("9" * 10**6, id="long-digits"),
    "\n",
    "@",
    "+",
]


@given(locals_, domains)
def test_an_email_address_keeps_its_local_part_and_lowers_its_domain(local, domain):
    address = email_address(f"{local}@{domain}")

    assert address.partition("@")[2] == domain.lower()
    assert email_address(address) == address


@given(st.text(max_size=30).map(lambda text: f"{text}@acme.example"))
def test_a_normal_email_address_is_a_fixed_point(text):
    try:
        address = email_address(text)
    except InvalidValue:
        return

    assert email_address(address) == address
    assert not any(sign.isspace() for sign in address)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ada@ACME.Example", "Ada@acme.example"),
        ("o'brien+crm@mail.acme.example", "o'brien+crm@mail.acme.example"),
        ("u\u0308ber@b\u00fccher.example", "\u00fcber@b\u00fccher.example"),
        (
            "a@\u0928\u092e\u0938\u094d\u0924\u0947.example",
            "a@\u0928\u092e\u0938\u094d\u0924\u0947.example",
        ),
    ],
)
def test_email_addresses_by_example(text, normal):
    assert email_address(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "ada@",
        "@acme.example",
        "a@b@acme.example",
        "ada@acme",
        "ada @acme.example",
        "ada@acme.example ",
        " ada@acme.example",
        "ada@acme..example",
        "ada@.example",
        "ada@acme.",
        "ada@-acme.example",
        "ada@acme-.example",
        "ada@127.0.0.1",
        ".ada@acme.example",
        "ada.@acme.example",
        "a..b@acme.example",
        '"a b"@acme.example',
        "ada@[127.0.0.1]",
        "a" * 65 + "@acme.example",
        "ada@" + "a" * 64 + ".example",
        "ada@acme_x.example",
        "ada\xa0@acme.example",
        "a\u200dda@acme.example",
        "ada@-bücher.example",
        "a@" + "a." * 130 + "example",
        "a@" + "\u0130." * 85 + "example",
        *JUNK,
    ],
)
def test_what_is_no_email_address_is_refused(text):
    with pytest.raises(InvalidValue, match="email: "):
        email_address(text)


@given(digits)
def test_a_normal_phone_number_is_a_fixed_point(number):
    assert phone_number(f"+{number}") == f"+{number}"
    assert phone_number(f"00{number}") == f"+{number}"


@given(digits, st.lists(st.sampled_from([" ", "-", "/", ".", "\u2013"]), min_size=20, max_size=20))
def test_separators_do_not_matter(number, separators):
    typed = "".join(sign + blank for sign, blank in zip(f"+{number}", separators, strict=False))

    assert phone_number(typed) == f"+{number}"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("+49 (0)711/123-456", "+49711123456"),
        ("0049 711 123456", "+49711123456"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+39 (06) 1234567", "+39061234567"),
    ],
)
def test_phone_numbers_by_example(text, normal):
    assert phone_number(text) == normal


@pytest.mark.parametrize("text", ["0711 123456", "(0711) 123-456", "(0)711 123456"])
def test_a_national_number_needs_a_prefix(text):
    with pytest.raises(InvalidValue, match="international prefix"):
        phone_number(text)

    assert phone_number(text, country_prefix="49") == "+49711123456"


@pytest.mark.parametrize(
    "text",
    [
        "+123456",
        "+1234567890123456",
        "+0123456789",
        "++49711123456",
        "+49 711 12a456",
        "711123456",
        "+49 711 123456 ext. 7",
        "49+711123456",
        "+\uff14\uff19711123456",
        *JUNK,
    ],
)
def test_what_is_no_phone_number_is_refused(text):
    with pytest.raises(InvalidValue, match="phone: "):
        phone_number(text, country_prefix="49")


@pytest.mark.parametrize("prefix", ["", "+49", "049", "1234", "\u0664", 49])
def test_a_country_prefix_is_one_to_three_digits(prefix):
    with pytest.raises(NotValid, match="country_prefix"):
        phone_number("0711 123456", country_prefix=prefix)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("DE136695976", "DE136695976"),
        (" de 136.695-976", "DE136695976"),
        ("ATU12345678", "ATU12345678"),
        ("nl123456789b01", "NL123456789B01"),
        ("IE1S23456L", "IE1S23456L"),
    ],
)
def test_vat_numbers_by_example(text, normal):
    assert vat_id(text) == normal
    assert vat_id(normal) == normal


@given(st.integers(0, 10), st.integers(0, 9))
def test_one_wrong_digit_in_a_german_vat_number_is_found(at, digit):
    right = "DE136695976"
    wrong = right[:at] + str(digit) + right[at + 1 :]

    if wrong == right:
        assert vat_id(wrong) == right
    else:
        with pytest.raises(InvalidValue):
            vat_id(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "DE136695977",
        "DE13669597",
        "DE1366959760",
        "DE036695976",
        "DEX36695976",
        "D1",
        "12345678",
        "\u017fE123456",
        "AT\u0661\u0662\u0663",
        "XX" + "1" * 13,
        *JUNK,
    ],
)
def test_what_is_no_vat_number_is_refused(text):
    with pytest.raises(InvalidValue, match="vat_id: "):
        vat_id(text)


@pytest.mark.parametrize("normalise", [email_address, phone_number, vat_id])
@pytest.mark.parametrize("value", [None, 1, b"ada@acme.example", 1.5, ["+49711123456"]])
def test_only_texts_are_normalised(normalise, value):
    with pytest.raises(WrongType, match="own"):
        normalise(value, "own")


def test_an_address_is_written_like_on_an_envelope():
    address = PostalAddress(
        street="Werk 3\nHauptstr. 1", postal_code="70173", city="Stuttgart", country="DE"
    )

    assert address.lines() == ("Werk 3", "Hauptstr. 1", "70173 Stuttgart", "DE")
    assert PostalAddress(city="Rome", region="Lazio").lines() == ("Rome", "Lazio")
    assert pickle.loads(pickle.dumps(address)) == address  # noqa: S301


@given(st.sampled_from(sorted(COUNTRIES)))
def test_every_country_is_an_address(code):
    assert PostalAddress(country=code).lines() == (code,)


def test_an_address_has_at_least_one_part():
    with pytest.raises(InvalidValue, match="address"):
        PostalAddress()


@pytest.mark.parametrize("part", ["street", "postal_code", "city", "region", "country"])
@pytest.mark.parametrize(
    "value", ["", " ", "\x00", "\ud800", pytest.param("a" * 10**6, id="long"), 1, b"DE", ["DE"]]
)
def test_a_part_of_an_address_is_a_short_text(part, value):
    with pytest.raises(NotValid, match=f"^{part}: "):
        PostalAddress(**{part: value})


@pytest.mark.parametrize("code", ["de", "UK", "XX", "DEU"])
def test_a_country_is_an_assigned_code_in_capitals(code):
    with pytest.raises(InvalidValue, match="country"):
        PostalAddress(country=code)


def test_all_faults_of_an_address_are_told_at_once():
    with pytest.raises(ManyFaults) as caught:
        PostalAddress(street="\x00", city="", country="xx")

    assert [fault.field for fault in caught.value.faults] == ["street", "city", "country"]


def test_the_table_of_countries_is_whole():
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)


@pytest.mark.parametrize(
    ("account", "good"),
    [
        ("DE02120300000000202051", True),
        ("DE02 1203 0000 0000 2020 51", True),
        ("de02120300000000202051", True),
        ("GB82WEST12345698765432", True),
        ("DE03120300000000202051", False),
        ("DE02", False),
        ("١٢٣", False),
    ],
)
def test_an_iban_is_known_by_its_check_digits(account, good):
    assert is_iban(account) is good


@given(st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", fullmatch=True))
def test_of_a_hundred_check_digits_one_pair_or_two_are_right(account):
    right = [pair for pair in range(100) if is_iban(f"{account[:2]}{pair:02}{account[4:]}")]

    assert 1 <= len(right) <= 2
    assert len({pair % 97 for pair in right}) == 1


@pytest.mark.parametrize("text", JUNK)
def test_junk_is_no_iban(text):
    assert is_iban(text) is False
