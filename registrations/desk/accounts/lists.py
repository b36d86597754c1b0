"""Staff accounts: who belongs to which group; only superusers see and change them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registrations.forms.fields import OthersAddressField
from webinar_site.foundation.desk.lists import DrawnAdmin

admin.site.unregister([User, Group])


class ForSuperusers(DrawnAdmin):
    """Rows for superusers alone: whoever may change an account or a group could give themselves any right."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether this is a superuser."""
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether this is a superuser."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser."""
        return request.user.is_superuser


@admin.register(User)
class StaffAdmin(ForSuperusers, UserAdmin[User]):
    """Staff accounts with their groups."""

    formfield_overrides = {models.EmailField: {"form_class": OthersAddressField}}
    list_display = ("username", "email", "group_names", "is_active", "is_superuser", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return accounts with their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("groups"))
    def group_names(self, user: User) -> str:
        """Return the names of somebody's groups."""
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class StaffGroupAdmin(ForSuperusers, GroupAdmin):
    """Staff groups; `sync_groups` writes them from permissions.GROUPS."""
