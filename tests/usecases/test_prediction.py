"""``crm.prediction``: learned from closed leads, asked about open ones, overridden by people."""

import json
from uuid import UUID

import pytest

from crmcore import F, LeadStatus, Role, Share
from crmcore.errors import (
    CrmError,
    IdempotencyMismatch,
    InvalidValue,
    MoveForbidden,
    NothingFound,
    UnknownField,
    WrongType,
)
from crmcore.leads.prediction import LeadModel, Logistic, NaiveBayes, cross_validated
from crmcore.values import Ratio

FIELDS = [F.source, F.contact.sector, F.contact.employees]
BAYES = NaiveBayes(bins={"contact.employees": [10, 100]})


def captured(crm, place, *, source=None, **more):
    firm = crm.contacts.add_organization(
        name=f"Firm {place}", sector="energy" if place % 2 else "retail", employees=place
    )
    return crm.leads.capture(firm.id, source=source or ("referral", "fair")[place % 2], **more)


def closed(crm, lead, *, won, junk=False):
    if won:
        crm.leads.convert(lead.id, title="Pumps")
    else:
        crm.leads.disqualify(lead.id, reason="no budget", junk=junk)


@pytest.fixture
def history(crm, clock):
    """Twelve closed leads, one a day: referrals are won but for every sixth, fairs are lost."""
    for place in range(12):
        lead = captured(crm, place)
        clock.forward(days=1)
        closed(crm, lead, won=place % 2 == 0 and place % 6 != 0, junk=place % 5 == 0)
    return crm


def test_closed_leads_become_samples_and_junk_was_lost(history):
    samples = history.prediction.samples(FIELDS)

    assert (len(samples), sum(sample.won for sample in samples)) == (12, 4)
    assert {*samples[0].case().facts} == {"source", "contact.sector", "contact.employees"}
    assert len({sample.key for sample in samples}) == 12
    assert not any(sample.late for sample in samples)


def test_an_open_lead_is_predicted_with_its_reasons(history):
    lead = captured(history, 20, source="referral")

    model = history.prediction.train(FIELDS, of=BAYES)
    prediction = history.prediction.predict(lead.id, model)

    assert prediction.base_rate == Ratio(4, 12)
    assert prediction.probability.value > prediction.base_rate.value
    assert {factor.field for factor in prediction.factors} == {
        "source",
        "contact.sector",
        "contact.employees",
    }
    assert history.prediction.predict(lead.contact, model) == prediction


def test_a_model_is_data(history):
    lead = captured(history, 20)
    model = history.prediction.train(FIELDS, of=BAYES)

    again = LeadModel.from_json(json.loads(json.dumps(model.to_json())))

    assert again == model
    assert repr(again) == "<LeadModel <NaiveBayesModel of 4 won and 8 lost leads>>"
    assert history.prediction.predict(lead.id, again) == history.prediction.predict(lead.id, model)
    for broken in ([], {}, {**model.to_json(), "fields": 1}, {**model.to_json(), "predictor": []}):
        with pytest.raises(CrmError):
            LeadModel.from_json(broken)


def test_what_changed_after_the_decision_does_not_count(history, clock):
    lead = captured(history, 30)
    clock.forward(days=1)
    closed(history, lead, won=True)
    clock.forward(days=1)
    history.contacts.update(lead.contact, sector="insolvent")

    sample = history.prediction.samples(FIELDS)[-1]
    model = history.prediction.train(FIELDS, of=BAYES)

    assert sample.late == ("contact.employees", "contact.sector")
    assert sample.case().facts == {"source": "referral"}
    assert model.predictor.late == {"contact.employees": 1, "contact.sector": 1}
    assert "insolvent" not in str(model.to_json())


def test_a_model_as_of_then_knows_only_what_was_closed_by_then(history, clock):
    then = clock.now()
    before = history.prediction.train(FIELDS)
    later = captured(history, 31)
    clock.forward(days=3)
    closed(history, later, won=True)

    as_of = history.prediction.train(FIELDS, as_of=then)

    assert as_of == before
    assert history.prediction.train(FIELDS) != before


@pytest.mark.parametrize(
    "field",
    [
        *(F.status, F.closed_at.by("month"), F.opportunity.stage, F.probability, "revision"),
        *(F.contact.revision, F.contact.updated_at.by("month")),
    ],
)
def test_what_tells_the_outcome_is_refused(history, field):
    with pytest.raises(InvalidValue, match="tells the outcome"):
        history.prediction.train([F.source, field])


def test_fields_are_checked_before_anything_is_read(history):
    with pytest.raises(UnknownField, match="sector"):
        history.prediction.train([F.contact.sectr])
    with pytest.raises(InvalidValue, match="twice"):
        history.prediction.train([F.source, "source"])
    with pytest.raises(WrongType, match="captured_at"):
        history.prediction.train([F.captured_at])
    assert history.prediction.train([F.captured_at.by("month")]).fields


def test_facts_may_be_computed_and_lie_behind_several_references(crm, clock):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)
    for place in range(4):
        firm = crm.contacts.add_organization(name="ACME" if place else "acme", sector="energy")
        employer = firm.id if place % 2 else None
        ada = crm.contacts.add_person(given_name="Ada", family_name="L", employer=employer)
        lead = crm.leads.capture(ada.id, source="fair", owner=eve.id if place else None)
        clock.forward(hours=2)
        crm.leads.contacted(lead.id)
        closed(crm, lead, won=place == 1)
    clock.forward(days=1)
    crm.contacts.update(firm.id, sector="retail")

    samples = crm.prediction.samples(
        [
            F.owner,
            F.contact.name.folded,
            F.responded_at - F.captured_at,
            F.contact.employer.sector,
            F.owner.position,
        ]
    )

    told = {
        "owner": str(eve.id),
        "contact.name (in any case)": "ada l",
        "time from captured_at to responded_at": 7_200_000,
        "owner.position": None,
    }
    assert [sample.case().facts for sample in samples] == [
        {**told, "owner": None, "contact.employer.sector": None},
        {**told, "contact.employer.sector": "energy"},
        {**told, "contact.employer.sector": None},
        told,
    ]
    assert samples[-1].late == ("contact.employer.sector",)


def test_nothing_is_learned_from_nothing(crm):
    with pytest.raises(InvalidValue, match="one lost"):
        crm.prediction.train([F.source])


def test_stages_come_from_the_log_of_the_lead(crm, clock):
    for place, contacted in enumerate((True, True, False, False)):
        lead = captured(crm, place)
        clock.forward(days=1)
        if contacted:
            crm.leads.contacted(lead.id)
            clock.forward(days=1)
        closed(crm, lead, won=place == 0)

    model = crm.prediction.train([F.source], of=NaiveBayes(stages=("new", "contacted")))

    assert model.predictor.overall.cells["stage"] == {"contacted": (1, 1), "new": (1, 3)}
    with pytest.raises(InvalidValue, match="stages"):
        crm.prediction.samples([F.source], stages=["converted"])


def test_the_team_is_that_of_the_owner_at_the_decision(crm, clock):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)
    north, south = crm.teams.form(name="North"), crm.teams.form(name="South")
    crm.teams.join(eve.id, north.id)
    for place in range(2):
        lead = captured(crm, place, owner=eve.id)
        clock.forward(days=1)
        closed(crm, lead, won=place == 0)
    clock.forward(days=1)
    crm.teams.leave(eve.id)
    crm.teams.join(eve.id, south.id)
    asked = captured(crm, 3, owner=eve.id)

    model = crm.prediction.train([F.source])

    assert {sample.team for sample in crm.prediction.samples([F.source])} == {str(north.id)}
    assert crm.prediction.predict(asked.id, model).table is None
    alone = crm.prediction.train([F.source], by_team=False)
    assert {*alone.predictor.tables} == {None}


def test_a_person_wins_over_the_model_until_withdrawn(history):
    lead = captured(history, 20)
    model = history.prediction.train(FIELDS, of=BAYES)
    before = history.prediction.predict(lead.id, model)

    kept = history.prediction.override(lead.id, Share("0.83"), reason="met the boss")
    said = history.prediction.predict(lead.id, model)
    history.prediction.withdraw(lead.id)
    after = history.prediction.predict(lead.id, model)

    assert (kept.probability, kept.probability_reason) == (Share("0.83"), "met the boss")
    assert (said.probability, said.estimate) == (Share("0.83"), before.probability)
    assert after == before


def test_an_override_outlives_new_models_and_new_facts(history, clock):
    lead = captured(history, 20)
    history.prediction.override(lead.contact, Share("0.2"), reason="they moved on")
    clock.forward(days=1)
    history.contacts.update(lead.contact, employees=5000)

    model = history.prediction.train(FIELDS)

    assert history.prediction.predict(lead.id, model).probability == Share("0.2")


def test_a_command_repeated_by_its_key_happens_once(history):
    lead = captured(history, 20)
    once = history.prediction.override(lead.id, Share("0.4"), reason="x", key="k")

    again = history.prediction.override(lead.id, Share("0.4"), reason="x", key="k")

    assert again == once
    assert len(history.leads.history(lead.id)) == 2
    with pytest.raises(IdempotencyMismatch):
        history.prediction.override(lead.id, Share("0.5"), reason="x", key="k")


def test_a_closed_lead_has_its_outcome(history):
    model = history.prediction.train(FIELDS)
    leads = {lead.status: lead for lead in history.leads.find()}

    won = history.prediction.predict(leads[LeadStatus.CONVERTED].id, model)
    lost = history.prediction.predict(leads[LeadStatus.JUNK].id, model)

    assert (won.probability, lost.probability) == (Share(1), Share(0))
    with pytest.raises(MoveForbidden):
        history.prediction.override(leads[LeadStatus.JUNK].id, Share("0.5"), reason="x")
    with pytest.raises(NothingFound):
        history.prediction.predict(UUID(int=7), model)


def test_open_leads_are_predicted_page_by_page_with_progress(history, monkeypatch):
    monkeypatch.setattr("crmcore.usecases.prediction.PAGE", 2)
    fresh = [captured(history, place) for place in range(20, 25)]
    model, told = history.prediction.train(FIELDS, of=BAYES), []

    found = list(
        history.prediction.predictions(
            model, F.source == "referral", progress=lambda *n: told.append(n)
        )
    )

    assert [lead.id for lead, _ in found] == [
        lead.id for lead in fresh if lead.source == "referral"
    ]
    assert told == [(2, 3), (3, 3)]
    for lead, prediction in found:
        assert prediction == history.prediction.predict(lead.id, model)


def test_a_transaction_lends_predictions_too(history):
    lead = captured(history, 20)

    with history.transaction() as lent:
        model = lent.prediction.train(FIELDS)
        lent.prediction.override(lead.id, Share("0.7"), reason="x")
        said = lent.prediction.predict(lead.id, model)

    assert said.probability == Share("0.7")


def test_samples_can_be_judged(history, clock):
    for place in range(12, 40):
        lead = captured(history, place)
        clock.forward(hours=1)
        closed(history, lead, won=place % 2 == 0)

    judgement = cross_validated(BAYES.train, history.prediction.samples(FIELDS), folds=4)

    assert float(judgement.auc) > 0.8


def test_the_logistic_model_is_asked_the_same_way(history):
    pytest.importorskip("sklearn", reason="the extra ml is not installed")
    lead = captured(history, 20, source="referral")

    model = history.prediction.train(FIELDS, of=Logistic(rare=2))
    prediction = history.prediction.predict(lead.id, model)

    assert prediction.model == "logistic regression"
    assert "source" in {factor.field for factor in prediction.positive}


def test_an_estimate_that_is_no_share_is_told_how_to_be_one(history):
    lead = captured(history, 20)

    for given in (0.8, "0.8"):
        with pytest.raises(WrongType, match=r'a Share such as Share\("0\.8"\)'):
            history.prediction.override(lead.id, given, reason="x")


# --- as of an instant ----------------------------------------------------------------------------


def test_as_of_now_is_now(history, clock):
    lead = captured(history, 20)
    model = history.prediction.train(FIELDS, of=BAYES)

    now = history.prediction.predict(lead.id, model)

    assert history.prediction.predict(lead.id, model, as_of=clock.now()) == now


def test_what_changed_after_the_instant_is_unknown_then(history, clock):
    lead = captured(history, 20)
    model, then = history.prediction.train(FIELDS, of=BAYES), clock.now()
    clock.forward(days=1)
    history.contacts.update(lead.contact, sector="insolvent")

    before = history.prediction.predict(lead.id, model, as_of=then)

    assert {factor.field for factor in before.factors} == {"source"}
    with pytest.raises(InvalidValue, match="as_of: lies before the lead was captured"):
        history.prediction.predict(lead.id, model, as_of=lead.captured_at.replace(year=1999))


def test_the_outcome_and_a_later_word_are_unknown_before(history, clock):
    lead = captured(history, 20)
    model = history.prediction.train(FIELDS, of=BAYES)
    history.prediction.override(lead.id, Share("0.8"), reason="met the boss")
    then = clock.now()
    said = history.prediction.predict(lead.id, model, as_of=then)
    clock.forward(days=1)
    closed(history, lead, won=True)

    before = history.prediction.predict(lead.id, model, as_of=then)
    after = history.prediction.predict(lead.id, model, as_of=clock.now())

    assert said.probability == Share("0.8")
    assert (before.override, before.outcome, before.factors) == (None, None, ())
    assert after.probability == Share(1)


def test_the_leads_of_an_instant_are_those_that_were_open_then(history, clock):
    early = [captured(history, place) for place in (20, 21)]
    model, then = history.prediction.train(FIELDS, of=BAYES), clock.now()
    clock.forward(days=1)
    closed(history, early[0], won=True)
    late = captured(history, 22)

    was = [lead.id for lead, _ in history.prediction.predictions(model, as_of=then)]
    now = [lead.id for lead, _ in history.prediction.predictions(model)]

    assert was == [lead.id for lead in early]
    assert now == [early[1].id, late.id]
    assert history.prediction.predict(early[0].id, model, as_of=then).outcome is None


def test_stage_and_team_of_an_instant_are_those_of_then(crm, clock):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    crm.contacts.begin_role(eve.id, Role.EMPLOYEE)
    north, south = crm.teams.form(name="North"), crm.teams.form(name="South")
    crm.teams.join(eve.id, north.id)
    for place in range(4):
        lead = captured(crm, place, owner=eve.id)
        clock.forward(days=1)
        closed(crm, lead, won=place % 2 == 0)
    model = crm.prediction.train([F.source], of=NaiveBayes(stages=("new", "contacted")))
    asked, then = captured(crm, 5, owner=eve.id), clock.now()
    clock.forward(days=1)
    crm.leads.contacted(asked.id)
    crm.teams.leave(eve.id)
    crm.teams.join(eve.id, south.id)

    before = crm.prediction.predict(asked.id, model, as_of=then)
    after = crm.prediction.predict(asked.id, model)

    stages = [
        [factor.value for factor in each.factors if factor.field == "stage"]
        for each in (before, after)
    ]
    assert stages == [["new"], ["contacted"]]
    assert (before.table, after.table) == (str(north.id), None)
