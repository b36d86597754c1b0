import pytest
from django.db import OperationalError
from django.template.loader import get_template

from registrations import services

ERROR_PAGES = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"]


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_needs_no_request(name):
    html = get_template(f"{name}.html").render()

    assert '<main id="main"' in html
    assert '<a href="/">Go to the webinar page</a>' in html


def test_form_too_large_is_answered_with_a_page(client, session, answers, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = client.post("/webinars/clusters/register/", {**answers, "question": "x" * 2000})

    assert response.status_code == 413
    assert "What you sent is larger than this site takes." in response.text


def test_request_that_cannot_be_read_is_answered_with_a_page(client, session, answers, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    response = client.post("/webinars/clusters/register/", answers)

    assert response.status_code == 400
    assert "The request could not be read" in response.text


def test_fault_of_ours_is_answered_with_a_page(client, session, answers, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(services.people, "register", fail)
    client.raise_request_exception = False

    response = client.post("/webinars/clusters/register/", answers)

    assert response.status_code == 500
    assert "The fault is ours" in response.text


def test_database_out_of_reach_is_answered_with_a_page(client, session, answers, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr(services.people, "register", fail)
    client.raise_request_exception = False

    response = client.post("/webinars/clusters/register/", answers)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "cannot reach its data" in response.text
