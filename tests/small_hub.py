"""A small model hub on loopback that can misbehave: cuts, wrong bytes, slow lines."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

_CHUNK_BYTES = 64 << 10


@dataclass
class Behaviour:
    """What the hub does wrong, by file name, and what it was asked."""

    cut_after: dict[str, list[int]] = field(default_factory=dict)  # one entry a transfer
    swapped: dict[str, bytes] = field(default_factory=dict)  # sent instead, same size
    pause_s: float = 0.0  # between two chunks
    ranges: list[tuple[str, int]] = field(default_factory=list)  # file, first byte asked for
    tokens: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


class SmallHub:
    """Serves one folder as every repository and revision; used with ``with``."""

    def __init__(self, folder: Path, commit: str = "c" * 40) -> None:
        self.behaviour = Behaviour()
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.commit = commit
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # all are waited for at the end
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def endpoint(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def listing(self, repository: str) -> bytes:
        siblings = []
        for name, content in self.files.items():
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            sibling: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git}
            if name.endswith((".safetensors", ".model")):
                digest = hashlib.sha256(content).hexdigest()
                sibling["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
            siblings.append(sibling)
        listing = {"id": repository, "modelId": repository, "sha": self.commit}
        return json.dumps({**listing, "siblings": siblings, "private": False}).encode()


class _Handler(BaseHTTPRequestHandler):
    hub: SmallHub
    protocol_version = "HTTP/1.0"  # a connection a request: nothing waits for another one

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        behaviour = self.hub.behaviour
        behaviour.tokens.append(self.headers.get("Authorization", ""))
        behaviour.agents.append(self.headers.get("User-Agent", ""))
        path = urlsplit(self.path).path
        api = re.fullmatch(r"/api/models/(.+?)/revision/(\w+)", path)
        asked = re.fullmatch(r"/(.+?)/resolve/(\w+)/(.+)", path)
        if api is not None:
            self._send(200, self.hub.listing(api[1]), {"Content-Type": "application/json"})
        elif asked is not None and asked[3] in self.hub.files:
            self._send_file(asked[3], with_body=with_body)
        else:
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})

    def _send_file(self, name: str, *, with_body: bool) -> None:
        content = self.hub.files[name]
        etag = hashlib.sha256(content).hexdigest()
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": self.hub.commit, "Accept-Ranges": "bytes"}
        if not with_body:
            self._send(200, content, headers, with_body=False)
            return
        content = self.hub.behaviour.swapped.get(name, content)
        start = 0
        status = 200
        wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted is not None:
            start, status = int(wanted[1]), 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.hub.behaviour.ranges.append((name, start))
        cuts = self.hub.behaviour.cut_after.get(name, [])
        self._send(status, content[start:], headers, cut_after=cuts.pop(0) if cuts else None)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str],
        *,
        with_body: bool = True,
        cut_after: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if not with_body:
            return
        sent = body if cut_after is None else body[:cut_after]
        try:
            for start in range(0, len(sent), _CHUNK_BYTES):
                self.wfile.write(sent[start : start + _CHUNK_BYTES])
                time.sleep(self.hub.behaviour.pause_s)
        except OSError:
            self.close_connection = True
        if cut_after is not None:
            self.close_connection = True
