"""Read any supported ECG file into a Record in mV.

One format is one module of this folder: `LABEL`, `SUFFIXES`, `sniff(name, head)` (0 to 1, how surely the content is of
this format) and `read(source, given)`; where a recording spans several files, also `choose(sources)`, the main one.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import ModuleType

from ecgviz.errors import ReadError, UnknownFormatError
from ecgviz.readers._common import Given
from ecgviz.readers._source import Source, from_path, from_upload, shown
from ecgviz.readers._strangers import what_it_is
from ecgviz.readers.annotations import RhythmSpan, Wave, read_annotations, read_rhythm, read_waves
from ecgviz.record import Record

__all__ = ["FORMATS", "RhythmSpan", "Wave", "read", "read_annotations", "read_rhythm", "read_waves"]


def _plug_ins() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(module for module in modules if hasattr(module, "sniff"))


FORMATS: tuple[ModuleType, ...] = _plug_ins()


def read(
    files: str | PathLike[str] | Mapping[str, bytes],
    *,
    fs: float | None = None,
    unit: str | None = None,
    leads: Sequence[str] | None = None,
    age: float | None = None,
    sex: str | None = None,
) -> Record:
    """Read one recording: a path (companion files beside it) or an upload {file name: content} in any order.

    fs in Hz, unit (`mV`, `uV`, or one step such as `5 uV`), leads in stored order, age in years and sex (F or M) are
    for files that lack them; they never override what a file states. The format is known by content, not by name.
    Returns a Record in mV; what is doubtful in the file stands in its flags.

    Raises NeedsInputError (`missing`: some of fs, unit, leads) where the file lacks what only the user knows,
    UnknownFormatError where no reader knows the content, ReadError for everything else that is wrong with the file.
    """
    given = Given.of(fs, unit, None if leads is None else tuple(leads), age, sex)
    sources = list(from_upload(files).values()) if isinstance(files, Mapping) else [from_path(Path(files))]
    module, source = _main(sources)
    record: Record = module.read(source, given)
    return record


def _main(sources: Sequence[Source]) -> tuple[ModuleType, Source]:
    """The format and the main file among these."""
    claims = [(source, *_format_of(source)) for source in sources]
    best = max(certainty for _, _, certainty in claims)
    strong = [(source, module) for source, module, certainty in claims if certainty > 0]
    if not strong or best <= 0:
        raise UnknownFormatError(what_it_is(sources[0]))
    modules = {module for _, module in strong}
    if len(strong) == 1:
        return strong[0][1], strong[0][0]
    module = next(module for _, module, certainty in claims if certainty == best)
    if len(modules) == 1 and hasattr(module, "choose"):
        return module, module.choose([source for source, _ in strong])
    names = ", ".join(shown(source.name) for source, _ in strong[:4])
    raise ReadError(f"{len(strong)} recordings were uploaded together ({names}); upload one at a time.")


def _format_of(source: Source) -> tuple[ModuleType, float]:
    head = source.head()
    return max(((module, module.sniff(source.name, head)) for module in FORMATS), key=lambda claim: claim[1])
