"""Who follows up which lead: rules as data, the choice with every reason, and plans for many leads."""

from crmcore.leads.assignment.choice import Assigner, Assignment, RuleTried, assigner
from crmcore.leads.assignment.planning import (
    AssignmentPlan,
    Points,
    plan_assignments,
    points_of,
    service_order,
)
from crmcore.leads.assignment.policy import DEFAULT_ASSIGNMENT, AssignmentPolicy
from crmcore.leads.assignment.rules import AssignmentRule, Preference

__all__ = [
    "DEFAULT_ASSIGNMENT",
    "Assigner",
    "Assignment",
    "AssignmentPlan",
    "AssignmentPolicy",
    "AssignmentRule",
    "Points",
    "Preference",
    "RuleTried",
    "assigner",
    "plan_assignments",
    "points_of",
    "service_order",
]
