"""Keeping an hnswlib graph on disk as a cache that can never do harm.

hnswlib trusts its files: one flipped bit in the header ends the process. So a graph file is read
only if a JSON sidecar names it, and size and sha256 of every byte are those that the sidecar says.
The sidecar itself carries a checksum of what it says. Replacing the sidecar is the one step that
makes a new graph valid; graph files that no sidecar names are deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.core.errors import LibraryError
from app.core.files import commit_file, replace_file
from app.core.library.store import make_private_file

FORMAT = 1
_BYTES_PER_READ = 2**20

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GraphIdentity:
    """What a graph is made for: one model's vectors in one library, in one form."""

    library_uuid: str
    fingerprint: str
    dim: int
    n_neighbours: int


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What a graph holds: rows, dead ones too, and the generation of the vectors it has seen."""

    identity: GraphIdentity
    n_rows: int
    generation: int


class GraphCache:
    """The graph file and sidecar of one kind of vectors, in a folder of the library.

    Args:
        folder: where they are.
        stem: how their names begin, for instance ``photos-1``.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._sidecar = folder / f"{stem}.json"

    def load(self, identity: GraphIdentity, newest: int) -> tuple[Any, GraphFacts] | None:
        """Return the graph and its facts, or None unless every byte is as it was written.

        Args:
            identity: what the graph must be made for.
            newest: the model's generation; a graph that has seen a later one has another past.
        """
        try:
            said = self._read_sidecar()
            if said is None:
                return None
            facts, path, size_bytes, sha256 = said
            fits = facts.identity == identity and facts.generation <= newest
            if not fits or path.stat().st_size != size_bytes or _sha256(path) != sha256:
                _logger.warning("the search index on disk does not match; it is built anew")
                return None
            graph = new_graph(identity.dim)
            graph.load_index(str(path), max_elements=facts.n_rows)
            if graph.get_current_count() != facts.n_rows:
                return None
        except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
            _logger.warning("the search index on disk cannot be used: %s; it is built anew", error)
            return None
        return graph, facts

    def save(self, graph: Any, facts: GraphFacts) -> None:
        """Replace the graph on disk; on any failure the old one stays, or none."""
        temporary = self._folder / f"{self._stem}.new"
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            make_private_file(temporary)
            graph.save_index(str(temporary))
            size_bytes, sha256 = temporary.stat().st_size, _sha256(temporary)
            commit_file(temporary, self._graph_path(sha256))
            says = {
                "format": FORMAT,
                "size_bytes": size_bytes,
                "sha256": sha256,
                "facts": asdict(facts),
            }
            says["check"] = _check(says)
            replace_file(self._sidecar, json.dumps(says, indent=1).encode())
            self._delete_all_but(self._graph_path(sha256))
        except (OSError, RuntimeError, ValueError, LibraryError) as error:
            _logger.warning("the search index cannot be saved: %s", error)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete the cache; harmless when there is none."""
        try:
            self._sidecar.unlink(missing_ok=True)
            self._delete_all_but(None)
        except OSError as error:
            _logger.warning("the search index cannot be deleted: %s", error)

    def _read_sidecar(self) -> tuple[GraphFacts, Path, int, str] | None:
        try:
            says = json.loads(self._sidecar.read_bytes())
        except FileNotFoundError:
            return None
        if says["format"] != FORMAT or says.pop("check") != _check(says):
            _logger.warning("the search index's sidecar is damaged or of another version")
            return None
        facts = says["facts"]
        identity = GraphIdentity(**facts.pop("identity"))
        sha256 = str(says["sha256"])
        path = self._graph_path(sha256)
        return GraphFacts(identity, **facts), path, int(says["size_bytes"]), sha256

    def _graph_path(self, sha256: str) -> Path:
        return self._folder / f"{self._stem}-{sha256[:16]}.hnsw"

    def _delete_all_but(self, kept: Path | None) -> None:
        for path in self._folder.glob(f"{self._stem}-*.hnsw"):
            if path != kept:
                path.unlink(missing_ok=True)


def new_graph(dim: int) -> Any:
    """Return an hnswlib graph, to be initialised or loaded, that compares by product."""
    import hnswlib

    return hnswlib.Index(space="ip", dim=dim)


def _check(says: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BYTES_PER_READ):
            digest.update(block)
    return digest.hexdigest()
