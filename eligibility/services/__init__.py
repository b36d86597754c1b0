"""What can be done to lists and rules: drafts, what they would change, and the two people who publish them."""

from eligibility.services.differences import edition_differences, rule_differences
from eligibility.services.drafts import (
    change_rule,
    draft_correction,
    draft_edition,
    draft_next,
    draft_rule,
    replace_entries,
)
from eligibility.services.proposals import confirm_proposal, decline_proposal, propose_publication
from eligibility.services.publication_preview import Prospect, disputed_territories, if_published
from eligibility.services.publications import PublishingRefused, altered_publications
from eligibility.services.seeding import Seeding, load_files

__all__ = [
    # Why something cannot be drafted, proposed or published, fit to be shown.
    "PublishingRefused",
    # Draft the first edition of a list.
    "draft_edition",
    # Draft a correction of an edition, from a copy of it.
    "draft_correction",
    # Draft the edition that takes over from one on a later day.
    "draft_next",
    # Let a draft edition have other countries.
    "replace_entries",
    # Draft a rule.
    "draft_rule",
    # Let a draft rule state something else.
    "change_rule",
    # Compare editions with those they correct or take over from.
    "edition_differences",
    # Compare rules with those they correct or take over from.
    "rule_differences",
    # Name the territories that lists would settle differently if drafts were published.
    "disputed_territories",
    # Return everything that would be published with drafts, without publishing it.
    "if_published",
    # Everything that would be published with drafts.
    "Prospect",
    # Ask a second person to make drafts official.
    "propose_publication",
    # Make official what a colleague proposed, for ever.
    "confirm_proposal",
    # Give proposed drafts back to whoever edits them.
    "decline_proposal",
    # Return the publications that are no longer what was published.
    "altered_publications",
    # Publish what the dated files state and the tables lack.
    "load_files",
    # What loading the dated files added, or would add.
    "Seeding",
]
