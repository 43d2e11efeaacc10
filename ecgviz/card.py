"""What must be known of a model before its number is shown: the card that travels with every set of weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from ecgviz.errors import CardError

__all__ = ["Figure", "InputSpec", "LabelSpec", "ModelCard", "list_cards", "load_card"]

Task = Literal["ecg12", "beat", "image"]
Aggregate = Literal["mean", "max"]


@dataclass(frozen=True)
class InputSpec:
    """All that `prepare` needs besides the Record.

    leads in the network's order; fs in Hz; a window of `seconds` every `stride_s`, at most `max_windows` of them; a
    shorter record is one window of its own length, down to the `shortest_s` that training used; band_hz: zero-phase
    band kept; scale_mv: mV that become 1; aggregate: how the windows' logits become one.
    """

    task: Task
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
class ModelCard:
    """The card of one model, a network and a task; see `load_card`. `metrics` are those of `report.json`.

    task: the vocabulary of its labels, such as `ptbxl_super`. heads: for the weights beside this card, the first and
    the end of each task's outputs; empty where the labels are all of them. members: the checkpoints whose weights this
    model uses instead of its own; one gives a view on another of its heads, several an ensemble that averages logits.
    set_threshold: labels at or above this probability form the set that misses 10 % of true labels on average.
    """

    name: str
    title: str
    task: str
    architecture: str
    config: dict[str, Any]
    input: InputSpec
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

    @property
    def label_names(self) -> tuple[str, ...]:
        """Abbreviations in the order of the outputs."""
        return tuple(label.name for label in self.labels)

    def to_json(self) -> str:
        """The card as it is kept beside the weights."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


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


def _input(raw: Any, where: str) -> InputSpec:
    kept = _strict(InputSpec, raw, where)
    if kept["task"] not in get_args(Task):
        raise CardError(f"{where}: task is {kept['task']!r}; it must be one of {', '.join(get_args(Task))}.")
    return InputSpec(**kept | {"leads": tuple(kept["leads"]), "band_hz": tuple(kept["band_hz"])})


def _label(raw: Any, where: str) -> LabelSpec:
    kept = _strict(LabelSpec, raw, where)
    return LabelSpec(**kept | {"codes": tuple(kept["codes"]), "platt": tuple(kept.get("platt", (1.0, 0.0)))})


def load_card(path: Path) -> ModelCard:
    """Read `card.json`. Raises CardError for a missing, unknown or empty field: a card has no defaults for facts."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CardError(f"{path.parent.name}: the card cannot be read ({error}).") from error
    where = path.parent.name
    kept = _strict(ModelCard, raw, where)
    for name in ("not_for", "intended_use", "thresholds_from", "tested_on"):
        if not str(kept[name]).strip():
            raise CardError(f"{where}: the field {name} is empty; every card must state it.")
    kept["input"] = _input(kept["input"], f"{where}.input")
    kept["labels"] = tuple(_label(item, f"{where}.labels") for item in kept["labels"])
    kept["heads"] = {key: (int(item[0]), int(item[1])) for key, item in kept.get("heads", {}).items()}
    kept["members"] = tuple(kept.get("members", ()))
    kept["metrics"] = {key: _figure(item, f"{where}.metrics.{key}") for key, item in kept["metrics"].items()}
    kept["subgroups"] = {
        group: {key: _figure(item, f"{where}.subgroups.{group}") for key, item in found.items()}
        for group, found in kept["subgroups"].items()
    }
    return ModelCard(**kept)


def list_cards(folder: Path) -> list[ModelCard]:
    """Every card below the models folder, sorted by name."""
    return [load_card(path) for path in sorted(folder.glob("*/card.json"))]
