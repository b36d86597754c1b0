"""Which words of a mail server say that an address is dead, and which say nothing of it."""

import pytest

from registrations.incoming.dead_addresses import is_dead, status_in


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", ""),
        ("5.1.1", "550 5.1.1 <ada@example.org>... User unknown"),
        ("5.1.2", "550 Host unknown"),
        ("5.1.3", "501 Bad recipient address syntax"),
        ("5.1.6", "551 The person has moved"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
        ("5.1.10", "556 5.1.10 Recipient address has null MX"),
        ("5.2.1", "550-5.2.1 The email account that you tried to reach is disabled."),
        ("5.0.0", "550 Unknown user ada@example.org"),
        ("5.0.0", "550 5.1.1 The email account that you tried to reach does not exist. Check for typos"),
        ("5.1.0", "550 5.1.0 Address rejected."),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
        ("5.4.4", "Host or domain name not found. Name service error for name=example.test type=A"),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable"),
        ("", "550 no such user here"),
        ("", "Unrouteable address"),
    ],
)
def test_address_is_dead(status, words):
    assert is_dead(status, words) is True


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("", ""),
        ("5.0.0", "550 Sorry"),
        ("4.1.1", "450 4.1.1 Recipient address rejected: unverified address"),
        ("4.4.7", "Message expired"),
        ("5.4.7", "Delivery time expired"),
        ("5.1.1", "450 User unknown, try again later"),
        ("5.1.1", "450 User unknown"),
        ("5.1.1", "552 5.2.2 Mailbox full"),
        ("5.1.1", "550 5.1.1 Mailbox over quota"),
        ("5.1.1", "550 5.1.1 Refused due to recipient preferences"),
        ("5.1.1", "550 5.7.1 Message blocked"),
        ("5.1.1", "550 5.1.1 Blocked, see the block list at spamhaus"),
        ("5.1.7", "550 5.1.7 Bad sender's mailbox address"),
        ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found"),
        ("5.2.1", "450 4.2.1 The user is receiving mail too quickly"),
        ("5.2.1", "550 5.2.1 The user is receiving mail at a rate that prevents delivery"),
        ("5.2.2", "552 5.2.2 Mailbox full"),
        ("5.2.3", "552 5.2.3 Message exceeds maximum size"),
        ("5.3.4", "552 5.3.4 Message too big"),
        ("5.4.4", "Name service error: Host not found, try again"),
        ("5.4.6", "554 5.4.6 Too many hops"),
        ("5.7.1", "554 5.7.1 Recipient address rejected: User unknown"),
        ("5.7.26", "550 5.7.26 This mail is unauthenticated, SPF and DKIM failed, DMARC policy"),
        ("5.0.0", "553 sorry, your envelope sender domain must exist"),
        ("5.0.0", "550 Relay access denied for unknown user"),
        ("5.0.0", "550 Sender address rejected: unknown user"),
    ],
)
def test_address_may_well_be_good(status, words):
    assert is_dead(status, words) is False


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.1.1 unknown", "5.1.1"),
        ("5 . 1 . 1", "5.1.1"),
        ("192.0.2.5 does not like it", ""),
        ("host[5.1.1.7] said no", ""),
        ("(#5.1.1)", "5.1.1"),
    ],
)
def test_status_is_found_in_words_but_in_no_network_address(words, status):
    assert status_in(words) == status
