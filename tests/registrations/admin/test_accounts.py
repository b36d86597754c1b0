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
