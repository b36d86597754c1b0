"""Which admin the site has: the one that keeps what staff filled in when they were signed out."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, as the desk of this site."""

    default_site = "webinar_site.foundation.desk.site.Desk"
