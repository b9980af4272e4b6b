"""The raw floor: requests that were recorded, sent again without thinking.

The bytes are those our adapter sent, wave by wave, with the ids of a fresh framework
put in before the clock starts. Nothing is looked up, kept, checked or decided.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

_PLACES = re.compile(
    rb"(%22(?:competencyframeworkid|parentid|id)%22%3A)([0-9]+)(?=%2C|%7D)"
)


@dataclass
class Exchange:
    """A request's body and its answer."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    answer: bytes


@dataclass
class Recording:
    """What was sent, by wave; requests of one wave do not need one another."""

    waves: list[list[Exchange]] = field(default_factory=list)

    def next_wave(self) -> None:
        """Let what follows count as another wave."""
        self.waves.append([])


@contextmanager
def recorded(recording: Recording) -> Iterator[None]:
    """Record every request that leaves this process meanwhile."""
    send = requests.Session.send

    def keep(self: Any, request: Any, **more: Any) -> Any:
        response = send(self, request, **more)
        recording.waves[-1].append(
            Exchange(
                request.path_url,
                dict(request.headers),
                bytes(request.body, "utf-8")
                if isinstance(request.body, str)
                else request.body,
                response.content,
            )
        )
        return response

    requests.Session.send = keep  # type: ignore[method-assign]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def replay(
    url: str, recording: Recording, *, prefixes: tuple[str, str], concurrency: int
) -> float:
    """Send a recording again under another prefix; returns the seconds it took."""
    ids: dict[bytes, bytes] = {}
    seconds = 0.0
    for wave in recording.waves:
        bodies = [
            _PLACES.sub(
                lambda found: found[1] + ids.get(found[2], found[2]),
                exchange.body.replace(*(prefix.encode() for prefix in prefixes)),
            )
            for exchange in wave
        ]
        taken, answers = _send_wave(url, wave, bodies, concurrency)
        seconds += taken
        for exchange, answer in zip(wave, answers, strict=True):
            ids.update(zip(_ids(exchange.answer), _ids(answer), strict=True))
    return seconds


def _send_wave(
    url: str, wave: list[Exchange], bodies: list[bytes], concurrency: int
) -> tuple[float, list[bytes]]:
    """Send the requests of a wave over so many connections, each when one is free."""
    waiting = deque(range(len(wave)))
    answers: list[bytes] = [b""] * len(wave)
    address = urlsplit(url)
    kind = (
        http.client.HTTPSConnection
        if address.scheme == "https"
        else http.client.HTTPConnection
    )

    def work() -> None:
        connection = kind(address.netloc)
        while waiting:
            try:
                number = waiting.popleft()
            except IndexError:
                break
            exchange = wave[number]
            headers = {
                name: value
                for name, value in exchange.headers.items()
                if name not in ("Content-Length", "Accept-Encoding")
            }
            connection.request("POST", exchange.path, bodies[number], headers)
            answers[number] = connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, answers


def _ids(answer: bytes) -> list[bytes]:
    """Return the ids of what an answer shows, in order; fails on a refusal."""
    data = json.loads(answer)
    if not isinstance(data, dict):
        return []
    assert "exception" not in data, answer[:500]
    responses = data.get("responses", ())
    assert not any(response["error"] for response in responses), answer[:500]
    made = [json.loads(response["data"]) for response in responses]
    rows = [one for one in made if isinstance(one, dict)]
    return [str(row["id"]).encode() for row in rows if "id" in row]
