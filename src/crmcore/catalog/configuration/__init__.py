"""Configuration: which products go together, and what follows from what is in a cart.

Rules as data, the cart they are asked of, and what they did to it. Stores and documents are not known
here.
"""

from crmcore.catalog.configuration.cart import Cart, Item
from crmcore.catalog.configuration.result import (
    Configured,
    Fired,
    ItemEffect,
    RaisedAlert,
    Violation,
)
from crmcore.catalog.configuration.rules import (
    Alert,
    ConfigurationRule,
    Default,
    Effect,
    Excludes,
    PriceEffect,
    Requires,
)
from crmcore.catalog.configuration.ruleset import NO_RULES, ConfigurationRules
from crmcore.catalog.configuration.running import configure

__all__ = [
    "NO_RULES",
    "Alert",
    "Cart",
    "ConfigurationRule",
    "ConfigurationRules",
    "Configured",
    "Default",
    "Effect",
    "Excludes",
    "Fired",
    "Item",
    "ItemEffect",
    "PriceEffect",
    "RaisedAlert",
    "Requires",
    "Violation",
    "configure",
]
