"""Staff read, and Rule keepers edit drafts; nobody changes what is published or proposed."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains

from eligibility.countries import CODES
from eligibility.desk.lists import MOST_BY_HAND
from eligibility.models import Audience, ListEdition, Publication, PublicationProposal, RuleVersion
from eligibility.services.drafts import draft_edition
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import corrected_cosme, edition, member_of_staff
from tests.pages import drawn_in
from tests.registrations.factories import make_user

pytestmark = pytest.mark.django_db

MODELS = [Audience, Publication, ListEdition, RuleVersion]
NAMES = ["audience", "publication", "listedition", "ruleversion", "publicationproposal"]


@pytest.fixture
def admin(client):
    """Return a client that a superuser has signed in."""
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.mark.parametrize("name", NAMES)
def test_list_opens_for_a_superuser_and_offers_nothing_to_add(seeded, admin, name):
    response = admin.get(reverse(f"admin:eligibility_{name}_changelist"))

    assert (response.status_code, response.context["has_add_permission"]) == (200, False)


@pytest.mark.parametrize("model", MODELS)
def test_row_opens_for_a_superuser_without_a_way_to_change_it(seeded, admin, model):
    row = model.objects.first()

    response = admin.get(reverse(f"admin:eligibility_{model._meta.model_name}_change", args=[row.pk]))

    assert response.status_code == 200
    offered = [
        name
        for name in ("_save", "_continue", "_addanother")
        if f'name="{name}"' in response.content.decode()
    ]
    assert offered == []


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("act", ["change", "delete"])
def test_row_refuses_a_superuser(seeded, admin, model, act):
    row = model.objects.first()

    response = admin.post(
        reverse(f"admin:eligibility_{model._meta.model_name}_{act}", args=[row.pk]), {"post": "yes"}
    )

    assert (response.status_code, model.objects.filter(pk=row.pk).exists()) == (403, True)


@pytest.mark.parametrize("name", NAMES)
def test_add_page_refuses_a_superuser(admin, name):
    assert admin.get(reverse(f"admin:eligibility_{name}_add")).status_code == 403


@pytest.mark.parametrize("model", [ListEdition, RuleVersion])
def test_page_links_every_further_source(seeded, admin, model):
    row = next(row for row in model.objects.order_by("pk") if row.further_sources)

    page = admin.get(reverse(f"admin:eligibility_{model._meta.model_name}_change", args=[row.pk]))

    for source in row.further_sources:
        assertContains(page, f'<a href="{escape(source["url"])}">{escape(source["title"])}</a>', html=True)


def test_edition_page_shows_its_countries(seeded, admin):
    row = ListEdition.objects.get(key="COSME-3C-2018")

    response = admin.get(reverse("admin:eligibility_listedition_change", args=[row.pk]))

    assert "Bosnia and Herzegovina" in response.content.decode()


def test_list_needs_the_permission_to_view(seeded, client):
    person = member_of_staff("ann")
    client.force_login(person)
    refused = client.get(reverse("admin:eligibility_listedition_changelist"))
    person.user_permissions.add(Permission.objects.get(codename="view_listedition"))

    allowed = client.get(reverse("admin:eligibility_listedition_changelist"))

    assert (refused.status_code, allowed.status_code) == (403, 200)


@pytest.mark.parametrize("more", [0, 3])
def test_edition_list_takes_a_fixed_number_of_queries(seeded, admin, more, django_assert_num_queries):
    for number in range(more):
        draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}"))

    with django_assert_num_queries(6):
        admin.get(reverse("admin:eligibility_listedition_changelist"))


@pytest.fixture
def keeper(seeded, client):
    """Return a client that a Rule keeper has signed in."""
    client.force_login(make_user("keeper", "Rule keepers"))
    return client


def propose_draft(row: ListEdition, by: User) -> PublicationProposal:
    return propose_publication(editions=[row.pk], rules=[], by=by, note="Corrigendum", now=timezone.now())


def edition_page(row: ListEdition) -> str:
    return reverse("admin:eligibility_listedition_change", args=[row.pk])


def filled_in(row: ListEdition, **changes) -> dict[str, str]:
    """Return what the page of a draft with the single entry FR sends, with changes."""
    entry = row.entries.get()
    return {
        "title": row.title,
        "source_title": row.source_title,
        "source_url": row.source_url,
        "source_date": "2020-04-24",
        "wording": "",
        "note": "",
        "ends": "",
        "entries-TOTAL_FORMS": "2",
        "entries-INITIAL_FORMS": "1",
        "entries-0-id": str(entry.pk),
        "entries-0-edition": str(row.pk),
        "entries-0-code": "FR",
        "entries-0-name": entry.name,
        "entries-0-treatment": "admitted",
        "entries-0-confidence": "A",
        "entries-1-edition": str(row.pk),
        "entries-1-treatment": "admitted",
        "entries-1-confidence": "U",
    } | changes


def following(row: ListEdition, *lines: tuple[str, str]) -> dict[str, str]:
    """Return what the page of a draft with the single entry FR sends where these territories follow these states."""
    sent = filled_in(row, **{"entries-TOTAL_FORMS": str(1 + len(lines))})
    for number, (code, parent) in enumerate(lines, start=1):
        values = {"code": code, "parent": parent, "name": "N", "treatment": "follows", "note": "Why."}
        sent |= {f"entries-{number}-{name}": value for name, value in values.items()}
        sent |= {f"entries-{number}-edition": str(row.pk), f"entries-{number}-confidence": "A"}
    return sent


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([("GP", "GP")], "A territory cannot follow itself."),
        (
            [("GP", "MQ"), ("MQ", "RE"), ("RE", "GP")],
            "These follow each other in a circle: GP, MQ, RE.",
        ),
    ],
    ids=["itself", "a circle"],
)
def test_territory_that_follows_in_a_circle_is_refused(keeper, lines, error):
    row = draft_edition(edition("DRAFT", "FR"))

    response = keeper.post(edition_page(row), following(row, *lines))

    assert error in response.content.decode()
    assert row.entries.count() == 1


def test_territories_that_follow_a_state_are_saved(keeper):
    row = draft_edition(edition("DRAFT", "FR"))

    keeper.post(edition_page(row), following(row, ("GP", "MQ"), ("MQ", "FR")))

    assert list(row.entries.values_list("code", "parent")) == [("FR", ""), ("GP", "MQ"), ("MQ", "FR")]


def test_rule_keeper_edits_a_draft_and_its_entries(keeper):
    row = draft_edition(edition("DRAFT", "FR"))
    changes = {
        "title": "Changed",
        "wording": "As it reads.",
        "ends": "2020-12-31",
        "entries-0-note": "Noted.",
        "entries-1-code": "BE",
        "entries-1-name": "Belgium",
    }

    response = keeper.post(edition_page(row), filled_in(row, **changes))

    row.refresh_from_db()
    assert response.status_code == 302
    assert (row.title, row.wording, row.ends) == ("Changed", "As it reads.", date(2020, 12, 31))
    assert list(row.entries.values_list("code", "note")) == [("BE", ""), ("FR", "Noted.")]


def test_rule_keeper_takes_an_entry_off_a_draft(keeper):
    row = draft_edition(edition("DRAFT", "FR"))

    keeper.post(edition_page(row), filled_in(row, **{"entries-0-DELETE": "on"}))

    assert not row.entries.exists()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"source_title": ""}, "This field is required."),
        ({"ends": "2000-01-01"}, "The last day lies before the first, 1 January 2014."),
        ({"entries-0-code": "fr"}, "Enter a valid value."),
        ({"entries-0-treatment": "follows"}, "what_follows_a_state_names_it"),
        ({"entries-1-code": "FR", "entries-1-name": "France"}, "Please correct the duplicate"),
    ],
    ids=["no source", "ends before it starts", "lower-case code", "follows nobody", "a country twice"],
)
def test_draft_that_cannot_be_is_refused(keeper, changes, found):
    row = draft_edition(edition("DRAFT", "FR"))

    response = keeper.post(edition_page(row), filled_in(row, **changes))

    assert (response.status_code, found in response.content.decode()) == (200, True)


def test_draft_keeps_its_key_and_first_day(keeper):
    row = draft_edition(edition("DRAFT", "FR"))

    keeper.post(edition_page(row), filled_in(row, key="OTHER", starts="2021-01-01", title="Changed"))

    found = ListEdition.objects.drafts().get()
    assert (found.key, found.starts, found.title) == ("DRAFT", row.starts, "Changed")


def test_rule_keeper_deletes_a_draft(keeper):
    row = draft_edition(edition("DRAFT", "FR"))

    keeper.post(reverse("admin:eligibility_listedition_delete", args=[row.pk]), {"post": "yes"})

    assert not ListEdition.objects.drafts().exists()


@pytest.mark.parametrize("act", ["change", "delete"])
def test_proposed_draft_refuses_a_superuser(seeded, admin, act):
    row = draft_edition(edition("DRAFT", "FR"))
    propose_draft(row, User.objects.get())

    response = admin.post(
        reverse(f"admin:eligibility_listedition_{act}", args=[row.pk]), filled_in(row, post="yes")
    )

    assert (response.status_code, ListEdition.objects.proposed().count()) == (403, 1)


def test_edition_that_is_not_there_changes_nothing(keeper):
    page = "/admin/eligibility/listedition/none/change/"

    assert (keeper.get(page)["Location"], keeper.post(page).status_code) == (reverse("admin:index"), 403)


@pytest.mark.parametrize("act", ["change", "delete"])
def test_proposal_refuses_a_superuser(seeded, admin, act):
    proposal = propose_draft(corrected_cosme(), User.objects.get())

    response = admin.post(
        reverse(f"admin:eligibility_publicationproposal_{act}", args=[proposal.pk]), {"post": "yes"}
    )

    assert (response.status_code, PublicationProposal.objects.count()) == (403, 1)


@pytest.mark.parametrize("size", [1, 3])
def test_proposal_list_takes_a_fixed_number_of_queries(seeded, admin, size, django_assert_num_queries):
    for number in range(size):
        row = draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}"))
        propose_draft(row, User.objects.get())

    with django_assert_num_queries(5):
        admin.get(reverse("admin:eligibility_publicationproposal_changelist"))


@pytest.mark.parametrize("codes", [("FR",), ("FR", "BE", "NL")], ids=["one entry", "three entries"])
def test_page_of_a_draft_takes_a_fixed_number_of_queries(seeded, admin, codes, django_assert_num_queries):
    row = draft_edition(edition("DRAFT", *codes))

    with django_assert_num_queries(9):
        admin.get(edition_page(row))


@pytest.mark.parametrize(("more", "can"), [(0, True), (1, False)], ids=["the most", "one more"])
def test_entries_of_a_large_draft_are_changed_from_a_table(keeper, more, can):
    codes = sorted(CODES)[: MOST_BY_HAND + more]
    row = draft_edition(edition("DRAFT", *codes))
    page = keeper.get(edition_page(row))
    shown = page.content.decode()

    sent = {"title": "Changed", "source_title": "S", "entries-TOTAL_FORMS": "1", "entries-INITIAL_FORMS": "0"}
    entry = {"code": "ZW", "name": "Zimbabwe", "treatment": "admitted", "confidence": "A", "edition": row.pk}
    keeper.post(edition_page(row), sent | {f"entries-0-{name}": value for name, value in entry.items()})

    row.refresh_from_db()
    hint = f"With more than {MOST_BY_HAND} countries a draft is changed from a table."
    assert ('name="entries-0-code"' in shown, hint in shown) == (can, not can)
    assert row.title == "Changed"
    assert row.entries.filter(code="ZW").exists() == can


def test_whole_form_of_the_largest_draft_is_accepted(keeper):
    codes = sorted(CODES)[:MOST_BY_HAND]
    row = draft_edition(edition("DRAFT", *codes))
    page = keeper.get(edition_page(row))
    formset = page.context["inline_admin_formsets"][0].formset
    sent = drawn_in(page.text) | {
        f"{form.prefix}-{name}": form[name].value() or ""
        for form in formset.forms
        for name in form.fields
        if name not in ("DELETE", "drawn")
    }
    sent |= {"entries-TOTAL_FORMS": str(len(formset.forms)), "entries-INITIAL_FORMS": str(len(codes))}

    response = keeper.post(edition_page(row), sent | {"title": "Changed", "source_title": "S"})

    row.refresh_from_db()
    assert (response.status_code, row.title) == (302, "Changed")
