"""R-peak detectors on all 48 records of MIT-BIH: what they find, what they invent, how near the peak, at what cost.

ECGVIZ_DATA names the folder with `mitdb`. Settings of our detector were chosen on DS1 (de Chazal's training half), so
DS2 shows whether they hold. Beats are paired within 150 ms. Every found beat counts, also in the ventricular flutter
of record 207; the last column leaves it out, as EC57 does.
"""

import json
import os
import statistics
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from benchmarks import Measure
from ecgviz.evaluate.beat_detection import Agreement, compare, pooled
from ecgviz.readers import read, read_annotations, read_rhythm
from ecgviz.record import Record
from ecgviz.signals.beats import r_peaks

Array = NDArray[np.float64]
Spans = list[tuple[float, float]]
Pair = tuple[Agreement, Agreement]


class Case(NamedTuple):
    """A recording with the times of its beats and of its ventricular flutter in s."""

    record: Record
    beats_s: Array
    flutter_s: Spans


def _sleepecg(record: Record) -> Array:
    import sleepecg

    return np.asarray(sleepecg.detect_heartbeats(record.signal[0].astype(np.float64), record.fs) / record.fs)


def _neurokit(method: str) -> Callable[[Record], Array]:
    def detect(record: Record) -> Array:
        import neurokit2

        clean = neurokit2.ecg_clean(record.signal[0].astype(np.float64), record.fs, method=method)
        found = neurokit2.ecg_findpeaks(clean, record.fs, method=method)["ECG_R_Peaks"]
        return np.unique(np.asarray(found, dtype=np.float64)) / record.fs

    return detect


def _xqrs(record: Record) -> Array:
    from wfdb.processing import XQRS

    detector: Any = XQRS(record.signal[0].astype(np.float64), record.fs)
    detector.detect(verbose=False)
    return np.asarray(detector.qrs_inds, dtype=np.float64) / record.fs


def _first_lead(record: Record) -> Array:
    return r_peaks(record.pick(record.leads[:1]))


def _at_128_hz(record: Record) -> Array:
    return r_peaks(
        record.with_signal(resample_poly(record.signal.astype(np.float64), 16, 45, axis=1), "128 Hz", fs=128.0)
    )


DETECTORS: dict[str, Callable[[Record], Array]] = {
    "ours, both leads": r_peaks,
    "ours, both leads, 128 Hz": _at_128_hz,
    "ours, first lead": _first_lead,
    "sleepecg": _sleepecg,
    "NeuroKit2 pantompkins1985": _neurokit("pantompkins1985"),
    "NeuroKit2 emrich2023": _neurokit("emrich2023"),
    "wfdb xqrs": _xqrs,
}


def cases(folder: Path) -> dict[str, Case]:
    """The 48 records by name."""
    found = {}
    for header in sorted(folder.glob("*.hea")):
        spans = [(span.start_s, span.end_s) for span in read_rhythm(header) if span.name == "VFL"]
        found[header.stem] = Case(read(header), read_annotations(header).times_s, spans)
    return found


def judged(
    detect: Callable[[Record], Array], found: dict[str, Case]
) -> tuple[dict[str, tuple[Agreement, Agreement]], float]:
    """Each record counted plainly and by EC57, and the CPU seconds of a median record."""
    results, seconds = {}, []
    for name, case in found.items():
        begun = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peaks = detect(case.record)
        seconds.append(time.process_time() - begun)
        results[name] = compare(case.beats_s, peaks), compare(case.beats_s, peaks, excluded=case.flutter_s)
    return results, statistics.median(seconds)


def _two(agreement: Agreement) -> str:
    return f"{100 * agreement.sensitivity:6.2f} /{100 * agreement.predictivity:6.2f}"


def main() -> list[Measure]:
    """Print the table; the limits are those of our own detector."""
    folder = Path(os.environ.get("ECGVIZ_DATA", ""), "mitdb")
    if not folder.is_dir():
        print("set ECGVIZ_DATA to the folder that holds mitdb")
        return []
    split = json.loads((folder / "inter_patient_split.json").read_text())
    found = cases(folder)
    groups = {"DS1": split["DS1"]["records"], "DS2": split["DS2"]["records"], "all 48": list(found)}
    print(f"{'Se / +P in %':<26}" + "".join(f"{name:>16}" for name in (*groups, "all, EC57", "error", "CPU s")))
    measures: list[Measure] = []
    for name, detect in DETECTORS.items():
        with suppress(ImportError):
            results, seconds = judged(detect, found)
            rows = [pooled(results[key][0] for key in keys) for keys in groups.values()]
            every, standard = rows[-1], pooled(pair[1] for pair in results.values())
            texts = [*map(_two, rows), _two(standard), f"{every.median_error_ms:.1f} ms", f"{seconds:.3f}"]
            print(f"{name:<26}" + "".join(f"{text:>16}" for text in texts), flush=True)
            hard = sorted(results, key=lambda key: -(results[key][0].missed + results[key][0].false))[:5]
            print("  most errors: " + ", ".join(f"{k} -{results[k][0].missed} +{results[k][0].false}" for k in hard))
            measures = measures or _limits(every, seconds)
    return measures


def _limits(ours: Agreement, seconds: float) -> list[Measure]:
    return [
        Measure("missed beats, both leads, all records", 100 * (1 - ours.sensitivity), "%", 0.4),
        Measure("false beats, both leads, all records", 100 * (1 - ours.predictivity), "%", 0.4),
        Measure("median distance from the peak", ours.median_error_ms, "ms", 10.0),
        Measure("30 minutes of two leads", seconds, "s", 0.5),
    ]


if __name__ == "__main__":
    main()
