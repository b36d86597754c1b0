"""The pages around a draft: who may open them, what they show, what they do, and what they refuse."""

import hashlib
import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from eligibility.desk.forms import LARGEST_DOCUMENT
from eligibility.models import ListEdition, Publication, PublicationProposal
from eligibility.records import Source
from eligibility.register import edition_record
from eligibility.services.drafts import draft_correction
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import NEW_SOURCE, corrected_cosme, published
from tests.eligibility.pages import messages, tools, url, words
from tests.registrations.factories import make_user

pytestmark = pytest.mark.django_db

ANSWERS = {
    "key": "COSME-3C-2020",
    "starts": "2020-04-28",
    "source_title": "Corrected list",
    "source_url": "https://example.org/corrected",
    "source_date": "2020-04-25",
}
OTHERS = ("Approvers", "Editors", "Auditors", "Data protection")
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", re.IGNORECASE)


def proposed(by: User, *drafts: ListEdition) -> PublicationProposal:
    return propose_publication(
        editions=[row.pk for row in drafts or (corrected_cosme(),)],
        rules=[],
        by=by,
        note="Serbia has left.",
        now=timezone.now(),
    )


def test_buttons_are_those_of_the_moment(keeper, colleague, client):
    draft, waiting = corrected_cosme(key="DRAFT"), corrected_cosme()
    proposal = proposed(colleague, waiting)
    waiting.refresh_from_db()

    offered = [tools(client, row) for row in (published("COSME-3C-2018"), draft, waiting, proposal)]

    assert offered == [
        ["Draft a correction", "Draft the next edition", "Download as CSV"],
        ["Fill in from a table", "Download as CSV", "Show the difference", "Propose for publication"],
        ["Download as CSV", "Show the difference"],
        ["Confirm or decline"],
    ]


def test_buttons_are_not_for_auditors(colleague, client):
    client.force_login(make_user("auditor", "Auditors"))
    draft = corrected_cosme(key="DRAFT")
    proposal = proposed(colleague)

    offered = [tools(client, row) for row in (published("COSME-3C-2018"), draft, proposal)]

    assert offered == [["Download as CSV"], ["Download as CSV", "Show the difference"], []]


def test_correction_is_drafted_with_the_hash_of_its_document(keeper, client):
    document = SimpleUploadedFile("list.pdf", b"The list")

    response = client.post(
        url("listedition_draft-correction", published("COSME-3C-2018")), ANSWERS | {"document": document}
    )

    draft = ListEdition.objects.drafts().get()
    assert response["Location"] == url("listedition_change", draft)
    assert edition_record(draft).source == Source(
        "Corrected list",
        "https://example.org/corrected",
        date(2020, 4, 25),
        hashlib.sha256(b"The list").hexdigest(),
    )
    assert (draft.key, draft.starts, draft.corrects.key, draft.entries.count()) == (
        "COSME-3C-2020",
        date(2020, 4, 28),
        "COSME-3C-2018",
        published("COSME-3C-2018").entries.count(),
    )


def test_correction_needs_neither_document_nor_address_nor_date(keeper, client):
    page = url("listedition_draft-correction", published("COSME-3C-2018"))

    client.post(page, ANSWERS | {"source_url": "", "source_date": ""})

    assert edition_record(ListEdition.objects.drafts().get()).source == Source("Corrected list")


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"key": ""}, {"key": ["This field is required."]}),
        ({"key": "EU-27"}, {"key": ["List edition with this Key already exists."]}),
        ({"starts": "2020-02-30"}, {"starts": ["Enter a valid date."]}),
        ({"source_title": ""}, {"source_title": ["This field is required."]}),
        ({"source_url": "javascript:alert(1)"}, {"source_url": ["Enter a valid URL."]}),
        (
            {"starts": "2017-12-31"},
            {
                "__all__": [
                    "COSME-3C-2020 starts before COSME-3C-2018, which it corrects and which starts on 1 January 2018."
                ]
            },
        ),
        (
            {"document": SimpleUploadedFile("list.pdf", b"x" * (LARGEST_DOCUMENT + 1))},
            {"document": ["The document is larger than 10 MB."]},
        ),
        (
            {"document": SimpleUploadedFile("list.pdf", b"")},
            {"document": ["The submitted file is empty."]},
        ),
    ],
    ids=[
        "no key",
        "key in use",
        "no such day",
        "no source",
        "no web address",
        "starts before what it corrects",
        "too large",
        "empty file",
    ],
)
def test_correction_that_cannot_be_is_refused(keeper, client, change, errors):
    response = client.post(url("listedition_draft-correction", published("COSME-3C-2018")), ANSWERS | change)

    assert response.context["form"].errors == errors
    assert not ListEdition.objects.drafts().exists()


def test_draft_is_no_start_of_a_correction(keeper, client):
    response = client.post(url("listedition_draft-correction", corrected_cosme()), ANSWERS)

    assert response.status_code == 404


def test_difference_page_shows_what_is_added_removed_and_changed(keeper, client):
    draft = corrected_cosme()
    draft.entries.filter(code="RS").delete()
    draft.entries.filter(code="AL").update(name="Republic of Albania")

    page = words(client.get(url("listedition_difference", draft)))

    assert "COSME-3C-2020 against COSME-3C-2018" in page
    assert "first day: 1 January 2018 → 28 April 2020" in page
    assert (
        "Added None. Removed RS Serbia Changed AL Republic of Albania name in the source: Albania →" in page
    )


def test_difference_page_shows_the_codes_the_eu_uses(keeper, client):
    draft = corrected_cosme()
    draft.entries.filter(code="RS").update(code="GR")
    draft.entries.filter(code="AL").update(code="GB")

    page = words(client.get(url("listedition_difference", draft)))

    assert "Added UK Albania EL Serbia Removed AL Albania RS Serbia" in page


def test_difference_page_only_shows(keeper, client):
    assert client.post(url("listedition_difference", corrected_cosme())).status_code == 405


def test_draft_is_proposed(keeper, client):
    draft = corrected_cosme()

    response = client.post(url("listedition_propose", draft), {"note": "Serbia has left."}, follow=True)

    proposal = PublicationProposal.objects.get()
    assert messages(response) == ["Proposed. A second person has to confirm it."]
    assert (proposal.note, proposal.proposed_by, list(proposal.listeditions.all())) == (
        "Serbia has left.",
        keeper,
        [draft],
    )


def test_proposing_needs_a_note(keeper, client):
    response = client.post(url("listedition_propose", corrected_cosme()), {"note": " "})

    assert response.context["form"].errors == {"note": ["This field is required."]}
    assert not PublicationProposal.objects.exists()


def test_proposing_says_what_stands_against_it(keeper, client):
    draft = corrected_cosme()
    draft.entries.all().delete()

    response = client.post(url("listedition_propose", draft), {"note": "Serbia has left."})

    assert response.context["form"].non_field_errors() == ["COSME-3C-2020 lists no country."]


def test_proposing_twice_is_refused(keeper, client):
    draft = corrected_cosme()
    proposed(keeper, draft)

    response = client.post(url("listedition_propose", draft), {"note": "Serbia has left."})

    assert response.context["form"].non_field_errors() == ["COSME-3C-2020 is already proposed."]
    assert "It is proposed already." in words(response)


def test_published_edition_is_not_proposed(keeper, client):
    response = client.post(url("listedition_propose", published("EU-27")), {"note": "Again."})

    assert response.status_code == 404


def test_second_person_sees_the_difference_and_confirms(keeper, colleague, client):
    draft = corrected_cosme()
    draft.entries.filter(code="RS").delete()
    proposal = proposed(colleague, draft)

    page = words(client.get(url("publicationproposal_answer", proposal)))
    response = client.post(url("publicationproposal_answer", proposal), {"answer": "confirm"}, follow=True)

    publication = Publication.objects.get(number=2)
    assert "Serbia has left." in page
    assert "Removed RS Serbia" in page
    assert messages(response) == ["Publication 2 is official."]
    assert (publication.published_by, publication.confirmed_by) == (colleague, keeper)


def test_second_person_declines(keeper, colleague, client):
    draft = corrected_cosme()
    proposal = proposed(colleague, draft)

    response = client.post(url("publicationproposal_answer", proposal), {"answer": "decline"}, follow=True)

    draft.refresh_from_db()
    assert messages(response) == ["The proposal is declined; its drafts can be edited again."]
    assert (draft.is_editable, Publication.objects.count()) == (True, 1)


def test_whoever_proposed_cannot_confirm(keeper, client):
    proposal = proposed(keeper)

    page = client.get(url("publicationproposal_answer", proposal)).content.decode()
    response = client.post(url("publicationproposal_answer", proposal), {"answer": "confirm"})

    assert ('value="confirm"' in page, 'value="decline"' in page) == (False, True)
    assert response.context["form"].non_field_errors() == [
        "Whoever publishes cannot confirm it too: a second person has to."
    ]
    assert Publication.objects.count() == 1


def test_superuser_who_proposed_cannot_confirm_either(seeded, client):
    admin = User.objects.create_superuser("admin")
    client.force_login(admin)

    client.post(url("publicationproposal_answer", proposed(admin)), {"answer": "confirm"})

    assert Publication.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_answer_is_one_of_two(keeper, colleague, client, answer):
    response = client.post(url("publicationproposal_answer", proposed(colleague)), {"answer": answer})

    assert list(response.context["form"].errors) == ["answer"]
    assert PublicationProposal.objects.get().is_open


def test_answered_proposal_says_so(keeper, colleague, client):
    proposal = proposed(colleague)
    client.post(url("publicationproposal_answer", proposal), {"answer": "decline"})

    response = client.post(url("publicationproposal_answer", proposal), {"answer": "confirm"})

    assert response.context["form"].non_field_errors() == [
        "A colleague was faster: this proposal is already confirmed or declined."
    ]
    assert "It is answered already: COSME-3C-2020." in words(response)


@pytest.mark.parametrize("size", [1, 3])
def test_answer_page_takes_a_fixed_number_of_queries(
    keeper, colleague, client, size, django_assert_num_queries
):
    original = published("COSME-3C-2018")
    drafts = [
        draft_correction(original.pk, key=f"COPY-{day}", starts=date(2020, 5, day), source=NEW_SOURCE)
        for day in range(1, size + 1)
    ]
    proposal = proposed(colleague, *drafts)

    with django_assert_num_queries(15):
        client.get(url("publicationproposal_answer", proposal))
