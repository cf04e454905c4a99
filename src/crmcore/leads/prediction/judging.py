"""How good a predictor is: judged on leads whose end is known, and that it did not learn from.

`cross_validated` and `back_test` see to that themselves; `judge` believes its caller. Which number
is computed how, is told in ``figures``.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from hashlib import sha256
from typing import Any, TypeAlias

import attrs

from crmcore.errors import InvalidValue
from crmcore.leads.prediction.figures import (
    CalibrationBin,
    Decile,
    Estimate,
    area_under_curve,
    as_float,
    brier_score,
    calibration_of,
    deciles_of,
    expected_calibration_error,
    lift_columns,
)
from crmcore.leads.prediction.odds import EXACT, ZERO
from crmcore.leads.prediction.picture import JudgementChart
from crmcore.leads.prediction.predictor import Predictor
from crmcore.leads.prediction.samples import Sample, decided_before, late_facts
from crmcore.values import Ratio, as_int, html_table, round_half_up

Train: TypeAlias = Callable[[Sequence[Sample]], Predictor]
"""What makes a predictor of samples, such as ``NaiveBayes().train``."""

_TWO = 2
_SHOWN_PLACES = 4
_ERROR_PLACES = 6
_NO_ANSWER = "no answer"


@attrs.frozen(kw_only=True, repr=False)
class Judgement:
    """What a predictor said about closed leads, against what happened.

    Attributes:
        model: What kind of model was judged.
        samples: How many leads.
        won: How many of them were won.
        auc: The share of pairs of a won and a lost lead that are ranked right; 1/2 is by chance.
        brier: The mean squared error of the probabilities; 0 is perfect.
        calibration_error: The mean distance between what was said and what happened, in ten parts.
        calibration: Those parts, from low to high.
        deciles: Tenths of the leads, the most promising first.
        late: How many facts were left out because they became known after the decision.
        folds: The judgements this one is made of, where the leads were judged in several goes.
    """

    model: str
    samples: int
    won: int
    auc: Ratio
    brier: Ratio
    calibration_error: Ratio
    calibration: tuple[CalibrationBin, ...]
    deciles: tuple[Decile, ...]
    late: Mapping[str, int]
    folds: tuple["Judgement", ...] = ()

    @property
    def base_rate(self) -> Ratio:
        """The share of the leads that was won."""
        return Ratio(self.won, self.samples)

    @property
    def top_decile(self) -> Ratio:
        """The share of the most promising tenth that was won."""
        return self.deciles[0].conversion

    @property
    def auc_error(self) -> Decimal | None:
        """The standard error of the AUC after Hanley and McNeil (1982); None without an answer."""
        area = self.auc.value
        if area is None:
            return None
        with localcontext(EXACT):
            won, lost = Decimal(self.won), Decimal(self.samples - self.won)
            square = area * area
            spread = area * (1 - area)
            spread += (won - 1) * (area / (_TWO - area) - square)
            spread += (lost - 1) * (_TWO * square / (1 + area) - square)
            error = (max(ZERO, spread) / (won * lost)).sqrt()
        return round_half_up(error, _ERROR_PLACES)

    def calibration_columns(self) -> dict[str, list[Any]]:
        """The calibration table as columns, for plotting: low, high, count, predicted, observed."""
        return {
            "low": [float(each.low) for each in self.calibration],
            "high": [float(each.high) for each in self.calibration],
            "count": [each.count for each in self.calibration],
            "predicted": [as_float(each.predicted) for each in self.calibration],
            "observed": [as_float(each.observed) for each in self.calibration],
        }

    def lift_columns(self) -> dict[str, list[Any]]:
        """The tenths as columns, for plotting: decile, count, conversion, lift."""
        return lift_columns(self.deciles)

    def plot(self) -> JudgementChart:
        """Calibration and lift as a picture that a notebook shows."""
        return JudgementChart(
            title=f"{self.model}, {self.samples} leads",
            calibration=tuple(
                (as_float(each.predicted), as_float(each.observed), each.count)
                for each in self.calibration
            ),
            deciles=tuple(as_float(each.conversion) for each in self.deciles),
            base_rate=as_float(self.base_rate),
        )

    def explain(self) -> str:
        """The figures as lines of text, each with what it says, and both tables."""
        lines = [f"{self.model}, judged on {self.samples} leads, {self.won} of them won"]
        lines += [f"{value:>10}  {name}: {meaning}" for name, value, meaning in self._figures()]
        lines += [
            "said            leads  mean said  won",
            *map(_calibration_line, self.calibration),
        ]
        lines += ["tenth           leads  won        lift", *map(_decile_line, self.deciles)]
        lines += [
            f"{n} times {name} was known too late, and left out" for name, n in self.late.items()
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Judgement of {self.model}: AUC {_text(self.auc)} on {self.samples} leads>"

    def _repr_html_(self) -> str:
        caption = f"{self.model}, {self.samples} leads, {self.won} won"
        return f"{html_table(caption, (), self._figures())}{self.plot().svg}"

    def _figures(self) -> tuple[tuple[str, str, str], ...]:
        error = "" if self.auc_error is None else f", standard error {self.auc_error:f}"
        return (
            ("AUC", _text(self.auc), f"pairs of a won and a lost lead ranked right{error}"),
            ("Brier score", _text(self.brier), "mean squared error of the probabilities"),
            ("calibration error", _text(self.calibration_error), "mean distance of said and won"),
            ("top tenth", _text(self.top_decile), "won among the most promising tenth"),
            ("base rate", _text(self.base_rate), "won among all"),
        )


def judge(predictor: Predictor, samples: Sequence[Sample]) -> Judgement:
    """What the predictor says about these samples, against what happened.

    Args:
        predictor: The model.
        samples: Closed leads that the model did not learn from: what it has seen flatters it.

    Raises:
        InvalidValue: there are none.
    """
    if not samples:
        raise InvalidValue("samples", "at least one is needed")
    return _judged(predictor.name, _estimates(predictor, samples), late_facts(samples))


def cross_validated(
    train: Train, samples: Sequence[Sample], *, folds: int = 5, seed: int = 0
) -> Judgement:
    """Every sample judged by a model that was trained on the other parts of the samples.

    The samples are dealt out by a digest of the seed and their key (their place where they have
    none), won and lost ones apart, so that all parts are alike; samples of one key stay together.

    Args:
        train: What makes a predictor of samples.
        samples: Closed leads.
        folds: How many parts.
        seed: Another one deals differently.

    Raises:
        InvalidValue: there are fewer than two parts, or too few samples for so many.
    """
    if as_int("folds", folds) < _TWO:
        raise InvalidValue("folds", "must be at least 2")
    parts = _dealt(samples, folds, seed)
    if not all(parts):
        raise InvalidValue("folds", "there are too few samples for so many parts")
    judged: list[Judgement] = []
    everything: list[Estimate] = []
    for part in parts:
        inside = set(part)
        others = [each for place, each in enumerate(samples) if place not in inside]
        predictor = train(others)
        own = [samples[place] for place in part]
        estimates = _estimates(predictor, own)
        everything += estimates
        judged.append(_judged(predictor.name, estimates, late_facts(own)))
    whole = _judged(judged[0].model, everything, late_facts(samples))
    return attrs.evolve(whole, folds=tuple(judged))


def back_test(train: Train, samples: Sequence[Sample], *, split_at: datetime) -> Judgement:
    """The samples decided from an instant on, judged by a model trained on those decided before.

    Args:
        train: What makes a predictor of samples.
        samples: Closed leads; of each it must be known when it was decided.
        split_at: The instant.

    Raises:
        InvalidValue: a decision has no time, or there is nothing before or after the instant.
    """
    before, after = decided_before(samples, split_at)
    if not before or not after:
        raise InvalidValue("split_at", "there must be samples before and after it")
    known = {sample.key for sample in before if sample.key is not None}
    fresh = [sample for sample in after if sample.key not in known]
    return judge(train(before), fresh)


def _estimates(predictor: Predictor, samples: Sequence[Sample]) -> list[Estimate]:
    predictions = predictor.predict_many([sample.case() for sample in samples])
    return [
        Estimate(each.log_odds, each.estimate.value, sample.won)
        for each, sample in zip(predictions, samples, strict=True)
    ]


def _judged(model: str, estimates: Sequence[Estimate], late: Mapping[str, int]) -> Judgement:
    calibration = calibration_of(estimates)
    return Judgement(
        model=model,
        samples=len(estimates),
        won=sum(each.won for each in estimates),
        auc=area_under_curve(estimates),
        brier=brier_score(estimates),
        calibration_error=expected_calibration_error(calibration),
        calibration=calibration,
        deciles=deciles_of(estimates),
        late=late,
    )


def _dealt(samples: Sequence[Sample], folds: int, seed: int) -> list[list[int]]:
    together: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        together.setdefault(f"#{place}" if sample.key is None else f"={sample.key}", []).append(
            place
        )

    def order(name: str) -> tuple[bool, bytes]:
        is_won = any(samples[place].won for place in together[name])
        return is_won, sha256(f"{seed} {name}".encode()).digest()

    parts: list[list[int]] = [[] for _ in range(folds)]
    for turn, name in enumerate(sorted(together, key=order)):
        parts[turn % folds] += together[name]
    return [sorted(part) for part in parts]


def _text(ratio: Ratio) -> str:
    value = ratio.value
    return _NO_ANSWER if value is None else f"{round_half_up(value, _SHOWN_PLACES):.4f}"


def _calibration_line(each: CalibrationBin) -> str:
    return (
        f"{each.low:.1f} to {each.high:.1f}  {each.count:>9}  {_text(each.predicted):<9}"
        f"  {_text(each.observed)}"
    )


def _decile_line(each: Decile) -> str:
    return f"{each.place:>10}  {each.count:>9}  {_text(each.conversion):<9}  {_text(each.lift)}"
