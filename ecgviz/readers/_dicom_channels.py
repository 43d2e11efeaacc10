"""The elements of one DICOM waveform channel: numbers, unit, calibration, lead and filters, each checked.

Source: DICOM PS3.3 C.10.9 (waveform module), PS3.16 CID 3001 (ECG leads).
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.readers._common import Given, is_lead, lead_name, millivolts
from ecgviz.readers._source import shown
from ecgviz.record import Flag

__all__ = ["calibration", "filters", "lead_of", "left_out", "number", "text_of", "unit_of", "whole"]

# The last number of the SCP-ECG and MDC lead codes, which agree
_LEADS = dict(enumerate(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6", "V7"), 1))
_LEADS |= {11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 16: "vx", 17: "vy", 18: "vz"}
_LEADS |= {61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 66: "V8", 67: "V9"}
_LEAD_WORD = re.compile(r"\b(aV[RLF]|V[1-9]R?|I{1,3})\b", re.IGNORECASE)


def text_of(item: Any, keyword: str) -> str:
    value = item.get(keyword, None)  # a stored 0 is false but not absent
    return "" if value is None else str(value).replace("\0", " ").strip()


def number(item: Any, keyword: str, where: str) -> float | None:
    """A decimal element, None where it is absent or empty. Raises ReadError where it is no finite number."""
    text = text_of(item, keyword)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReadError(f"{where}: {keyword} is {shown(text)!r}, which is no number; export the file again.")
    return value


def whole(item: Any, keyword: str, where: str) -> int:
    value = number(item, keyword, where)
    if value is None or value != int(value) or value < 1:
        raise ReadError(f"{where}: {keyword} is {shown(text_of(item, keyword)) or 'absent'}; export the file again.")
    return int(value)


def left_out(name: str, unit: str, where: str) -> Flag:
    if is_lead(name):
        raise ReadError(f"{where}: lead {name} is in {shown(unit)!r}, not in volts; export the file again.")
    return Flag(
        "left_out", f"{name} is in {shown(unit)}, not in volts, and was left out.", "Only ECG is shown.", "info"
    )


def unit_of(definition: Any) -> str:
    """The unit's code without the NUL bytes some devices pad with; `""` where there is none."""
    units = definition.get("ChannelSensitivityUnitsSequence", None)
    return text_of(units[0], "CodeValue") if units else ""


def calibration(definition: Any, unit: str, name: str, given: Given, where: str) -> tuple[float, float, bool]:
    """mV of one step, mV of a stored 0, and whether the user's unit was needed."""
    sensitivity = number(definition, "ChannelSensitivity", where)
    correction = number(definition, "ChannelSensitivityCorrectionFactor", where)
    correction = 1.0 if correction is None else correction
    baseline = number(definition, "ChannelBaseline", where) or 0.0
    for keyword, value in (("ChannelSensitivity", sensitivity), ("ChannelSensitivityCorrectionFactor", correction)):
        if value is not None and not 1e-9 <= value <= 1e9:
            raise ReadError(f"{where}: the {keyword} of {name} is {value:g}; it must be positive. Export again.")
    if (sensitivity is None or not unit) and given.unit is None:
        lacking = "unit" if sensitivity is not None else "sensitivity"
        text = f"{where}: {name} has no {lacking}, so its amplitude is unknown; give the unit of one step"
        raise NeedsInputError(f"{text} (such as '5 uV').", ("unit",))
    factor = millivolts(unit) if unit else None
    if factor is not None and given.unit is not None and sensitivity is not None:
        if not math.isclose(given.unit.mv, factor):
            raise ReadError(f"{where} says {shown(unit)}, but {given.unit.text} was given; leave the unit empty.")
        return sensitivity * correction * factor, baseline * factor, False
    if given.unit is None or (factor is not None and sensitivity is not None):
        return (sensitivity or 0.0) * correction * (factor or 0.0), baseline * (factor or 0.0), False
    return (sensitivity or 1.0) * correction * given.unit.mv, baseline * given.unit.mv, True


def _by_code(code: str) -> str:
    """The lead of an SCP-ECG (`5.6.3-9-n`), MDC (`2:n`, `MDC_ECG_LEAD_n`) or ISO/IEEE 11073 (131328 + n) code."""
    if match := re.fullmatch(r"(?:5\.6\.3-9-|2:)(\d{1,3})", code):
        return _LEADS.get(int(match[1]), "")
    if re.fullmatch(r"131[34]\d\d", code):
        return _LEADS.get(int(code) - 131_328, "")
    name = lead_name(code)
    return name if is_lead(name) else ""


def lead_of(definition: Any, where: str) -> tuple[str, list[Flag]]:
    """The lead by its code, else by its words; a flag where the two contradict each other."""
    sources = definition.get("ChannelSourceSequence", None)
    code = text_of(sources[0], "CodeValue") if sources else ""
    words = (text_of(sources[0], "CodeMeaning") if sources else "") or text_of(definition, "ChannelLabel")
    by_code = _by_code(code)
    found = _LEAD_WORD.search(words)
    by_words = lead_name(found[1]) if found else lead_name(words.partition("(")[0])
    if by_code and is_lead(by_words) and by_words != by_code:
        text = f"The file calls one channel {by_code} by its code and {by_words} in words; {by_code} is shown."
        return by_code, [Flag("lead_name_conflict", text, "Compare with the original printout.", "error", by_code)]
    return by_code or by_words, []


def filters(
    definitions: Sequence[Any], where: str
) -> tuple[tuple[float | None, float | None], tuple[str, ...], list[Flag]]:
    """The recording band and notch of the first channel, and a flag for channels sampled at shifted times."""
    first = definitions[0]
    low, high = (number(first, f"Filter{what}Frequency", where) for what in ("Low", "High"))
    notch = number(first, "NotchFilterFrequency", where)
    skews = [number(d, "ChannelSampleSkew", where) or 0.0 for d in definitions]
    flags = []
    if max(skews) - min(skews) >= 1:
        text = f"Channels are shifted by up to {max(skews) - min(skews):g} samples against each other."
        flags.append(Flag("skew", text, "Times between leads are not exact.", "info"))
    return (low, high), (f"notch {notch:g} Hz",) if notch else (), flags
