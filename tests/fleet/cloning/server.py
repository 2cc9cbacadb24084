"""A real `git http-backend` on this machine, and ways for it to be slow, broken or dishonest."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from snapshot.building import Repo, new_repo

GIT = shutil.which("git") or "git"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def is_fetch(self) -> bool:
        """Whether objects are asked for, not references."""
        return b"command=fetch" in self.body or (b"want " in self.body and b"command=" not in self.body)


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    """What the header says; None is the truth."""
    forever: bytes = b""
    """Sent again and again after the body."""
    cut: bool = False
    """The connection ends before all that was promised has come."""


Change = Callable[[Asked, Answer], Answer]


class GitServer:
    """The server; repositories lie in `root`, `base` is its address. Two names of this machine are two hosts."""

    def __init__(self, root: Path, name: str = "127.0.0.1") -> None:
        self.root = root
        self.login: tuple[str, str] | None = None
        """Who may ask; None for everybody."""
        self.moved: dict[str, str] = {}
        """Start of a path -> what it is answered with instead, by a redirect."""
        self.change: Change = lambda _, answer: answer
        self.asked: list[Asked] = []
        # Repositories of tests may belong to somebody else than who serves them.
        self.settings = {"safe.directory": "*"}
        """Configuration of git that comes before that of each repository."""
        self.release = threading.Event()
        """Lets go those who are kept waiting."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"{name}:{self._server.server_address[1]}"
        self.base = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def repository(self, name: str, files: Mapping[str, str | bytes], *, partial: bool = True) -> Repo:
        """A repository that is served under its name, with or without support for partial clones."""
        repo = new_repo(self.root / name, files)
        repo.git("config", "uploadpack.allowFilter", str(partial).lower())
        repo.git("config", "http.receivepack", "false")
        return repo

    def url(self, name: str) -> str:
        """What the repository is cloned from."""
        return f"{self.base}/{name}"

    def fetches(self) -> int:
        """How often objects were asked for."""
        return sum(asked.is_fetch for asked in self.asked)

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        self.asked.append(asked)
        for start, target in self.moved.items():
            if asked.path.startswith(start):
                place = target + asked.path.removeprefix(start) + (f"?{asked.query}" if asked.query else "")
                return Answer(301, {"Location": place})
        if self.login is not None:
            expected = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
            if asked.headers.get("authorization") != expected:
                return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        return self.change(asked, self._backend(asked))

    def _backend(self, asked: Asked) -> Answer:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_COUNT": str(len(self.settings)),
            **{f"GIT_CONFIG_KEY_{n}": key for n, key in enumerate(self.settings)},
            **{f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(self.settings.values())},
            "REQUEST_METHOD": asked.method,
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": asked.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(asked.body)),
            "GIT_PROTOCOL": asked.headers.get("git-protocol", ""),
            "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""),
        }
        ran = subprocess.run([GIT, "http-backend"], input=asked.body, env=environment, capture_output=True, check=False)
        head, _, body = ran.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        return Answer(int(headers.pop("Status", "200 OK").split()[0]), headers, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline().split(b";")[0], 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self._serve(body)

            def _serve(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = server.answer(Asked(self.command, parts.path, parts.query, headers, body))
                try:
                    self._send(answer)
                except OSError:
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.forever:
                    self.send_header("Connection", "close")
                else:
                    self.send_header(
                        "Content-Length", str(len(answer.body) if answer.length is None else answer.length)
                    )
                self.end_headers()
                self.wfile.write(answer.body)
                while answer.forever and not server.release.is_set():
                    self.wfile.write(answer.forever)
                if answer.cut or answer.forever:
                    self.wfile.flush()
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
