from crmcore.sales import APPROVED, NO_OTHER_ORDER, NOT_EXPIRED, QUOTE_LIFECYCLE, QuoteStatus


def test_a_decided_quote_is_final():
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.ACCEPTED) == ()
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.SUPERSEDED) == ()
    assert QUOTE_LIFECYCLE.allowed(QuoteStatus.REJECTED) == ("supersede",)


def test_the_lifecycle_knows_every_state():
    assert QUOTE_LIFECYCLE.states == tuple(QuoteStatus)


def test_the_guards_are_named_in_the_picture():
    picture = QUOTE_LIFECYCLE.mermaid()

    assert (
        f"[{', '.join(guard.name for guard in (NOT_EXPIRED, NO_OTHER_ORDER, APPROVED))}]" in picture
    )
