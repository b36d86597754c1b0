"""The table of the desk's pages about lists, rules and publications: names, views, who may open them, their buttons."""

from django.utils.translation import gettext_lazy as _

from eligibility.desk import editions, proposals, rules
from eligibility.desk.refusals import DRAFT_RULES, PUBLISH_RULES, VIEW_EDITIONS, VIEW_RULES
from eligibility.models import ListEdition, PublicationProposal, RuleVersion
from webinar_site.foundation.desk.table import SHOWS, About, Button, ListButton, Reader

EDITION = About(ListEdition, "<int:edition_id>")
RULE = About(RuleVersion, "<int:rule_id>")
PROPOSAL = About(PublicationProposal, "<int:proposal_id>")


def _is_published(row: ListEdition | RuleVersion, _reader: Reader) -> bool:
    return row.publication_id is not None


def _is_editable(row: ListEdition | RuleVersion, _reader: Reader) -> bool:
    return row.is_editable


def _differs(row: ListEdition | RuleVersion, _reader: Reader) -> bool:
    return row.corrects_id is not None or row.publication_id is None


def _is_open(proposal: PublicationProposal, _reader: Reader) -> bool:
    return proposal.is_open


DRAFT_CORRECTION = Button(_("Draft a correction"), _is_published)
DRAFT_NEXT = Button(_("Draft the next edition"), _is_published)
DRAFT_VERSION = Button(_("Draft a new version"), _is_published)
FILL_IN = Button(_("Fill in from a table"), _is_editable)
EDIT = Button(_("Edit the draft"), _is_editable)
PROPOSE = Button(_("Propose for publication"), _is_editable)
DIFFERENCE = Button(_("Show the difference"), _differs)
DOWNLOAD = Button(_("Download as CSV"))
ANSWER = Button(_("Confirm or decline"), _is_open)

PAGES = (
    EDITION.list_page("draft-first", editions.draft_first, DRAFT_RULES, ListButton(_("Draft a new list"))),
    EDITION.page("draft-correction", editions.draft_correction, DRAFT_RULES, DRAFT_CORRECTION),
    EDITION.page("draft-next", editions.draft_next, DRAFT_RULES, DRAFT_NEXT),
    EDITION.page("fill-in", editions.fill_in, DRAFT_RULES, FILL_IN),
    EDITION.page("download", editions.download, VIEW_EDITIONS, DOWNLOAD, methods=SHOWS),
    EDITION.page("difference", editions.show_edition_difference, VIEW_EDITIONS, DIFFERENCE, methods=SHOWS),
    EDITION.page("propose", proposals.propose_edition, DRAFT_RULES, PROPOSE),
    RULE.page("draft-version", rules.draft_version, DRAFT_RULES, DRAFT_VERSION),
    RULE.page("edit", rules.edit_rule, DRAFT_RULES, EDIT),
    RULE.page("difference", rules.show_rule_difference, VIEW_RULES, DIFFERENCE, methods=SHOWS),
    RULE.page("propose", proposals.propose_rule, DRAFT_RULES, PROPOSE),
    PROPOSAL.page("answer", proposals.confirm_or_decline, PUBLISH_RULES, ANSWER),
)
