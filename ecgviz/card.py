"""What must be known of a model before its number is shown: the card that travels with every set of weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from ecgviz.errors import CardError

__all__ = [
    "BeatCard",
    "BeatInput",
    "Card",
    "Figure",
    "ImageCard",
    "ImageInput",
    "InputSpec",
    "LabelSpec",
    "ModelCard",
    "Task",
    "kind_of",
    "list_beat_cards",
    "list_cards",
    "list_image_cards",
    "load_beat_card",
    "load_card",
    "load_image_card",
]

Task = Literal["ecg12", "beat", "image"]
Aggregate = Literal["mean", "max"]


@dataclass(frozen=True)
class InputSpec:
    """All that `prepare` needs besides the Record.

    leads in the network's order; fs in Hz; a window of `seconds` every `stride_s`, at most `max_windows` of them; a
    shorter record is one window of its own length, down to the `shortest_s` that training used; band_hz: zero-phase
    band kept; scale_mv: mV that become 1; aggregate: how the windows' logits become one.
    """

    task: Literal["ecg12"]
    leads: tuple[str, ...]
    fs: float
    seconds: float
    stride_s: float
    shortest_s: float
    band_hz: tuple[float, float]
    scale_mv: float
    max_windows: int = 64
    demographics: bool = False
    aggregate: Aggregate = "mean"


@dataclass(frozen=True)
class LabelSpec:
    """One output: its abbreviation, its codes, what training saw of it, and its operating point.

    platt: (slope, offset) applied to the logit; threshold: on the calibrated probability;
    trusted is False where training had too few positives.
    """

    name: str
    description: str
    codes: tuple[str, ...]
    train_positives: int
    threshold: float
    platt: tuple[float, float] = (1.0, 0.0)
    trusted: bool = True
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A measured number with its 95 % interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BeatInput:
    """All that `prepare_beats` needs besides the Record and its R peaks.

    window: `to_next` (from the R peak to 20 % into the interval after the next beat, scaled to 0-1 over its own range,
    zero-padded: the Kaggle heartbeat set) or `around` (before_s before to after_s after the R peak, in units of the
    record's own beats); samples at fs Hz in a window; leads preferred, in this order, else the record's first; rhythm:
    the number of RR features given beside the window, 0 for none.
    """

    task: Literal["beat"]
    window: Literal["to_next", "around"]
    fs: float
    samples: int
    leads: tuple[str, ...]
    before_s: float = 0.0
    after_s: float = 0.0
    band_hz: tuple[float, float] | None = None
    rhythm: int = 0


@dataclass(frozen=True)
class ImageInput:
    """All that a network of pages needs besides the Scan: height and width in pixels, and the values of 0 and 255.

    view: `page`, the whole picture in its colours, or `ink`, the strokes of the part with the traces, dark on white.
    """

    task: Literal["image"]
    height: int
    width: int
    black: float = -1.0
    white: float = 1.0
    view: Literal["page", "ink"] = "page"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is stated of a model of any kind. `metrics` are those of `report.json`.

    task: the vocabulary of its labels, such as `ptbxl_super`. heads: for the weights beside this card, the first and
    the end of each task's outputs; empty where the labels are all of them. members: the checkpoints whose weights this
    model uses instead of its own; one gives a view on another of its heads, several an ensemble that averages logits.
    set_threshold: labels at or above this probability form the set that misses 10 % of true labels on average.
    exclusive: the labels exclude each other, their probabilities add up to 1 and the largest is the answer.
    temperature: by which the logits of such a model are divided. ms_per_record: of a 12-lead record, a page, a beat.
    """

    name: str
    title: str
    task: str
    architecture: str
    config: dict[str, Any]
    labels: tuple[LabelSpec, ...]
    thresholds_from: str
    calibration: str
    trained_on: str
    tested_on: str
    metrics: dict[str, Figure]
    subgroups: dict[str, dict[str, Figure]]
    intended_use: str
    not_for: str
    licence: str
    parameters: int
    gflop: float
    ms_per_record: float
    weights_digest: str
    example: dict[str, Any]
    seed_reported: str = ""
    seed_comparable: str = ""
    training: dict[str, Any] = field(default_factory=dict)
    heads: dict[str, tuple[int, int]] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    set_threshold: float | None = None
    exclusive: bool = False
    temperature: float = 1.0

    @property
    def label_names(self) -> tuple[str, ...]:
        """Abbreviations in the order of the outputs."""
        return tuple(label.name for label in self.labels)

    def to_json(self) -> str:
        """The card as it is kept beside the weights."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, kw_only=True)
class ModelCard(Card):
    """The card of a model of 12-lead records; see `load_card`."""

    input: InputSpec


@dataclass(frozen=True, kw_only=True)
class BeatCard(Card):
    """The card of a model of single beats."""

    input: BeatInput


@dataclass(frozen=True, kw_only=True)
class ImageCard(Card):
    """The card of a model of pages."""

    input: ImageInput


C = TypeVar("C", bound=Card)
KINDS: dict[type[Any], Task] = {InputSpec: "ecg12", BeatInput: "beat", ImageInput: "image"}


def _strict(cls: type[Any], raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise CardError(f"{where}: expected an object with the fields of {cls.__name__}, got {type(raw).__name__}.")
    known = {f.name for f in fields(cls)}
    needed = {f.name for f in fields(cls) if f.default is f.default_factory}
    if unknown := sorted(set(raw) - known):
        raise CardError(f"{where}: unknown field {', '.join(unknown)}; remove it or update ecgviz.")
    if missing := sorted(needed - set(raw)):
        raise CardError(f"{where}: missing field {', '.join(missing)}; every card must state it.")
    return dict(raw)


def _figure(raw: Any, where: str) -> Figure:
    return Figure(**_strict(Figure, raw, where))


def _input(raw: Any, where: str, kind: type[Any]) -> Any:
    kept = _strict(kind, raw, where)
    lists = {key: tuple(value) for key, value in kept.items() if isinstance(value, list)}
    return kind(**kept | lists)


def _label(raw: Any, where: str) -> LabelSpec:
    kept = _strict(LabelSpec, raw, where)
    return LabelSpec(**kept | {"codes": tuple(kept["codes"]), "platt": tuple(kept.get("platt", (1.0, 0.0)))})


def load_card(path: Path) -> ModelCard:
    """`card.json` of a model of 12-lead records.

    Raises CardError for another kind and for a missing, unknown or empty field: a card has no defaults for facts.
    """
    return _load(path, ModelCard, InputSpec)


def load_beat_card(path: Path) -> BeatCard:
    """`card.json` of a model of single beats. Raises CardError as `load_card`."""
    return _load(path, BeatCard, BeatInput)


def load_image_card(path: Path) -> ImageCard:
    """`card.json` of a model of pages. Raises CardError as `load_card`."""
    return _load(path, ImageCard, ImageInput)


def _raw(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CardError(f"{path.parent.name}: the card cannot be read ({error}).") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("input"), dict):
        raise CardError(f"{path.parent.name}: the card has no input; every card must state it.")
    if raw["input"].get("task") not in get_args(Task):
        found = raw["input"].get("task")
        raise CardError(f"{path.parent.name}: task is {found!r}; it must be one of {', '.join(get_args(Task))}.")
    return raw


def _load(path: Path, cls: type[C], kind: type[Any]) -> C:
    raw, where = _raw(path), path.parent.name
    if raw["input"]["task"] != KINDS[kind]:
        raise CardError(f"{where} is a model of kind {raw['input']['task']}, not {KINDS[kind]}; choose another.")
    kept = _strict(cls, raw, where)
    for name in ("not_for", "intended_use", "thresholds_from", "tested_on"):
        if not str(kept[name]).strip():
            raise CardError(f"{where}: the field {name} is empty; every card must state it.")
    kept["input"] = _input(kept["input"], f"{where}.input", kind)
    kept["labels"] = tuple(_label(item, f"{where}.labels") for item in kept["labels"])
    kept["heads"] = {key: (int(item[0]), int(item[1])) for key, item in kept.get("heads", {}).items()}
    kept["members"] = tuple(kept.get("members", ()))
    kept["metrics"] = {key: _figure(item, f"{where}.metrics.{key}") for key, item in kept["metrics"].items()}
    kept["subgroups"] = {
        group: {key: _figure(item, f"{where}.subgroups.{group}") for key, item in found.items()}
        for group, found in kept["subgroups"].items()
    }
    return cls(**kept)


def list_cards(folder: Path) -> list[ModelCard]:
    """The card of every model of 12-lead records below the models folder, sorted by name."""
    return [load_card(path) for path in _of_kind(folder, "ecg12")]


def list_beat_cards(folder: Path) -> list[BeatCard]:
    """The card of every model of single beats below the models folder, sorted by name."""
    return [load_beat_card(path) for path in _of_kind(folder, "beat")]


def list_image_cards(folder: Path) -> list[ImageCard]:
    """The card of every model of pages below the models folder, sorted by name."""
    return [load_image_card(path) for path in _of_kind(folder, "image")]


def kind_of(path: Path) -> Task:
    """Which kind of model a `card.json` belongs to. Raises CardError where it does not say."""
    task: Task = _raw(path)["input"]["task"]
    return task


def _of_kind(folder: Path, task: Task) -> list[Path]:
    return [path for path in sorted(folder.glob("*/card.json")) if kind_of(path) == task]
