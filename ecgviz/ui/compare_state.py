"""What a comparison is made of, as a link and as a session file: no signal, no name, nothing of the patient.

A record is stated by its digest and, where the library has it, by its identifier there; a person's own file is never
in the link or in the file, and neither is its name.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ecgviz import __version__, explain
from ecgviz.errors import DataError
from ecgviz.plot import overlay, theme, tracing
from ecgviz.plot.compare import MOST_LEADS
from ecgviz.record import Record
from ecgviz.signals import filters

__all__ = ["KINDS", "MOST", "Comparison", "Origin", "Session", "digest", "from_query", "read_session", "to_query"]

KINDS = {"models": "Models", "methods": "Methods", "records": "Two records"}
MOST = 4
"""So many models or methods at once."""
FORMAT = "ecgviz comparison 1"
_LARGEST = 100_000


@dataclass(frozen=True)
class Comparison:
    """kind: a key of KINDS; models: names, one unless models are compared; methods: keys of explain.METHODS, one unless
    methods are compared; finding: `task/label`; the rest as in `view.View` and `view.Heat`."""

    kind: str = "models"
    models: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("grad_cam",)
    finding: str = ""
    leads: tuple[str, ...] = ()
    speed: float = 25.0
    gain: float = 10.0
    filter: str = "off"
    notch: str = "none"
    paper: str = "pink"
    strength: float = theme.MAX_ALPHA
    style: str = "shade"
    palette: str = "purple"
    start_s: float | None = None

    def __post_init__(self) -> None:
        offered: dict[str, Sequence[Any]] = {
            "kind": list(KINDS),
            "speed": tracing.SPEEDS,
            "gain": tracing.GAINS,
            "filter": list(filters.DISPLAY),
            "notch": ("none", "50", "60"),
            "paper": list(theme.PAPERS),
            "style": list(overlay.STYLES),
            "palette": list(theme.PALETTES),
        }
        for name, choices in offered.items():
            _one_of(name, getattr(self, name), choices)
        for method in self.methods:
            _one_of("method", method, list(explain.METHODS))
        if len(self.models) > MOST or len(self.methods) > MOST or len(self.leads) > MOST_LEADS:
            raise DataError(f"At most {MOST} models or methods and {MOST_LEADS} leads can be compared; leave some out.")
        if not 0.1 <= self.strength <= 1:
            raise DataError(f"The strength {self.strength:g} is outside 0.1 to 1; correct the session file.")


def _one_of(what: str, value: object, choices: Sequence[Any]) -> None:
    if value not in choices:
        raise DataError(f"The {what} {str(value)[:60]!r} is not offered; choose one of {', '.join(map(str, choices))}.")


@dataclass(frozen=True)
class Origin:
    """Which record it was: its digest, and its identifier in the library, empty for a person's own file."""

    digest: str
    entry: str = ""


@dataclass(frozen=True)
class Session:
    """A comparison with its records, the open one first, the digests of the models' weights by name, and the zoom.

    zoom: first and last second, lowest and highest mV; empty for the whole sheet.
    """

    chosen: Comparison
    records: tuple[Origin, ...]
    weights: dict[str, str]
    zoom: tuple[float, ...] = ()

    def to_json(self) -> str:
        """The session file."""
        made = {"format": FORMAT, "made_by": f"ecgviz {__version__}"}
        return json.dumps(made | asdict(self), indent=1, ensure_ascii=False) + "\n"


def digest(record: Record) -> str:
    """SHA-256 of the signal with rate, leads, age and sex; names, notes and flags leave it as it is."""
    sha = hashlib.sha256(record.signal.tobytes())
    sha.update(repr((record.signal.shape, record.fs, record.leads, record.start_s, record.patient)).encode())
    return sha.hexdigest()


def read_session(data: bytes) -> Session:
    """The content of a session file. Raises DataError for anything that `Session.to_json` cannot have written."""
    if len(data) > _LARGEST:
        raise DataError(f"The session file has {len(data):,} bytes; at most {_LARGEST:,} are read.")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The session file is not JSON ({str(error)[:80]}); choose one saved on this page.") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise DataError(f"This is no session file: its field format is not {FORMAT!r}. Choose one saved on this page.")
    origins = raw.get("records")
    if not isinstance(origins, list) or not 1 <= len(origins) <= 2:
        raise DataError("The session file names no record, or more than two; choose one saved on this page.")
    records = tuple(Origin(**_checked(Origin, item)) for item in origins)
    weights = raw.get("weights")
    if not isinstance(weights, dict) or not all(isinstance(v, str) for v in weights.values()):
        raise DataError("The session file does not state the models' weights; choose one saved on this page.")
    chosen = Comparison(**_checked(Comparison, raw.get("chosen")))
    return Session(chosen, records, weights, _zoom(raw.get("zoom", [])))


def _zoom(raw: Any) -> tuple[float, ...]:
    if raw == []:
        return ()
    if not isinstance(raw, list) or len(raw) != 4 or not all(_typed(0.0, end)[0] for end in raw):
        raise DataError("The session file's field zoom is not four numbers; choose one saved on this page.")
    if raw[0] >= raw[1] or raw[2] >= raw[3]:
        raise DataError("The session file's zoom ends before it begins; choose one saved on this page.")
    return tuple(float(end) for end in raw)


def _checked(cls: type[Any], raw: Any) -> dict[str, Any]:
    """The fields of `cls` with their types as they should be."""
    known = {f.name: f.default for f in fields(cls)}
    if not isinstance(raw, Mapping) or set(raw) - set(known):
        raise DataError(f"The session file has an unknown field for {cls.__name__.lower()}; choose one saved here.")
    found: dict[str, Any] = {}
    for name, value in raw.items():
        fits, kept = _typed(known[name], value)
        if not fits:
            raise DataError(f"The session file's field {name} is {str(value)[:60]!r}; choose one saved on this page.")
        found[name] = kept
    if cls is Origin and "digest" not in found:
        raise DataError("The session file states no digest of its record; choose one saved on this page.")
    return found


def _typed(like: object, value: Any) -> tuple[bool, Any]:
    """Whether a value read from JSON is of the kind of a field's default, and the value as it is kept."""
    if isinstance(like, tuple):
        fits = isinstance(value, list) and all(isinstance(v, str) for v in value)
        return fits, tuple(value) if fits else value
    if like is None or isinstance(like, float):
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return number or (like is None and value is None), value
    return isinstance(value, str), value


def to_query(chosen: Comparison) -> dict[str, str]:
    """What the page's address says of a comparison: only what decides the answer, not how it is drawn."""
    # `model` is the address of the sidebar's choice, on every page that has it
    which = "models" if chosen.kind == "models" else "model"
    query = {"compare": chosen.kind, which: ",".join(chosen.models), "methods": ",".join(chosen.methods)}
    query |= {"finding": chosen.finding, "leads": ",".join(chosen.leads)}
    return {key: value for key, value in query.items() if value}


def from_query(query: Mapping[str, str], before: Comparison) -> Comparison:
    """`before` with what an address says. Raises DataError for what is not offered."""
    said: dict[str, Any] = {"kind": query.get("compare", before.kind), "finding": query.get("finding", before.finding)}
    for key, name in (("model", "models"), ("models", "models"), ("methods", "methods"), ("leads", "leads")):
        if query.get(key):
            said[name] = tuple(part for part in query[key].split(",") if part)
    return replace(before, **said)
