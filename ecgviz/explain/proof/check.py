"""The checks of one heat, each with a word, a number and a sentence."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ModelError
from ecgviz.explain import BASELINES, CHECKS, METHODS
from ecgviz.explain._explain import explain
from ecgviz.explain._trial import Trial, trial
from ecgviz.explain.proof import agreement, jitter, removal, weights
from ecgviz.explain.proof.limits import LITTLE, UNSEEN, shuffled_verdict, verdict
from ecgviz.record import Record
from ecgviz.results import Check, Curve, Verdict
from ecgviz.zoo._checkpoints import Model

__all__ = ["Case", "case", "check"]

SHARE = 0.1
OTHERS = ("grad_cam", "guided_grad_cam", "integrated_gradients", "gradient_x_input")
"""Methods that a map is compared with: those that cost little."""


@dataclass(frozen=True, eq=False)
class Case:
    """A heat, (leads or 1, samples) unscaled, and how it was made."""

    trial: Trial
    method: str
    layer: str
    heat: NDArray[np.float32]

    @cached_property
    def copies(self) -> NDArray[np.float32]:
        """The heat of jittered copies."""
        return jitter.jittered(self.trial, self.method, self.layer)

    @property
    def probability(self) -> float:
        """Of the unaltered record."""
        return self.of(self.trial.logit)

    def of(self, logit: float) -> float:
        """The probability of a logit."""
        return float(self.trial.probability(np.array([logit]))[0])


def case(model: Model, record: Record, label: str, method: str, layer: str = "") -> Case:
    """Raises as `explain.explain` does."""
    asked = trial(model, record, label)
    return Case(asked, method, layer, asked.heat(method, layer))


def check(
    model: Model, record: Record, label: str, method: str, which: Sequence[str], layer: str = ""
) -> tuple[Check, ...]:
    """See `ecgviz.explain.check`."""
    if unknown := [name for name in which if name not in CHECKS]:
        raise ModelError(f"There is no check {unknown[0]!r}; choose from {', '.join(CHECKS)}.")
    on_trial = case(model, record, label, method, layer)
    forward = min(_seconds(lambda: on_trial.trial.logits(on_trial.trial.signal[None])) for _ in range(3))
    found = []
    for name in which:
        begun = time.thread_time()
        made = _MADE[name](on_trial)
        found.append(replace(made, cost=(time.thread_time() - begun) / forward))
    return tuple(found)


def _seconds(run: Callable[[], object]) -> float:
    begun = time.thread_time()
    run()
    return time.thread_time() - begun


def _take_away(on: Case) -> Check:
    without, random = removal.removed(on.trial, on.heat, SHARE)
    before, after = on.probability, on.of(without)
    chance = float(on.trial.probability(random).mean())
    text = (
        f"Without the strongest {100 * SHARE:.0f} % of the heat the probability goes from {before:.2f} to {after:.2f}; "
        f"without as much at random places to {chance:.2f} (mean of {len(random)} draws)."
    )
    said = verdict("take_away", float(np.mean(random > without)))
    said, text = _slight(on, said, text, chance - after)
    return Check("take_away", said, before - after, "fall of the probability", text)


def _slight(on: Case, said: Verdict, text: str, gain: float) -> tuple[Verdict, str]:
    """A removal that can or does change next to nothing proves next to nothing."""
    if on.probability < LITTLE:
        return "doubtful", f"{text} At {on.probability:.2f} there is little to take away, so this proves little."
    if said == "passes" and gain < UNSEEN:
        return "doubtful", f"{text} The difference is slight: the rest of the record says the same."
    return said, text


def _deletion(on: Case) -> Check:
    found = removal.rivals(on.trial, on.heat)
    mine, chance = _areas(on, found)
    text = (
        f"While ever more is removed, strongest heat first, the probability averages {mine:.2f}; "
        f"at random places {chance:.2f} (better than {_draws(found)})."
    )
    return _removal("deletion", on, found, chance - mine, text)


def _insertion(on: Case) -> Check:
    found = removal.rivals(on.trial, on.heat, keeping=True)
    mine, chance = _areas(on, found)
    text = (
        f"While ever more of a flat line is filled in, strongest heat first, the probability averages {mine:.2f}; "
        f"at random places {chance:.2f} (better than {_draws(found)})."
    )
    return _removal("insertion", on, found, mine - chance, text)


def _areas(on: Case, found: removal.Rivals) -> tuple[float, float]:
    """Mean probability over the shares: of the heat, and of the random places together."""
    curves = on.trial.probability(np.vstack([found.heat, found.random]))
    areas = found.area(curves)
    return float(areas[0]), float(areas[1:].mean())


def _draws(found: removal.Rivals) -> str:
    return f"{round(found.beaten * len(found.random))} of {len(found.random)} draws"


def _removal(name: str, on: Case, found: removal.Rivals, gain: float, text: str) -> Check:
    said = verdict(name, found.beaten)
    if found.better and on.method not in BASELINES:
        said = "doubtful" if said == "passes" else said
        text += f" No better than what asks no model: {_listed(found.better)}."
    said, text = _slight(on, said, text, gain)
    at = np.array([0, *removal.SHARES, 1])
    random = on.trial.probability(found.random)
    lines = {"heat": on.trial.probability(found.heat), "random places": random.mean(axis=0)}
    lines |= {"random, lowest": random.min(axis=0), "random, highest": random.max(axis=0)}
    lines |= {BASELINES[key]: on.trial.probability(curve) for key, curve in found.trivial.items()}
    axes = ("share of the trace kept" if found.keeping else "share of the trace removed", "probability")
    curves = tuple(Curve(key, at, np.asarray(y)) for key, y in lines.items())
    return Check(name, said, gain, "probability gained over random places", text, curves, axes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(BASELINES[name].lower() if name != "qrs_mask" else BASELINES[name] for name in names)


def _randomisation(on: Case) -> Check:
    found = weights.cascade(on.trial, on.heat, on.method, on.layer)
    size, sign = float(found.size.mean()), float(found.sign.mean())
    said = shuffled_verdict(size, sign)
    text = f"With all weights of the network shuffled, the heat correlates by {size:.2f} with the real one"
    if said == "passes":
        text += ": the picture depends on what the model has learnt."
    elif sign < size - UNSEEN:
        text += f", with its sign by {sign:.2f}: how strong it is follows the trace, for or against follows the model."
    elif said == "doubtful":
        text += ": part of the picture comes from the trace and the method, not from what the model has learnt."
    else:
        text += ": the picture looks the same without what the model has learnt."
    curve = Curve("rank correlation", np.linspace(0, 1, len(found.stages)), found.stages)
    axes = ("share of the layers shuffled, from the head", "rank correlation")
    return Check("randomisation", said, size, "rank correlation", text, (curve,), axes)


def _infidelity(on: Case) -> Check:
    number, trivial = removal.foretold(on.trial, on.heat)
    said = verdict("infidelity", number)
    text = f"The heat in a stretch foretells {100 * (1 - number):.0f} % of how the answer changes without that stretch."
    best = min(trivial, key=lambda name: trivial[name])
    if trivial[best] <= number and on.method not in BASELINES:
        said = "doubtful" if said == "passes" else said
        text += f" What asks no model foretells as much: {_listed([best])}, {100 * (1 - trivial[best]):.0f} %."
    return Check("infidelity", said, number, "share not foretold", text)


_TINY = f"noise of {1000 * jitter.NOISE_MV:.0f} µV, {100 * jitter.GAIN:.0f} % of amplitude, one sample of shift"


def _sensitivity(on: Case) -> Check:
    number = jitter.sensitivity(on.heat, on.copies)
    text = f"Changes that nobody would notice ({_TINY}) move the heat by up to {100 * number:.0f} % of its size."
    return Check("sensitivity", verdict("sensitivity", number), number, "share of the heat", text)


def _stability(on: Case) -> Check:
    number = jitter.unsteadiness(on.copies)
    text = (
        f"Over {jitter.COPIES} copies with changes that nobody would notice ({_TINY}), the heat varies by "
        f"{100 * number:.0f} % (standard deviation)."
    )
    along = on.copies.mean(axis=1, dtype=np.float64)
    scale = float(np.abs(along.mean(axis=0)).max()) or 1.0
    at = on.trial.record.start_s + np.arange(along.shape[1]) / on.trial.fs
    lines = (Curve("mean", at, along.mean(axis=0) / scale), Curve("SD", at, along.std(axis=0) / scale))
    said = verdict("stability", number)
    return Check("stability", said, number, "share of the heat", text, lines, ("s", "heat, mean of the leads"))


def _agreement(on: Case) -> Check:
    found = {}
    label = on.trial.model.card.label_names[on.trial.label]
    for name in (on.method, *(other for other in OTHERS if other != on.method)):
        try:
            found[name] = explain(on.trial.model, on.trial.record, label, name, on.layer if name == on.method else "")
        except ModelError:  # a method that cannot explain this network has no say
            continue
    rows = agreement.matrix(list(found.values()))[0, 1:]
    others = [(METHODS | BASELINES)[name] for name in list(found)[1:]]
    number = float(rows.mean()) if rows.size else 0.0
    each = ", ".join(f"{name} {value:.2f}" for name, value in zip(others, rows, strict=True))
    text = f"Its places agree by {number:.2f} with those of other methods ({each}); 1 is the same, 0 is chance."
    curves = tuple(Curve(name, np.zeros(1), np.array([value])) for name, value in zip(others, rows, strict=True))
    axes = ("", "rank correlation")
    return Check("agreement", verdict("agreement", number), number, "rank correlation", text, curves, axes)


_MADE: dict[str, Callable[[Case], Check]] = {
    "take_away": _take_away,
    "deletion": _deletion,
    "insertion": _insertion,
    "randomisation": _randomisation,
    "infidelity": _infidelity,
    "sensitivity": _sensitivity,
    "stability": _stability,
    "agreement": _agreement,
}
