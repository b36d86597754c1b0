from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from registrations import mails, outbox
from tests.registrations.factories import make_registration, make_webinar


@pytest.mark.django_db
def test_deliver_mail_says_what_became_of_the_mails(mail_server):
    webinar = make_webinar()
    for _number in range(4):
        outbox.post([mails.confirm_address(make_registration(webinar), timezone.now())])
    mail_server.for_recipients.extend(["550 5.1.1 unknown", "451 4.3.0 later"])
    out = StringIO()

    call_command("deliver_mail", stdout=out)

    assert out.getvalue() == "Sent 2, failed 1, postponed 1, dropped 0.\n"
