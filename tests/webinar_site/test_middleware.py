"""What happens to every request, and the headers of every answer."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

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

    seen = middleware.read_client_address(answer)(
        RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **headers)
    )

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
