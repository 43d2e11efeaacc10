"""The shelf of a model and a library, filled in the background and kept on disk outside of the repository.

Nothing waits for it: whoever asks meanwhile is answered from the records read so far. A thread makes no Streamlit call.
"""

import hashlib
import logging
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import streamlit as st

from ecgviz.datasets import ptbxl
from ecgviz.datasets.source import Source
from ecgviz.errors import DataError, EcgvizError
from ecgviz.explain import similar
from ecgviz.explain.similar import Eye, Shelf
from ecgviz.ui import cache

__all__ = ["MOST", "Filling", "filling", "folder", "patients"]

MOST = 2000
"""So many records of a library are read, a random sample of a larger one, always the same."""
_SAVE_EVERY = 200


@dataclass(eq=False)
class Filling:
    """A shelf that is being filled; wanted: entries in the order in which they are read."""

    eye: Eye
    source: Source
    wanted: tuple[str, ...]
    path: Path
    error: str = ""
    skipped: int = 0
    _vectors: dict[str, "np.ndarray[tuple[int], np.dtype[np.float32]]"] = field(default_factory=dict)
    _answers: dict[str, "np.ndarray[tuple[int], np.dtype[np.float32]]"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _halt: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether records are being read now."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def done(self) -> int:
        """How many of `wanted` have been dealt with."""
        return len(self._vectors) + self.skipped

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._halt.is_set()

    def start(self) -> None:
        """Go on where it stopped; nothing happens while it runs or when all is read."""
        if not self.running and self.done < len(self.wanted):
            self._halt.clear()
            self._thread = threading.Thread(target=self._fill, daemon=True, name="look-alikes")
            self._thread.start()

    def stop(self) -> None:
        """Stop after the present record; what was read stays."""
        self._halt.set()

    def shelf(self) -> Shelf:
        """What was read so far."""
        with self._lock:
            entries = tuple(self._vectors)
            if not entries:
                return Shelf((), np.zeros((0, 1), np.float32), np.zeros((0, 1), np.float32))
            return Shelf(entries, np.stack(list(self._vectors.values())), np.stack(list(self._answers.values())))

    def take(self, shelf: Shelf) -> None:
        """Begin with a kept shelf."""
        known = set(self.wanted)
        for entry, vector, answer in zip(shelf.entries, shelf.vectors, shelf.probabilities, strict=True):
            if entry in known:
                self._vectors[entry], self._answers[entry] = vector, answer

    def _fill(self) -> None:
        try:
            self.skipped = 0
            for entry in [entry for entry in self.wanted if entry not in self._vectors]:
                if self._halt.is_set():
                    break
                self._one(entry)
                if len(self._vectors) % _SAVE_EVERY == 0:
                    self._save()
            self._save()
        except EcgvizError as error:
            self.error = str(error)
        except Exception:
            logging.getLogger(__name__).exception("look-alikes failed")
            self.error = "Reading the library failed; the details are in the server's log."

    def _one(self, entry: str) -> None:
        try:
            record = self.source.reader(entry)
            with cache.CORES:
                vector, answer = self.eye(record)
        except EcgvizError:  # this model cannot take that record; the others remain
            self.skipped += 1
            return
        with self._lock:
            self._vectors[entry], self._answers[entry] = vector, answer

    def _save(self) -> None:
        if self.source.kind != "simulated":
            similar.write(self.path, self.shelf(), self.eye.model.card.weights_digest)


@st.cache_resource(max_entries=4, show_spinner=False)
def filling(name: str, key: str, root: str) -> Filling:
    """The shelf of one model and one library, shared by all sessions; root: names the data folder for the cache."""
    source = cache.open_library()[key]
    entries = [str(entry) for entry in source.table.index]
    Random(0).shuffle(entries)  # noqa: S311, a sample and no secret
    network = cache.model(name)
    mark = hashlib.sha256(f"{network.card.weights_digest}|{key}|{root}".encode()).hexdigest()[:24]
    found = Filling(similar.eye(network), source, tuple(entries[:MOST]), folder() / f"{mark}.safetensors")
    kept = similar.read(found.path, network.card.weights_digest)
    if kept is not None:
        found.take(kept)
    return found


def folder() -> Path:
    """Where shelves are kept: in the person's own cache."""
    base = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base else Path.home() / ".cache") / "ecgviz" / "look-alikes"


@st.cache_resource(max_entries=2, show_spinner=False)
def patients(key: str) -> dict[str, int]:
    """Whose record each entry is, as a number that is compared and never shown; empty where the set does not say."""
    library = cache.open_library()
    if key != "ptb-xl" or library.root is None:
        return {}
    try:
        table = ptbxl.load_table(library.root)
    except (DataError, OSError):
        return {}
    return {f"ptb-xl/{number:05d}": int(who) for number, who in zip(table.index, table["patient_id"], strict=True)}
