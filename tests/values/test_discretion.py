"""Nothing that is told on holds a password, wherever strangers put it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.values import discreet

SECRETS = st.text("XZ%4/:+&'\"@\\!$#ß€", max_size=40).map(lambda text: f"{text}Q")
"""Each ends in a sign that stands in none of the texts around them."""


def test_a_message_without_a_secret_stays_as_it_is():
    text = "Access denied for user 'ada'@'localhost' (using password: YES)"

    assert discreet(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach postgresql://ada:hush@host/crm",
        "cannot reach mongodb://ada:hu/h@ush@one,two/crm?w=1",
        "cannot reach mariadb://ada:h ush@host/crm, sorry",
        "invalid dsn: host=h password=hush dbname=x",
        "invalid dsn: host=h password='it is \\' hush' dbname=x",
        "invalid dsn: host=h password='never closed hush",
        'invalid dsn: {"password": "hush", "host": "h"}',
        "?user=ada&sslpassword=hush&host=h",
        "PASSWD : hush",
        "AWS_SESSION_TOKEN:hush",
    ],
)
def test_a_password_is_left_out_wherever_it_stands(text):
    assert "ush" not in discreet(text)


def test_what_is_no_password_stays_beside_it():
    told = discreet("cannot reach postgresql://ada:hush@host/crm: password=hush host=h")

    assert told == "cannot reach postgresql://***@host/crm: password=*** host=h"


@given(secret=SECRETS)
def test_a_known_secret_is_never_told(secret):
    assert "Q" not in discreet(f"before {secret} behind", ["", secret[1:], secret])


@given(secret=SECRETS)
def test_a_secret_is_told_of_no_url_and_no_setting(secret):
    for text in (f"at x://ada:{secret}@host", f"password={secret} port=1"):
        assert "Q" not in discreet(text)


@given(text=st.text())
def test_what_is_told_is_one_line_of_a_bounded_length(text):
    told = discreet(text)

    assert len(told) <= 300
    assert told == " ".join(told.split())
