"""What every model of the chance to win promises, whatever is inside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from crmcore.leads.prediction.result import Prediction
from crmcore.leads.prediction.samples import Case, Sample


class Predictor(Protocol):
    """Something that has learned. It is data: a value that can be kept as JSON.

    Two that were trained on the same samples in any order are equal.
    """

    @property
    def name(self) -> str:
        """What kind of model it is."""
        ...

    @property
    def late(self) -> Mapping[str, int]:
        """How many facts the guard left out while it learned, by field."""
        ...

    def predict(
        self, facts: Mapping[str, Any], team: str | None = None, tags: Iterable[str] = ()
    ) -> Prediction:
        """How probable it is that a lead of which this is known is won."""
        ...

    def predict_many(self, cases: Iterable[Case]) -> tuple[Prediction, ...]:
        """The same for many leads, in their order."""
        ...

    def to_json(self) -> dict[str, Any]:
        """The model as plain JSON values."""
        ...


class Recipe(Protocol):
    """How to learn: a kind of model with its settings."""

    def train(self, samples: Sequence[Sample]) -> Predictor:
        """The model that these samples make.

        Raises:
            InvalidValue: none of them was won, or none lost.
        """
        ...
