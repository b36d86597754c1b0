"""What happens to every request, and the headers of every answer."""

import logging

import pytest
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from registrations.views import texts
from webinar_site import middleware
from webinar_site.context import site_logo
from webinar_site.logs import JsonFormatter


def answer(request) -> HttpResponse:
    return HttpResponse(request.META["REMOTE_ADDR"])


def test_log_access_writes_no_query_and_no_address(caplog):
    request = RequestFactory().post("/webinars/one/register/?email=ada@example.org", REMOTE_ADDR="192.0.2.7")

    with caplog.at_level(logging.INFO, "webinar_site.access"):
        middleware.log_access(answer)(request)

    (record,) = caplog.records
    assert (record.getMessage(), record.status) == ("POST /webinars/one/register/", 200)


def test_log_access_hides_the_token_of_a_personal_link(caplog):
    with caplog.at_level(logging.INFO, "webinar_site.access"):
        middleware.log_access(answer)(RequestFactory().get("/r/secret-token/"))

    assert '"message": "GET /r/***/"' in JsonFormatter().format(caplog.records[0])


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.5", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.9, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.9, 203.0.113.5", "198.51.100.9"),
        (2, "10.0.0.1, 198.51.100.9, 203.0.113.5", "198.51.100.9"),
        (2, "203.0.113.5", "203.0.113.5"),
        (1, " , ", "192.0.2.1"),
    ],
    ids=[
        "no proxy: the header is a lie",
        "one proxy, no header",
        "one proxy",
        "one proxy, forged entry before it",
        "two proxies",
        "two proxies, forged entry before them",
        "two proxies, one entry",
        "one proxy, empty entries",
    ],
)
def test_read_client_address_believes_as_many_hops_as_there_are_proxies(
    settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    seen = middleware.read_client_ip(answer)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **headers))

    assert seen.content.decode() == address


def test_every_answer_has_the_strict_headers(client):
    headers = client.get("/healthz").headers

    policy = headers["Content-Security-Policy"].split("; ")
    assert sorted(policy) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ]
    names = ("Referrer-Policy", "Permissions-Policy", "X-Content-Type-Options")
    assert {name: headers[name] for name in (*names, "Cross-Origin-Opener-Policy", "X-Frame-Options")} == {
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }


def test_site_logo_is_known_to_templates(rf, settings):
    settings.SITE_LOGO = "ours.svg"

    known = site_logo(rf.get("/"))

    assert known["site_logo"] == "ours.svg"
    assert known["flag"].startswith('<svg width="54" height="36" aria-hidden="true" xmlns=')


def test_unknown_host_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_plain_input_takes_out_of_every_form_what_nobody_sees():
    sent = {"name": ["\u202eAda\u200b", "Eve"], "meeting_password": "x\u200by", "text": "a\r\nb\x00"}
    request = RequestFactory().post("/", sent)

    middleware.PlainInput(answer).process_view(request)

    assert dict(request.POST.lists()) == {
        "name": ["Ada", "Eve"],
        "meeting_password": ["xy"],
        "text": ["a\r\nb\x00"],
    }


@pytest.mark.parametrize(
    "name", ["password", "sign-in-password", "password1", "old_password", "new_password2"]
)
def test_plain_input_leaves_passwords_as_they_are(name):
    request = RequestFactory().post("/", {name: "\u200bsecret\u202e"})

    middleware.PlainInput(answer).process_view(request)

    assert request.POST[name] == "\u200bsecret\u202e"


@pytest.mark.parametrize("query", ["q=a%00b", "%00=1", "next=/&q=1&q=%00"])
@pytest.mark.parametrize("path", ["/", "/eligibility/", "/admin/login/", "/nowhere/"])
def test_address_with_a_nul_is_refused_with_a_page(client, db, path, query):
    response = client.get(f"{path}?{query}")

    assert response.status_code == (404 if path == "/nowhere/" else 400)
    assert "<h1" in response.text


def fail_in(client, monkeypatch, error, method="get", page="admin:registrations_webinar_changelist"):
    """Return the answer to a page that fails with this error."""

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(ChangeList, "get_results", fail)
    monkeypatch.setattr(texts, "render", fail)
    client.raise_request_exception = False
    return getattr(client, method)(reverse(page) + "?q=1")


@pytest.mark.parametrize(
    ("error", "method", "page", "status"),
    [
        (DataError("ada@example.org"), "get", "admin:registrations_webinar_changelist", 400),
        (OverflowError(), "get", "admin:registrations_webinar_changelist", 400),
        (ValueError(), "get", "admin:registrations_webinar_changelist", 400),
        (KeyError(), "get", "admin:registrations_webinar_changelist", 500),
        (OperationalError(), "get", "admin:registrations_webinar_changelist", 503),
        (OverflowError(), "post", "admin:registrations_webinar_changelist", 500),
        (OverflowError(), "get", "registrations:cookies", 400),
        (ValueError(), "get", "registrations:cookies", 500),
    ],
)
def test_impossible_address_is_refused_and_all_other_errors_are_errors(
    admin_client, monkeypatch, caplog, error, method, page, status
):
    with caplog.at_level(logging.WARNING, "webinar_site.refused"):
        response = fail_in(admin_client, monkeypatch, error, method, page)

    assert response.status_code == status
    said = [record.getMessage() for record in caplog.records if record.name == "webinar_site.refused"]
    assert said == ([f"{reverse(page)}: {type(error).__name__}"] if status == 400 else [])


@pytest.mark.parametrize("lookup", ["title__regex", "title__iregex", "title__range", "webinar__title__regex"])
def test_comparison_that_no_link_makes_is_refused(admin_client, lookup):
    response = admin_client.get(reverse("admin:registrations_webinarsession_changelist"), {lookup: "(a+)+$"})

    assert response.status_code == 400


def test_page_of_a_row_asked_for_by_no_field_is_refused(admin_client, django_user_model):
    user = django_user_model.objects.get()

    response = admin_client.get(f"/admin/auth/user/{user.pk}/change/?_to_field=")

    assert response.status_code == 400
