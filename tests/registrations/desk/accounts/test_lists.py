"""Staff accounts in the admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from tests.registrations.factories import make_user


def test_list_of_accounts_names_their_groups(admin_client):
    make_user("ada", "Auditors")

    html = admin_client.get(reverse("admin:auth_user_changelist")).content.decode()

    assert '<td class="field-group_names">Auditors</td>' in html


@pytest.mark.parametrize(
    "page", ["auth_user_changelist", "auth_user_add", "auth_group_changelist", "auth_group_add"]
)
def test_accounts_are_closed_even_to_staff_with_the_permissions(page, db, sign_in):
    client = sign_in("somebody", "Auditors")
    user = User.objects.get(username="somebody")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))

    response = client.get(reverse(f"admin:{page}"))

    assert response.status_code == 403


def test_superuser_changes_an_account(admin_client):
    user = make_user("ada", "Auditors")

    response = admin_client.get(reverse("admin:auth_user_change", args=[user.pk]))

    assert response.status_code == 200


def test_address_of_an_account_is_cleaned_and_may_be_missing(admin_client):
    user = make_user("ada", "Auditors")
    page = reverse("admin:auth_user_change", args=[user.pk])
    sent = {"username": "ada", "date_joined_0": "2020-04-01", "date_joined_1": "10:00", "is_active": "on"}

    kept = []
    for written in ("Ada <mailto:ada@example.org>;", "", "ada@example.org, eve@example.org"):
        response = admin_client.post(page, {**sent, "email": written})
        user.refresh_from_db()
        kept.append((response.status_code, user.email))

    assert kept == [(302, "ada@example.org"), (302, ""), (200, "")]
