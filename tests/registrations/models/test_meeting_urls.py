"""Which addresses people may be sent to."""

import pytest
from django.core.exceptions import ValidationError

from registrations.models import is_meeting_url
from registrations.models.meeting_urls import validate_meeting_url


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("https://webex.com/j.php?MTID=m1", True, id="the host"),
        pytest.param("https://ec.webex.com/ec/j.php?MTID=m1", True, id="a host below it"),
        pytest.param("https://a.b.WebEx.com:443/j", True, id="deeper, in capitals, with the usual port"),
        pytest.param("http://ec.webex.com/", False, id="no https"),
        pytest.param("https://evilwebex.com/", False, id="ends alike"),
        pytest.param("https://webex.com.evil.example/", False, id="begins alike"),
        pytest.param("https://evil.example/webex.com", False, id="in the path"),
        pytest.param("https://ec.webex.com@evil.example/", False, id="as a user"),
        pytest.param("https://evil.example@ec.webex.com/", False, id="with a user"),
        pytest.param("https://evil.example\\@ec.webex.com/", False, id="with a backslash"),
        pytest.param("https://evil.example\\.webex.com/", False, id="with a backslash in the host"),
        pytest.param("https://ec.webex.com:8443/", False, id="another port"),
        pytest.param("https://ec.webex.com:99999/", False, id="no port"),
        pytest.param("https://ec.webex.com/a\nb", False, id="line break"),
        pytest.param("https://[webex.com/", False, id="no address"),
        pytest.param("javascript:alert(1)//webex.com", False, id="script"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_is_meeting_address_takes_https_on_the_allowed_hosts_only(address, expected):
    assert is_meeting_url(address) is expected


def test_validate_meeting_address_names_every_allowed_host(settings):
    settings.MEETING_HOSTS = ["webex.com", "meet.example.eu"]

    with pytest.raises(ValidationError) as refusal:
        validate_meeting_url("https://evil.example/")

    assert refusal.value.messages == [
        "The address of a meeting has to begin with https:// and be on webex.com or meet.example.eu."
    ]
    validate_meeting_url("https://meet.example.eu/j")
