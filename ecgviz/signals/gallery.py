"""The entries of the simulator: what each shows, whose ECG it might be, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ecgviz.record import Record
from ecgviz.signals import edit, rhythms
from ecgviz.signals.rhythms import Atria, Rhythm

__all__ = ["GALLERY", "Entry"]

Group = Literal["rhythm", "morphology", "technical"]
Fault = Callable[[Record, int], Record]


@dataclass(frozen=True)
class Entry:
    """One simulated ECG: what it is called, what it teaches in one sentence, and its recipe.

    rhythm: when the beats come; atria: activity that never rests; fault: what went wrong in the recording, given
    the Record and the seed.
    """

    key: str
    title: str
    description: str
    group: Group
    age: float
    sex: Literal["F", "M"]
    rhythm: Rhythm = field(repr=False)
    atria: Atria | None = field(default=None, repr=False)
    fault: Fault | None = field(default=None, repr=False)


def _noisy(kind: edit.Noise, level_mv: float) -> Fault:
    return lambda record, seed: edit.add_noise(record, kind, level_mv, seed=seed)


_ENTRIES = (
    Entry(
        "sinus_rhythm",
        "Sinus rhythm",
        "Each QRS follows an upright P wave in II; R grows from V1 to V5 while S shrinks, and T goes with the QRS.",
        "rhythm",
        42,
        "F",
        rhythms.sinus(68),
    ),
    Entry(
        "sinus_bradycardia",
        "Sinus bradycardia",
        "The same waves below 60 a minute, here as in a trained athlete.",
        "rhythm",
        31,
        "M",
        rhythms.sinus(46, pr_ms=172, variation=0.035),
    ),
    Entry(
        "sinus_tachycardia",
        "Sinus tachycardia",
        "Sinus P waves above 100 a minute: P comes close to the T before it, and QT shortens with the cycle.",
        "rhythm",
        27,
        "F",
        rhythms.sinus(122, pr_ms=136, variation=0.01),
    ),
    Entry(
        "atrial_fibrillation",
        "Atrial fibrillation",
        "No P waves but a restless baseline, clearest in V1, and RR intervals without any pattern.",
        "rhythm",
        74,
        "M",
        rhythms.fibrillation(94),
        atria=rhythms.fibrillatory_waves,
    ),
    Entry(
        "atrial_flutter",
        "Atrial flutter",
        "A sawtooth of about 300 waves a minute, negative in II, III and aVF; every second to fourth is conducted.",
        "rhythm",
        68,
        "M",
        rhythms.flutter(),
        atria=rhythms.flutter_waves,
    ),
    Entry(
        "first_degree_av_block",
        "First degree AV block",
        "Every P wave is conducted, but late: PR is longer than 200 ms and constant.",
        "rhythm",
        71,
        "M",
        rhythms.sinus(64, pr_ms=284),
    ),
    Entry(
        "pvc_bigeminy",
        "Ventricular bigeminy",
        "Every second beat is early and wide with no P before it, T against its QRS; the pause is compensatory.",
        "rhythm",
        58,
        "F",
        rhythms.bigeminy(82),
    ),
    Entry(
        "premature_atrial_complexes",
        "Premature atrial complexes",
        "Some beats come early with a P of another shape and a narrow QRS; the pause is less than compensatory.",
        "rhythm",
        63,
        "F",
        rhythms.premature_atrial(70),
    ),
    Entry(
        "paced_rhythm",
        "Ventricular paced rhythm",
        "A narrow spike before each wide QRS; paced in the right ventricular apex, so inferior leads are negative.",
        "rhythm",
        79,
        "M",
        rhythms.sinus(70, pr_ms=None, shape="paced", variation=0.0, paced=True),
    ),
    Entry(
        "left_bundle_branch_block",
        "Left bundle branch block",
        "QRS above 120 ms, broad and notched in I, aVL, V5 and V6, deep in V1 to V3; ST and T point the other way.",
        "morphology",
        69,
        "F",
        rhythms.sinus(72, pr_ms=178, shape="lbbb"),
    ),
    Entry(
        "right_bundle_branch_block",
        "Right bundle branch block",
        "QRS above 120 ms with a second, taller R in V1 and a wide S in I and V6.",
        "morphology",
        66,
        "M",
        rhythms.sinus(70, pr_ms=168, shape="rbbb"),
    ),
    Entry(
        "anterior_stemi",
        "Anterior ST elevation infarction",
        "ST elevation from V1 to V4 with lost R waves; the inferior leads show the mirror image.",
        "morphology",
        57,
        "M",
        rhythms.sinus(88, pr_ms=158, shape="anterior_stemi"),
    ),
    Entry(
        "inferior_q_waves",
        "Old inferior infarction",
        "Wide, deep Q waves and inverted T waves in II, III and aVF.",
        "morphology",
        64,
        "M",
        rhythms.sinus(66, pr_ms=170, shape="inferior_q"),
    ),
    Entry(
        "left_ventricular_hypertrophy",
        "Left ventricular hypertrophy",
        "S in V1 plus R in V5 exceeds 3.5 mV; ST slopes down into inverted T in I, aVL, V5 and V6 (strain).",
        "morphology",
        61,
        "M",
        rhythms.sinus(70, pr_ms=172, shape="lvh"),
    ),
    Entry(
        "long_qt",
        "Long QT interval",
        "QTc is above 500 ms: a long flat ST segment and a late T wave.",
        "morphology",
        24,
        "F",
        rhythms.sinus(66, pr_ms=154, shape="long_qt"),
    ),
    Entry(
        "swapped_arms",
        "Swapped arm electrodes",
        "P, QRS and T are upside down in I, and aVR is upright, while the chest leads are normal.",
        "technical",
        45,
        "M",
        rhythms.sinus(72),
        fault=lambda record, _: edit.swap_arms(record),
    ),
    Entry(
        "lead_off",
        "Chest electrode off",
        "V3 is a flat line: its electrode fell off; whatever V3 would have shown is unknown.",
        "technical",
        52,
        "F",
        rhythms.sinus(70),
        fault=lambda record, _: edit.drop_lead(record, "V3"),
    ),
    Entry(
        "mains_hum",
        "Mains hum",
        "A regular 50 Hz ripple thickens the line; a notch filter hides it, a better ground removes it.",
        "technical",
        38,
        "F",
        rhythms.sinus(74),
        fault=_noisy("mains_50", 0.06),
    ),
    Entry(
        "baseline_wander",
        "Baseline wander",
        "Breathing and movement carry the whole trace up and down, so ST levels cannot be judged.",
        "technical",
        49,
        "M",
        rhythms.sinus(70),
        fault=_noisy("wander", 0.35),
    ),
    Entry(
        "muscle_noise",
        "Muscle noise",
        "Irregular fast ripple from tense or shivering muscles hides P waves and imitates fibrillation.",
        "technical",
        35,
        "M",
        rhythms.sinus(78),
        fault=_noisy("muscle", 0.06),
    ),
)
GALLERY: dict[str, Entry] = {entry.key: entry for entry in _ENTRIES}
