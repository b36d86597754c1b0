"""Every form of the admin, sent as no browser sends it: a page that helps, never an error of the site."""

from django.db import transaction

from tests import hostile
from tests.examples import some
from tests.registrations.desk.test_roles import (
    address,
    bodies,
    everything,  # noqa: F401
    member,
    pages_that_act,
)

# Stock Django answers another method with a bare 405, which no form of a browser causes.
VARIANTS = {name: make for name, make in hostile.VARIANTS.items() if name != "another method"}


def test_every_form_answers_what_no_browser_sends_with_a_page_that_helps(everything):  # noqa: F811
    browser, pages = member("S"), some(pages_that_act(), of="forms", one_in=3)
    sent, wrong = bodies(everything, pages), []
    for page in pages:
        if page.acts in ("-", "405"):
            continue
        url = address(page, everything)
        answers = {name: value if isinstance(value, list) else [value] for name, value in sent[page].items()}
        for variant, make in some(VARIANTS.items(), of=str(page)):
            with transaction.atomic():
                response = hostile.send(browser, url, make(answers))
                acted = response.get("Content-Disposition")  # a file, which is what the form is for
                faults = [] if acted else hostile.faults(response)
                wrong += [f"{page}, {variant}: {fault}" for fault in faults]
                transaction.set_rollback(True)

    assert wrong == []


def test_no_form_keeps_what_nobody_sees(everything):  # noqa: F811
    pages = some(pages_that_act(), of="kept", one_in=3)
    sent, wrong = bodies(everything, pages), []
    for page in pages:
        if page.acts in ("-", "405"):
            continue
        url = address(page, everything)
        answers = {name: value if isinstance(value, list) else [value] for name, value in sent[page].items()}
        with transaction.atomic():
            response = member("S").post(url, hostile.with_what_nobody_sees(answers))
            acted = response.status_code == 302 or response.get("Content-Disposition")
            wrong += [f"{page}: {column}" for column in hostile.rows_with_what_nobody_sees()]
            wrong += [] if acted else [f"{page}: answered {response.status_code}"]
            transaction.set_rollback(True)

    assert wrong == []
