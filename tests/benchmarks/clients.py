"""Clients that load a site: some of them, each sending one request after the other."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import local
from urllib.parse import urlencode, urlsplit


class Clients:
    """Some clients that send one request after the other, each over a connection of its own."""

    def __init__(self, base_url: str, number: int) -> None:
        self.host = urlsplit(base_url).netloc
        self.number = number
        self._own = local()

    def send(self, requests: list[Callable[[HTTPConnection], int]]) -> float:
        """Send all of these, each client its share, and return the seconds it took; a wrong answer is an error."""
        start = time.perf_counter()
        with ThreadPoolExecutor(self.number) as pool:
            statuses = set(pool.map(self._send, requests))
        assert statuses <= {200, 307}, statuses
        return time.perf_counter() - start

    def _send(self, request: Callable[[HTTPConnection], int]) -> int:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(self.host)
        return request(self._own.connection)


def post(
    address: str, fields: dict[str, object], origin: str, visitor: str
) -> Callable[[HTTPConnection], int]:
    """Return a request that sends a form as this visitor, and follows where a 307 leads."""
    body = urlencode(fields, doseq=True)
    cookie = f"csrftoken={fields['csrfmiddlewaretoken']}" if "csrfmiddlewaretoken" in fields else ""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": origin,
        "X-Forwarded-For": visitor,
    }
    if cookie:
        headers["Cookie"] = cookie

    def request(connection: HTTPConnection) -> int:
        to = address
        while True:
            connection.request("POST", to, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 307:
                return answer.status
            to = answer.headers["Location"]

    return request


def get(address: str) -> Callable[[HTTPConnection], int]:
    """Return a request that opens a page."""

    def request(connection: HTTPConnection) -> int:
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return request
