"""From the bytes of a text file to a table: encoding, separator, decimal mark, header rows, numbers."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgviz.errors import ReadError
from ecgviz.optional import need
from ecgviz.readers._common import MAX_LEADS, MAX_SAMPLES, millivolts
from ecgviz.readers._source import shown

__all__ = ["Table", "decoded", "is_number", "parse", "plain_text"]

MAX_LINE = 64 * 1024
MAX_QUOTED = 16 * 2**20
_LOOK = 50  # rows from which separator and header are judged
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_COMMENTS = re.compile(r"(?:[#%][^\n]*+\n)++")
_MISSING = frozenset(("", "nan", "na", "n/a", "null", "none", "-", "#n/a"))


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers (rows, columns) float64 with NaN for empty cells; column names and units as written, `""` where absent.

    text_columns: positions whose cells are no numbers (NaN throughout here).
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    units: tuple[str, ...]
    text_columns: frozenset[int]
    notes: tuple[str, ...]


def plain_text(head: bytes) -> bool:
    """Whether the first bytes are text in a usual encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in (9, 10, 11, 12, 13) for byte in head)
    return bool(head) and control == 0


def decoded(data: bytes, where: str) -> str:
    """The text without byte order mark, from UTF-8, UTF-16 or Windows-1252. Raises ReadError for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReadError(f"{where} is damaged UTF-16 text; save it as UTF-8.") from error
    if b"\0" in data:
        raise ReadError(f"{where} is not a text table: it holds binary data. Save it as CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def is_number(cell: str) -> bool:
    """Whether a cell is a number (with `.` or `,`) or stands for a missing one."""
    text = cell.strip()
    return text.lower() in _MISSING or _NUMBER.fullmatch(text) is not None


def _given_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None


def parse(data: bytes, where: str) -> Table:
    """Read a table of numbers with at most two header rows.

    Raises ReadError for rows of different length, text among the numbers, or a separator that cannot be known.
    """
    text = decoded(data, where).replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    text, comments = _without_comments(text)
    if not text.strip():
        raise ReadError(f"{where} holds no rows; choose a table of samples.")
    first = text[: text.find("\n")] if "\n" in text else text
    if len(first) > MAX_LINE:
        raise ReadError(f"{where}: the first line has {len(first):,} characters; samples belong in rows, not columns.")
    sample = [line for line in text[: 4 * MAX_LINE].split("\n")[: _LOOK + 1] if line.strip()]
    separator = _separator(sample)
    if not any(_given_number(cell.strip(" \"'")) for line in sample for cell in line.split(separator)):
        raise ReadError(f"{where} holds no numbers; choose a table of samples.")
    if '"' in text or "'" in first:
        text, separator = _unquoted(text, separator, where), "\t"
        sample = [line for line in text[: 4 * MAX_LINE].split("\n")[:_LOOK] if line.strip()]
    elif separator == " ":
        text, separator = re.sub(r"(?m)^[ \t]+|[ \t]+$", "", text), "\t"
        text = re.sub(r"[ \t]+", "\t", text)
        sample = [line for line in text[: 4 * MAX_LINE].split("\n")[:_LOOK] if line.strip()]
    cells = [line.split(separator) for line in sample[:_LOOK]]
    names, units, skip, notes = _header(cells)
    decimal = _decimal(cells[skip:], separator, where)
    width = _width(text, separator, where)
    if names and len(names) != width:
        raise ReadError(
            f"{where}: the header has {len(names)} columns, the rows have {width}; "
            "with decimal commas separate the columns by ';'."
        )
    values, text_columns = _numbers(text, separator, decimal, skip, width, cells[skip:], where)
    if comments:
        notes = (f"{comments} comment lines skipped", *notes)
    if decimal == ",":
        notes = (*notes, "decimal comma")
    return Table(values, names or ("",) * width, units or ("",) * width, text_columns, notes)


def _without_comments(text: str) -> tuple[str, int]:
    match = _COMMENTS.match(text)
    return (text[match.end() :], match[0].count("\n")) if match else (text, 0)


def _separator(sample: list[str]) -> str:
    """The separator that gives every row the same number of cells: `;` before tab, comma and blanks."""
    for candidate in (";", "\t", ","):
        counts = Counter(line.count(candidate) for line in sample)
        if counts.most_common(1)[0][0]:
            return candidate
    return " " if any(re.search(r"\S[ ]+\S", line) for line in sample[-3:]) else "\t"


def _unquoted(text: str, separator: str, where: str) -> str:
    """The table without quotation marks, separated by tabs."""
    if len(text) > MAX_QUOTED:
        raise ReadError(f"{where} is too large to read with quotation marks ({len(text):,} characters); remove them.")
    quote = '"' if '"' in text else "'"
    try:
        rows = csv.reader(io.StringIO(text), delimiter=separator, quotechar=quote, skipinitialspace=True, strict=True)
        return "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in rows if row)
    except csv.Error as error:
        raise ReadError(f"{where}: a quotation mark is not closed ({shown(error)}); save the table again.") from error


def _header(cells: list[list[str]]) -> tuple[tuple[str, ...], tuple[str, ...], int, tuple[str, ...]]:
    """Names, units, the number of header rows and notes.

    A first row of texts is a header, and so are column numbers; texts among other numbers are not, so that no sample
    is lost.
    """
    first = [cell.strip() for cell in cells[0]]
    texts = any(not is_number(cell) for cell in first)
    numbers = [cell for cell in first if _given_number(cell)]
    count = len(numbers)
    numbered = numbers in ([str(i) for i in range(count)], [str(i + 1) for i in range(count)])
    if not texts:
        if numbered and count > 2:
            names = () if first[0] else tuple(first)  # an empty first name is the index that pandas writes
            return names, (), 1, ("first row holds column numbers; left out",)
        return (), (), 0, ()
    below = cells[1] if len(cells) > 1 else []
    data = any(not is_number(top) and not is_number(cell) for top, cell in zip(first, below, strict=False))
    if numbers and (data or count < 2 or not numbered):
        return (), (), 0, ()
    if below and _is_unit_row(below):
        return tuple(first), tuple(cell.strip() for cell in below), 2, ()
    return tuple(first), (), 1, ()


def _is_unit_row(row: list[str]) -> bool:
    texts = [cell.strip().lower() for cell in row if cell.strip()]
    times = ("s", "sec", "seconds", "ms", "hh:mm:ss.mmm", "mm:ss.mmm")
    return bool(texts) and all(millivolts(cell) is not None or cell in times for cell in texts)


def _decimal(rows: list[list[str]], separator: str, where: str) -> str:
    if separator == ",":
        return "."
    numbers = [cell for row in rows for cell in row if _given_number(cell)]
    commas, points = any("," in cell for cell in numbers), any("." in cell for cell in numbers)
    if commas and points:
        raise ReadError(f"{where} mixes decimal commas and points; save it with one of them.")
    return "," if commas else "."


def _width(text: str, separator: str, where: str) -> int:
    """The number of columns, the same in every row that is not empty."""
    wanted = text.count(separator, 0, text.find("\n") if "\n" in text else len(text)) + 1
    if wanted > MAX_LEADS + 2:
        raise ReadError(f"{where} has {wanted} columns; at most {MAX_LEADS} can be read. Put the samples in rows.")
    mark, at, row = separator.encode(), 0, 0
    while at < len(text):
        end = text.find("\n", min(len(text), at + 2**22))
        block = np.frombuffer(text[at : len(text) if end < 0 else end + 1].encode(), dtype=np.uint8)
        ends = np.flatnonzero(block == 10)
        if not ends.size or ends[-1] != block.size - 1:
            ends = np.append(ends, block.size)
        marks = np.concatenate(([0], np.cumsum(block == mark[0], dtype=np.int64)))
        counts = np.diff(marks[ends], prepend=0)
        lengths = np.diff(ends, prepend=-1) - 1
        wrong = np.flatnonzero((counts + 1 != wanted) & (lengths > 0))
        if wrong.size:
            k = int(wrong[0])
            raise ReadError(
                f"{where}: row {row + k + 1} has {int(counts[k]) + 1} cells, the first has {wanted}; mend the table."
            )
        row += ends.size
        if row * wanted > MAX_SAMPLES + 10 * MAX_LEADS:
            raise ReadError(f"{where} has more than {MAX_SAMPLES:,} cells, too many to read; cut it into parts.")
        at = len(text) if end < 0 else end + 1
    return wanted


def _numbers(
    text: str, separator: str, decimal: str, skip: int, width: int, rows: list[list[str]], where: str
) -> tuple[NDArray[np.float64], frozenset[int]]:
    pandas = need("pandas")
    texts = frozenset(j for j in range(width) if rows and all(not is_number(row[j]) for row in rows if j < len(row)))
    numeric = [j for j in range(width) if j not in texts]
    if not rows or not numeric:
        raise ReadError(f"{where} holds no numbers; choose a table of samples.")
    try:
        frame = pandas.read_csv(
            io.BytesIO(text.encode()),
            sep=separator,
            decimal=decimal,
            header=None,
            skiprows=skip,
            usecols=numeric,
            dtype=np.float64,
            na_values=sorted(_MISSING),
            skipinitialspace=True,
            compression=None,
            quoting=csv.QUOTE_NONE,
            float_precision="round_trip" if len(text) < 2**23 else "high",
            engine="c",
        )
    except (ValueError, OverflowError, pandas.errors.ParserError) as error:
        raise ReadError(f"{where}: {_culprit(text, separator, decimal, skip, numeric)}; mend the table.") from error
    if not texts:
        return frame.to_numpy(), texts
    values = np.full((len(frame), width), np.nan)
    values[:, numeric] = frame.to_numpy()
    return values, texts


def _culprit(text: str, separator: str, decimal: str, skip: int, numeric: list[int]) -> str:
    """The first cell that is no number, for the message."""
    foreign = "," if decimal == "." else "."
    for row, line in enumerate(text.split("\n")):
        cells = line.split(separator)
        for j in numeric if row >= skip and line else ():
            if not is_number(cells[j]) or foreign in cells[j]:
                return f"row {row + 1}, column {j + 1} holds {shown(cells[j])!r}, which is no number"
    return "a cell is no number"
