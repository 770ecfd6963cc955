"""A client that costs next to nothing: prepared requests over kept-alive sockets, answered or waited for."""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LONGEST = 60.0
"""Seconds after which a round is given up."""


@dataclass(slots=True)
class Sample:
    """What a round of requests took.

    Args:
        waits: Seconds from sending a request to having its whole answer.
        seconds: From the first request to the last answer.
        statuses: How often each HTTP status came.
    """

    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    odd: bytes = b""
    """The last answer that was no 2xx."""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.waits) / self.seconds


@dataclass(slots=True)
class _Line:
    socket: socket.socket
    sent_at: float = 0.0
    heard: bytes = b""


def send(port: int, requests: Iterable[bytes], in_flight: int) -> Sample:
    """Send each request once, at most `in_flight` at a time.

    Raises:
        TimeoutError: not answered within LONGEST seconds.
        RuntimeError: an answer was no 2xx; a fast error is no speed.
    """
    sample, queue = Sample(), iter(requests)
    poll = select.epoll()
    lines: dict[int, _Line] = {}
    for _ in range(in_flight):
        line = _Line(socket.create_connection(("127.0.0.1", port)))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[line.socket.fileno()] = line
        poll.register(line.socket.fileno(), select.EPOLLIN)
    start = time.perf_counter()
    try:
        open_lines = sum(_next(line, queue) for line in lines.values())
        while open_lines:
            if time.perf_counter() - start > LONGEST:
                raise TimeoutError(f"{len(sample.waits)} answers in {LONGEST:.0f} s")
            for number, _ in poll.poll(1.0):
                line = lines[number]
                if _heard_all(line, sample) and not _next(line, queue):
                    open_lines -= 1
        sample.seconds = time.perf_counter() - start
    finally:
        poll.close()
        for line in lines.values():
            line.socket.close()
    if set(sample.statuses) - {200, 202}:
        raise RuntimeError(f"answers were {dict(sample.statuses)}, such as {sample.odd[:500]!r}")
    return sample


def _next(line: _Line, queue: Iterator[bytes]) -> bool:
    request = next(queue, None)
    if request is None:
        return False
    line.heard = b""
    line.sent_at = time.perf_counter()
    line.socket.sendall(request)
    return True


def _heard_all(line: _Line, sample: Sample) -> bool:
    more = line.socket.recv(65536)
    if not more:
        raise ConnectionError("the server hung up")
    line.heard += more
    end = line.heard.find(HEAD_END)
    if end < 0:
        return False
    head = line.heard[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(line.heard) < end + len(HEAD_END) + length:
        return False
    sample.waits.append(time.perf_counter() - line.sent_at)
    status = int(head[9:12])
    sample.statuses[status] += 1
    if status not in (200, 202):
        sample.odd = line.heard
    return True


def posted(path: str, body: bytes, **headers: str) -> bytes:
    """A POST as it goes over the wire; underscores in header names become hyphens."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + HEAD_END + body
