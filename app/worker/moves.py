"""Photos whose files left their places, and the places where the same content turns up.

A photo follows its content: moved, renamed, or under a name that another photo had. A photo whose
name was taken is *ousted*; it is out of sight until its content is found under another name.
Whether a file with new content is an edited photo or another one cannot be told, so what people
said about the photo that had its name counts for it too, unless something was said about itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.core.library.rows import KnownFile
from app.core.scanning import FileFact
from app.worker.decode_messages import DecodedPhoto, KnownContent
from app.worker.disk_changes import DiskChanges
from app.worker.index_work import IndexTools, Work

_MOST_OF_ONE_SIZE = 64


class LeftPhotos:
    """Photos of the compared folders whose files are gone or changed, to be claimed by content.

    Only those with a vector count: a file with the content of any other is decoded anyway.
    """

    def __init__(self) -> None:
        self._by_size: dict[int, list[int]] = {}
        self._files: dict[int, tuple[DiskChanges, KnownFile]] = {}
        self._settled: set[int] = set()

    def add(self, changes: DiskChanges) -> None:
        """Take up what left its place in one folder."""
        changed = {
            file.photo_id: file
            for file in changes.known.values()
            if file.photo_id is not None and file.has_thumbnail
        }
        for photo_id, file in (changes.gone | changed).items():
            if file.has_vector:
                self._by_size.setdefault(file.size_bytes, []).append(photo_id)
            self._files[photo_id] = (changes, file)

    def like(self, fact: FileFact) -> list[int]:
        """Ids of those that may be claimed by a file, by its size; of many, also by its time."""
        ids = self._by_size.get(fact.size_bytes, [])
        if len(ids) <= _MOST_OF_ONE_SIZE:
            return ids
        same_time = [item for item in ids if self._files[item][1].mtime_ns == fact.mtime_ns]
        return same_time[:_MOST_OF_ONE_SIZE]

    def may_be_claimed(self, photo_id: int) -> bool:
        """Tell whether a photo left its place and its content was not found yet."""
        return photo_id in self._files

    def is_settled(self, photo_id: int) -> bool:
        """Tell whether it is known what became of a photo."""
        return photo_id in self._settled

    def settle(self, photo_id: int) -> None:
        """Note that a photo's content was found, or is no more."""
        self._settled.add(photo_id)
        changes, file = self._files.pop(photo_id, (None, None))
        if changes is not None and file is not None:
            changes.gone.pop(photo_id, None)
            if file.has_vector:
                self._by_size[file.size_bytes].remove(photo_id)

    def forget(self, changes: DiskChanges) -> None:
        """Let nobody claim photos of a folder that left the library."""
        for photo_id, (its_changes, _) in list(self._files.items()):
            if its_changes is changes:
                self.settle(photo_id)


class Moves:
    """Brings photos to the places where their content is found, during one index job.

    Args:
        tools: library and indexes.
    """

    def __init__(self, tools: IndexTools) -> None:
        self._tools = tools
        self._left = LeftPhotos()
        self._ousted: dict[int, int] = {}  # to the photo that has its place now
        self._hidden: set[int] = set()  # their files turned out to be unusable in this run

    def add(self, changes: DiskChanges) -> None:
        """Take up what left its place in one folder."""
        self._left.add(changes)

    def forget(self, changes: DiskChanges) -> None:
        """Leave out a folder that left the library."""
        self._left.forget(changes)

    def hashes_worth_knowing(self, work: Work) -> dict[bytes, int]:
        """Contents that need no decoding, with their photos: its own, or those that left."""
        ids = list(self._left.like(work.fact))
        file = work.file
        own = file.photo_id if file is not None and file.has_vector and file.has_thumbnail else None
        if own is not None:
            ids.append(own)
        if not ids:
            return {}
        found = self._tools.library.photos(ids)
        found.sort(key=lambda photo: photo.id == own)  # of equal contents its own comes last, wins
        return {photo.content_hash: photo.id for photo in found}

    def settle_known(self, work: Work, reply: KnownContent) -> bool | None:
        """Place a content that has its vector already.

        Returns:
            Whether a photo moved there, or None if its photo has been given to another file.
        """
        photo_id = work.known_hashes[reply.content_hash]
        stayed = photo_id == _own_id(work)
        if stayed and not self._left.is_settled(photo_id):
            self._tools.library.touch_photo(photo_id, reply.mtime_ns, reply.inode)
        elif not stayed and self._left.may_be_claimed(photo_id):
            self._move(photo_id, work, reply)
        else:
            return None
        self._left.settle(photo_id)
        return not stayed

    def adopt(self, work: Work, reply: DecodedPhoto) -> bool:
        """A new path with the content of a lost photo is that photo, with all it carries."""
        if _own_id(work) is not None:
            return False
        library, root_id = self._tools.library, work.changes.root.id
        photo_id = library.find_moved(root_id, reply.content_hash, reply.size_bytes)
        if photo_id is None:
            return False
        self._move(photo_id, work, reply)
        self._left.settle(photo_id)
        return True

    def note_new_content(self, works: Iterable[Work]) -> None:
        """These files hold something new: their photos are not to be claimed by others."""
        for work in works:
            own = _own_id(work)
            if own is not None:
                self._left.settle(own)

    def note_saved(self, works: Sequence[Work], photo_ids: Sequence[int]) -> None:
        """Where a photo's content moved and something new is in its place, it counts for both."""
        replaced = {
            own: photo_id
            for work, photo_id in zip(works, photo_ids, strict=True)
            if (own := _own_id(work)) is not None and own != photo_id
        }
        if replaced:
            self._tools.library.pass_on(replaced)

    def take_out_of_sight(self, photo_ids: Sequence[int]) -> None:
        """Let nobody find photos whose files cannot be used, unless they moved elsewhere."""
        in_sight = {photo.id for photo in self._tools.library.photos(photo_ids)}
        lost_ids = [photo_id for photo_id in photo_ids if photo_id not in in_sight]
        self._hidden.update(lost_ids)
        self._tools.unindex(lost_ids)

    def finish(self) -> int:
        """Pass on what was said about ousted photos that were not found; returns how many."""
        replaced = {old: new for old, new in self._ousted.items() if not self._left.is_settled(old)}
        if replaced:
            self._tools.library.pass_on(replaced)
            self._tools.unindex(list(replaced))
        self._ousted.clear()
        return len(replaced)

    def _move(self, photo_id: int, work: Work, reply: DecodedPhoto | KnownContent) -> None:
        facts = reply.size_bytes, reply.mtime_ns, reply.inode
        root_id, path = work.changes.root.id, work.fact.path
        self._tools.library.move_photo(photo_id, root_id, path, *facts)
        own = _own_id(work)
        if own is not None:
            self._ousted[own] = photo_id
        if photo_id in self._hidden:
            self._hidden.discard(photo_id)
            ids, vectors = self._tools.library.vectors_of(self._tools.model_id, [photo_id])
            self._tools.index.add(ids, vectors)
            self._tools.regions.add(ids)


def _own_id(work: Work) -> int | None:
    """The photo that was at a file's path when the folder was compared."""
    return None if work.file is None else work.file.photo_id
