"""The page that says what a publication would do to people."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eligibility.models import ListEdition, PublicationProposal
from eligibility.services import proposals
from registrations.models import Seat
from tests.registrations.desk.reading import words
from tests.registrations.factories import (
    NOW,
    approve,
    draft_without,
    make_registration,
    make_user,
    propose_without,
)

pytestmark = pytest.mark.usefixtures("signed_in")

URL = "/admin/registrations/seat/publication-impact/"


@pytest.fixture
def people(webinar, session, approver):
    """Return a person with a place from Tunisia, one who waits, and one from Greece."""
    admitted = approve(make_registration(webinar, [session], country="TN", last_name="Admitted"), approver)
    waiting = make_registration(
        webinar, [session], country="TN", last_name="Waiting", state="unconfirmed", organisation="Cluster Sud"
    )
    return [admitted, waiting, make_registration(webinar, [session], country="GR", last_name="Greek")]


@pytest.fixture
def proposal(people):
    return propose_without("TN", by=make_user("proposer", "Rule keepers"))


def sign_in(client, group):
    client.force_login(make_user("somebody", group))
    return client


def table(response, name):
    """Return the cells of a table on the page, row by row."""
    html = response.content.decode().partition(f'<table aria-labelledby="{name}"')[2].partition("</table>")[0]
    rows = html.partition("<tbody>")[2].split("<tr>")[1:]
    cells = [row.replace("</tr>", "").split("<td>")[1:] for row in rows]
    return [[" ".join(cell.partition("</td>")[0].split()) for cell in row] for row in cells]


def test_page_says_how_many_change_to_what_and_who_they_are(proposal, people, client):
    response = sign_in(client, "Approvers").get(URL, {"publicationproposal": proposal.pk})

    page = words(response)
    assert all(
        said in page
        for said in (
            "<li>2 become ineligible</li>",
            "<li>0 become eligible</li>",
            "<li>0 to be reviewed</li>",
            "<li>0 with an exception stay as they are</li>",
            "The verdict of 1 place does not change.",
            "1 of these would be flagged and stays as decided until staff decide again:",
            "<li>has a place that the lists no longer give: 1</li>",
        )
    )
    assert table(response, "countries") == [["Tunisia (TN)", "may take part", "may not take part", "2"]]
    admitted, waiting = (
        reverse("admin:registrations_registration_change", args=[person.pk]) for person in people[:2]
    )
    outcome = ["Tunisia", "1. Supply chains", "may take part", "may not take part"]
    assert table(response, "people") == [
        [f'<a href="{admitted}">Ada Admitted</a>', "Cluster Nord", *outcome, "approved"],
        [f'<a href="{waiting}">Ada Waiting</a>', "Cluster Sud", *outcome, "requested, address not confirmed"],
    ]


def test_those_who_may_not_see_people_see_numbers_and_countries(proposal, client):
    response = sign_in(client, "Rule keepers").get(URL, {"publicationproposal": proposal.pk})

    page = response.content.decode()
    assert table(response, "countries") == [["Tunisia (TN)", "may take part", "may not take part", "2"]]
    assert "2 become ineligible" in page
    assert [said in page for said in ("Admitted", "Waiting", "Cluster", "/registration/")] == [False] * 4


def test_countries_carry_the_codes_the_eu_shows(people, client):
    draft = draft_without("GR", list_key="EU")

    response = sign_in(client, "Rule keepers").get(URL, {"listedition": draft.pk})

    assert table(response, "countries") == [["Greece (EL)", "may take part", "may not take part", "1"]]


def test_drafts_are_looked_at_together_before_they_are_proposed(people, client):
    drafts = [draft_without("GR", list_key="EU").pk, draft_without("TN").pk]

    response = sign_in(client, "Approvers").get(URL, {"listedition": drafts})

    assert response.context["impact"].changed == 3


@pytest.mark.parametrize("group", ["Approvers", "Editors", "Rule keepers", "Auditors"])
def test_page_opens_for_those_who_may_see_lists(group, proposal, client):
    assert sign_in(client, group).get(URL, {"publicationproposal": proposal.pk}).status_code == 200


def test_page_is_refused_to_others_and_only_shows(proposal, client):
    query = {"publicationproposal": proposal.pk}

    refused = sign_in(client, "Data protection").get(URL, query).status_code
    client.force_login(make_user("another", "Approvers"))

    assert (refused, client.post(URL, query).status_code) == (403, 405)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"publicationproposal": "4711"},
        {"listedition": "nonsense"},
        {"ruleversion": "4711"},
        {"publicationproposal": "1", "page": "0"},
        {"publicationproposal": "1", "page": "x"},
    ],
    ids=str,
)
def test_what_is_not_there_is_not_found(query, proposal, client):
    assert sign_in(client, "Approvers").get(URL, query).status_code == 404


@pytest.mark.parametrize("answer", ["confirm", "decline"])
def test_answered_proposal_says_that_it_cannot_be_published(answer, proposal, client):
    second = make_user("second", "Rule keepers")
    if answer == "confirm":
        proposals.confirm_proposal(proposal.pk, by=second)
    else:
        proposals.decline_proposal(proposal.pk, by=second, now=NOW)

    response = sign_in(client, "Approvers").get(URL, {"publicationproposal": proposal.pk})

    assert (response.status_code, "It cannot be published now:" in words(response)) == (200, True)
    assert table(response, "people") == []


def test_people_are_shown_page_by_page(proposal, webinar, session, client, monkeypatch):
    monkeypatch.setattr("registrations.desk.verdicts.impact.PER_PAGE", 2)
    make_registration(webinar, [session], country="TN", last_name="Third")
    query = {"publicationproposal": proposal.pk}
    sign_in(client, "Approvers")

    first, second = (client.get(URL, query | {"page": page}) for page in (1, 2))
    beyond = client.get(URL, query | {"page": 9})

    assert [len(table(page, "people")) for page in (first, second)] == [2, 1]
    assert ("Page 1 of 2" in words(first), "Page 2 of 2" in words(second)) == (True, True)
    assert f"?publicationproposal={proposal.pk}&amp;page=2" in first.content.decode()
    assert beyond["Location"] == f"{URL}?publicationproposal={proposal.pk}&page=2"


def test_opening_the_page_changes_nothing(proposal, client):
    sign_in(client, "Approvers")
    tables = (Seat, ListEdition, PublicationProposal)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    client.get(URL, {"publicationproposal": proposal.pk})

    assert [list(model.objects.order_by("pk").values()) for model in tables] == before


def test_page_takes_the_same_queries_for_one_and_three_people(webinar, session, db, client):
    sign_in(client, "Approvers")
    draft = draft_without("TN")
    counts = []
    for more in (1, 2):
        for _person in range(more):
            make_registration(webinar, [session], country="TN")
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            client.get(URL, {"listedition": draft.pk})
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("page", "parameter"),
    [
        ("eligibility_publicationproposal_answer", "publicationproposal"),
        ("eligibility_listedition_propose", "listedition"),
    ],
)
def test_pages_before_the_publication_lead_here(page, parameter, proposal, client):
    row = proposal if parameter == "publicationproposal" else draft_without("DZ")

    response = sign_in(client, "Rule keepers").get(reverse(f"admin:{page}", args=[row.pk]))

    link = f"{reverse('admin:registrations_publication_impact')}?{parameter}={row.pk}"
    assert (link in response.content.decode(), client.get(link).status_code) == (True, 200)
