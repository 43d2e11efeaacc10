"""What a WFDB header says before any sample is read: enough to list a folder of records, never enough to trust one.

Source: WFDB header format, https://physionet.org/physiotools/wag/header-5.htm.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Header", "find", "peek"]

_LONGEST = 200_000
_DEEPEST = 8
_AGE_SEX = re.compile(r"^(\d{1,3}) ([FM])\b")


@dataclass(frozen=True)
class Header:
    """fs in Hz and leads as written, None or empty where the text does not say; comments without their `#`."""

    fs: float | None
    seconds: float | None
    leads: tuple[str, ...]
    files: tuple[str, ...]
    segments: int
    age: float | None
    sex: Literal["F", "M"] | None
    comments: tuple[str, ...]

    def comment(self, key: str) -> str:
        """The text after `key:` in the comments, empty where there is none."""
        found = (text.partition(":")[2].strip() for text in self.comments if text.lower().startswith(f"{key.lower()}:"))
        return next(found, "")


def _number(text: str) -> float | None:
    found = re.match(r"\d+(\.\d+)?", text)
    return float(found.group()) if found else None


def _age(header_comments: tuple[str, ...]) -> tuple[float | None, Literal["F", "M"] | None]:
    """MIT-BIH writes `69 M 1085 1629 x1`, the Challenge `Age: 74`, LUDB `<age>: 51`."""
    age: float | None = None
    sex: Literal["F", "M"] | None = None
    for text in header_comments:
        key, _, value = text.lower().partition(":")
        if plain := _AGE_SEX.match(text):
            return float(plain.group(1)), "F" if plain.group(2) == "F" else "M"
        if key.strip(" <>") == "age":
            age = _number(value.strip())
        if key.strip(" <>") == "sex" and value.strip()[:1] in ("f", "m"):
            sex = "F" if value.strip()[0] == "f" else "M"
    return age, sex


def parse(text: str) -> Header:
    """Read what is readable of a header's text; nothing is checked and nothing raises."""
    lines = [line.strip() for line in text.splitlines()]
    comments = tuple(line.lstrip("# ").strip() for line in lines if line.startswith("#"))
    body = [line.split() for line in lines if line and not line.startswith("#")]
    head = body[0] if body else []
    fs = _number(head[2]) if len(head) > 2 else None
    samples = _number(head[3]) if len(head) > 3 else None
    segments = _number(head[0].partition("/")[2]) if head and "/" in head[0] else None
    signals = body[1:]
    age, sex = _age(comments)
    return Header(
        fs=fs,
        seconds=samples / fs if fs and samples else None,
        leads=tuple(" ".join(line[8:]) for line in signals if len(line) > 8),
        files=tuple(dict.fromkeys(line[0] for line in signals)),
        segments=int(segments or 0),
        age=age,
        sex=sex,
        comments=comments,
    )


def peek(path: Path) -> Header:
    """The header in a file; an unreadable one gives an empty Header, for the reader to explain."""
    try:
        with path.open("rb") as file:
            return parse(file.read(_LONGEST).decode("latin-1"))
    except OSError:
        return parse("")


def find(folder: Path, limit: int = 50_000) -> Iterator[tuple[str, Path]]:
    """Every header below the folder as (path without suffix, relative and with `/`; path), in natural order.

    Links are not followed and hidden folders are left out; at most `limit` headers, at most eight folders deep.
    """
    count = 0
    for place, folders, names in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and depth < _DEEPEST)
        stems = sorted((name[:-4] for name in names if name.endswith(".hea")), key=_natural)
        for stem in stems[: limit - count]:
            yield (here.relative_to(folder) / stem).as_posix(), here / f"{stem}.hea"
        count += len(stems)
        if count >= limit:
            return


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort key that puts record 2 before record 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]
