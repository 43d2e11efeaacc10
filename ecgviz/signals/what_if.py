"""What if the recording were different: a set of changes to one Record, each of them neutral unless it is set."""

from dataclasses import dataclass, replace

from ecgviz.record import Patient, Record, worst_first
from ecgviz.signals import edit, quality

__all__ = ["Changes", "changed"]


@dataclass(frozen=True)
class Changes:
    """What is done to a recording; the defaults leave every bit as it was.

    rate: factor of the heart rate; swap_arms: right and left; mains_mv, wander_mv, muscle_mv: noise of about so much
    RMS in the chest leads, the hum at mains_hz (50 or 60); gain: factor of the amplitude; low_pass_hz: None for none;
    dropped: leads made flat; later_s: seconds cut from the start; patient: another age and sex, None for the record's.
    """

    rate: float = 1.0
    swap_arms: bool = False
    mains_mv: float = 0.0
    mains_hz: int = 50
    wander_mv: float = 0.0
    muscle_mv: float = 0.0
    gain: float = 1.0
    low_pass_hz: float | None = None
    dropped: tuple[str, ...] = ()
    later_s: float = 0.0
    patient: Patient | None = None


def changed(record: Record, changes: Changes) -> Record:
    """The record after all changes, in the order of their fields: heart, electrodes, amplifier, recorder, person.

    The very same record where nothing changes. The flags of the recording are found anew. Raises RecordError for what
    cannot be done to it.
    """
    made = _edited(record, changes)
    if changes.patient is not None and changes.patient != record.patient:
        made = replace(made, patient=changes.patient)
    if made is record:
        return record
    kept = [flag for flag in record.flags if flag.code not in quality.CODES]
    return replace(made, flags=worst_first(kept, quality.check(made)))


def _edited(record: Record, changes: Changes) -> Record:
    made = record
    if changes.rate != 1:
        made = edit.faster(made, changes.rate)
    if changes.swap_arms:
        made = edit.swap_arms(made)
    hum: edit.Noise = "mains_60" if changes.mains_hz == 60 else "mains_50"
    noises: tuple[tuple[edit.Noise, float], ...] = (
        (hum, changes.mains_mv),
        ("wander", changes.wander_mv),
        ("muscle", changes.muscle_mv),
    )
    for kind, level_mv in noises:
        if level_mv:
            made = edit.add_noise(made, kind, level_mv)
    if changes.gain != 1:
        made = edit.amplify(made, changes.gain)
    if changes.low_pass_hz is not None:
        made = edit.low_pass(made, changes.low_pass_hz)
    for lead in changes.dropped:
        made = edit.drop_lead(made, lead)
    return edit.later(made, changes.later_s) if changes.later_s else made
