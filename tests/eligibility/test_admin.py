"""Staff read; nobody changes anything here."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from eligibility.models import Audience, ListEdition, Publication, RuleVersion
from eligibility.publishing import draft_edition
from tests.eligibility.factories import edition, member_of_staff

pytestmark = pytest.mark.django_db

MODELS = [Audience, Publication, ListEdition, RuleVersion]
NAMES = ["audience", "publication", "listedition", "ruleversion"]


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
