"""Every table of the eligibility application: lists, rules, and the publications that made them official.

Published rows never change, for nobody: a correction is a new row that names what it corrects.
"""

from eligibility.models.lists import ListEdition, ListEntry
from eligibility.models.permanence import ProposedRowsWait, PublishedRowsNeverChange
from eligibility.models.publications import Official, Publication, PublicationProposal
from eligibility.models.rules import Audience, RuleVersion

__all__ = [
    "Audience",
    "ListEdition",
    "ListEntry",
    "Official",
    "ProposedRowsWait",
    "Publication",
    "PublicationProposal",
    "PublishedRowsNeverChange",
    "RuleVersion",
]
