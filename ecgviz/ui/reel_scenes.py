"""The scenes of the guided reel: six ECGs, what each shows about a model, and the claim that must hold for it.

A caption says only what was computed on the spot; where an installed model no longer bears a scene out, `caption` says
that instead. Three scenes have a recorded ECG, from the test fold of PTB-XL, which is shown where the library has it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ecgviz.datasets.library import Library
from ecgviz.errors import DataError
from ecgviz.record import Record
from ecgviz.results import Finding
from ecgviz.signals import edit, synthetic

__all__ = ["RECORDED", "SCENES", "Ask", "Scene", "Told", "caption", "scenes"]

Source = Callable[[], Record]


@dataclass(frozen=True)
class Told:
    """What was computed for a scene.

    findings: the answers to its asks, in order; heat: where the evidence for the first lies, in words; shares: share
    of that evidence and times chance by wave; flags: codes of the faults found in the first ask's record.
    """

    findings: tuple[Finding, ...]
    heat: str
    shares: dict[str, tuple[float, float]]
    flags: frozenset[str]


@dataclass(frozen=True, eq=False)
class Ask:
    """One question to one model; who: how its row is called."""

    who: str
    model: str
    label: str
    record: Source


@dataclass(frozen=True, eq=False)
class Scene:
    """shows: what the ECG is, known without any model; says: the finding of the first ask and the others in words;
    holds: whether the scene is what its title says; method: of the heat for the first ask."""

    key: str
    title: str
    shows: str
    asks: tuple[Ask, ...]
    says: Callable[[Told], str]
    holds: Callable[[Told], bool]
    method: str = "grad_cam"


def caption(scene: Scene, told: Told) -> str:
    """What the scene shows and what the models said; where they no longer say it, that."""
    if scene.holds(told):
        return f"{scene.shows} {scene.says(told)}"
    asked = "; ".join(f"{a.who}: {_of(f)}" for a, f in zip(scene.asks, told.findings, strict=True))
    return f"{scene.shows} The installed models no longer show what this scene was chosen for. {asked}."


def _of(finding: Finding) -> str:
    side = "above" if finding.positive else "below"
    return f"{finding.label} {finding.probability:.2f}, {side} its threshold of {finding.threshold:.2f}"


def _gallery(key: str) -> Source:
    return lambda: synthetic.simulate(key).record


def _altered(key: str, change: Callable[[Record], Record], name: str) -> Source:
    return lambda: replace(change(synthetic.simulate(key).record), name=name)


def _right(told: Told) -> str:
    return f"The model finds it: {_of(told.findings[0])}. {told.heat}"


def _wrong(told: Told) -> str:
    share, chance = told.shares["QRS of other shape"]
    return (
        f"The model calls the ECG normal: {_of(told.findings[0])}. Its question has no word for extra beats, and it "
        f"looks past them: the wide QRS hold {100 * share:.0f} % of the evidence, {chance:.1f} times what chance would "
        "give them."
    )


def _apart(told: Told) -> str:
    one, other = told.findings[:2]
    return f"Trained on the same records, two networks disagree. One says {_of(one)}; the other {_of(other)}."


def _swapped(told: Told) -> str:
    swapped, right = told.findings
    return (
        f"As recorded, the model says {_of(swapped)}; with the arms put right, {_of(right)}. "
        "The swap is flagged at the top."
    )


def _noisy(told: Told) -> str:
    noisy, clean = told.findings
    return (
        f"The model takes the noise for a pacemaker: {_of(noisy)}. The same ECG without noise: {_of(clean)}. "
        "Muscle noise is flagged at the top."
    )


def _strange(told: Told) -> str:
    tenfold, true = told.findings
    return (
        f"No heart gives such voltages, and the model is sure of hypertrophy all the same: {_of(tenfold)}. "
        f"At the true scale: {_of(true)}. The wrong scale is flagged at the top."
    )


_SUPER, _OTHER, _ALL = "resnet1d_wang_super", "xresnet1d101_super", "resnet1d_wang_all"
_STEMI = _gallery("anterior_stemi")

SCENES: tuple[Scene, ...] = (
    Scene(
        "right",
        "Right, and for the right reason",
        "Left bundle branch block, simulated: the QRS is broad, deep in V1 to V3 and notched in V5 and V6.",
        (Ask("Residual network, 71 statements", _ALL, "CLBBB", _gallery("left_bundle_branch_block")),),
        _right,
        lambda told: told.findings[0].positive and told.shares["QRS"][1] > 1.5,
        method="integrated_gradients",
    ),
    Scene(
        "wrong",
        "Wrong, and visibly why",
        "Ventricular bigeminy, simulated: every second beat is early and wide.",
        (Ask("Residual network, five superclasses", _SUPER, "NORM", _gallery("pvc_bigeminy")),),
        _wrong,
        lambda told: told.findings[0].positive and told.shares["QRS of other shape"][1] < 0.5,
    ),
    Scene(
        "disagreement",
        "Two models, two answers",
        "Anterior ST elevation infarction, simulated: ST is raised from V1 to V4 and R is lost.",
        (
            Ask("Residual network (Wang)", _SUPER, "MI", _STEMI),
            Ask("xresnet1d101", _OTHER, "MI", _STEMI),
            Ask("xresnet1d101", _OTHER, "NORM", _STEMI),
        ),
        lambda told: _apart(replace(told, findings=(told.findings[0], told.findings[2]))),
        lambda told: [f.positive for f in told.findings] == [True, False, True],
    ),
    Scene(
        "swapped",
        "Swapped arm electrodes",
        "A normal heart, simulated, with the arm electrodes swapped: lead I is upside down and aVR is upright.",
        (
            Ask("As recorded", _SUPER, "NORM", _gallery("swapped_arms")),
            Ask("Arms put right", _SUPER, "NORM", _altered("swapped_arms", edit.swap_arms, "Arms put right")),
        ),
        _swapped,
        lambda told: [f.positive for f in told.findings] == [False, True] and "lead_swap" in told.flags,
    ),
    Scene(
        "noise",
        "Noise",
        "Sinus rhythm, simulated, under 0.5 mV of muscle noise, as in a patient who shivers.",
        (
            Ask(
                "With the noise",
                _ALL,
                "PACE",
                _altered(
                    "sinus_rhythm",
                    partial(edit.add_noise, kind="muscle", level_mv=0.5),
                    "Sinus rhythm under muscle noise (simulated)",
                ),
            ),
            Ask("Without it", _ALL, "PACE", _gallery("sinus_rhythm")),
        ),
        _noisy,
        lambda told: [f.positive for f in told.findings] == [True, False] and "muscle_noise" in told.flags,
    ),
    Scene(
        "strange",
        "Nothing like the training records",
        "Sinus rhythm, simulated, ten times too large, as from a file with a wrong gain.",
        (
            Ask(
                "Ten times too large",
                _SUPER,
                "HYP",
                _altered(
                    "sinus_rhythm", partial(edit.amplify, factor=10.0), "Sinus rhythm ten times too large (simulated)"
                ),
            ),
            Ask("At its true scale", _SUPER, "HYP", _gallery("sinus_rhythm")),
        ),
        _strange,
        lambda told: [f.positive for f in told.findings] == [True, False] and "wrong_scale" in told.flags,
    ),
)

RECORDED: dict[str, tuple[str, str]] = {
    "right": (
        "ptb-xl/00618",
        "A recorded ECG of PTB-XL, which no model was trained on; its data set says complete left bundle branch block.",
    ),
    "wrong": (
        "ptb-xl/01416",
        "A recorded ECG of PTB-XL, which no model was trained on; its data set says ventricular premature beats and "
        "a conduction disturbance.",
    ),
    "disagreement": (
        "ptb-xl/00063",
        "A recorded ECG of PTB-XL, which no model was trained on; its data set says anteroseptal infarction.",
    ),
}
"""By scene: the identifier in the library, and what its data set says."""


def scenes(library: Library) -> tuple[Scene, ...]:
    """The scenes, with a recorded ECG in the place of the simulated one where the library has it."""
    return tuple(_recorded(scene, library) for scene in SCENES)


def _recorded(scene: Scene, library: Library) -> Scene:
    entry, shows = RECORDED.get(scene.key, ("", ""))
    try:
        there = bool(entry) and entry in library["ptb-xl"].table.index
    except DataError:
        there = False
    if not there:
        return scene
    asks = tuple(replace(ask, record=partial(library.read, entry)) for ask in scene.asks)
    return replace(scene, shows=shows, asks=asks)
