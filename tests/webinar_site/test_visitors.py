"""A visitor's address as proxies write it: read in one way for locks, limits and metrics; unknown where it is none."""

import logging
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from webinar_site import middleware
from webinar_site.visitors import read_ip

CASES = Path(__file__).parents[1] / "cases" / "proxy-headers.txt"
HANDED = [
    (header, "" if answer.startswith("none") else answer)
    for header, answer in (
        line.split("\t")
        for line in CASES.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
]
UNKNOWN = [
    "unknown",
    "_hidden",
    "unix:",
    "",
    "0x7f.1",
    "203.0.113.5:port",
    "[203.0.113.5",
    "1.2.3.4.5",
    "203.0.113.5 x",
]


@pytest.fixture
def proxied(settings):
    """Let one proxy in front of the site tell where visitors come from, and count wrong passwords."""
    settings.TRUSTED_PROXIES = 1
    settings.AXES_ENABLED = True


@pytest.mark.parametrize(
    ("written", "ip"),
    [
        *HANDED,
        *((text, "") for text in UNKNOWN),
        (" 203.0.113.5 ", "203.0.113.5"),
        ('"203.0.113.5:80"', "203.0.113.5"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
    ],
)
def test_read_address_takes_off_what_is_no_address(written, ip):
    assert read_ip(written) == ip


@pytest.mark.parametrize(
    ("proxies", "headers", "ip"),
    [
        (2, "203.0.113.5:1, [2001:db8::1]:2", "203.0.113.5"),
        (1, "203.0.113.5, unknown", ""),
        (1, "203.0.113.5, ", ""),
        (3, "203.0.113.5:9, 198.51.100.9", "203.0.113.5"),
        (0, "203.0.113.5", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
    ids=[
        "counted from the right",
        "rubbish where it counts is not replaced by what anybody may write",
        "nothing where it counts neither",
        "fewer entries than proxies",
        "no proxy",
        "no entry",
    ],
)
def test_read_client_address_sets_what_everybody_reads(settings, proxies, headers, ip):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=headers, REMOTE_ADDR="[::ffff:192.0.2.1]:80")

    middleware.read_client_ip(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == ip


@pytest.mark.parametrize(
    ("method", "header", "warnings"),
    [
        ("get", "unknown", [middleware.NO_IP]),
        ("post", None, [middleware.NO_HEADER]),
        ("get", None, []),
        ("post", "203.0.113.5", []),
    ],
)
def test_visitors_who_count_as_one_are_told_of_once_and_nobody_is_named(
    settings, caplog, method, header, warnings
):
    settings.TRUSTED_PROXIES = 1
    headers = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    read = middleware.read_client_ip(lambda request: HttpResponse())

    with caplog.at_level(logging.WARNING, "webinar_site.visitors"):
        for _time in range(2):
            read(getattr(RequestFactory(), method)("/", **headers))

    assert [record.getMessage() for record in caplog.records] == warnings


def sign_in(password, header, name="keeper"):
    return Client().post(
        reverse("admin:login"), {"username": name, "password": password}, HTTP_X_FORWARDED_FOR=header
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "ip"), [*HANDED, ("rubbish" * 50, "")])
def test_sign_in_works_and_locks_by_the_address_whatever_the_proxy_writes(proxied, header, ip):
    User.objects.create_user("keeper", password="right", is_staff=True)

    right = sign_in("right", header)
    wrong = [sign_in("wrong", header) for _time in range(5)]
    locked = sign_in("right", header)

    assert (right.status_code, [each.status_code for each in wrong]) == (302, [200, 200, 200, 200, 429])
    assert locked.status_code == 429
    assert [attempt.ip_address for attempt in AccessAttempt.objects.all()] == [ip or None]


@pytest.mark.django_db
def test_sign_in_counts_all_ports_of_an_address_as_one(proxied):
    User.objects.create_user("keeper", password="right", is_staff=True)

    for port in range(5):
        sign_in("wrong", f"203.0.113.5:{41234 + port}")

    assert sign_in("right", "203.0.113.5:1").status_code == 429
    assert sign_in("right", "203.0.113.6:1").status_code == 302
    assert sign_in("right", "unknown").status_code == 302
