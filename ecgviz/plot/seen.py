"""What a model was given, as a line over the trace: the same seconds and the same millivolts."""

from typing import Any

import numpy as np

from ecgviz.plot import theme
from ecgviz.plot.layout import Cell, arrange
from ecgviz.record import Record

__all__ = ["NAME", "line"]

NAME = "what the model saw"


def line(record: Record, given: Record, *, layout: str, **where: Any) -> dict[str, Any]:
    """One trace for the sheet of `tracing.page(record, layout=layout, **where)`; given: see `prepare.model_input`.

    Raises EcgvizError as `layout.arrange`.
    """
    cells = [cell for cell in arrange(record, layout, **where).cells if cell.source in given.leads]
    parts = [_part(cell, record, given) for cell in cells]
    gap = np.array([[np.nan], [np.nan]])
    points = np.concatenate([piece for part in parts for piece in (part, gap)], axis=1) if parts else gap
    return {
        "type": "scatter",
        "mode": "lines",
        "name": NAME,
        "x": points[0],
        "y": points[1].astype(np.float32),
        "line": {"color": theme.SERIES[0], "width": 1.3},
        "hoverinfo": "skip",
        "connectgaps": False,
    }


def _part(cell: Cell, record: Record, given: Record) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(2, samples): seconds and height on the sheet of one cell."""
    begin, end = (record.start_s + at / record.fs for at in (cell.first, cell.stop))
    times = given.times
    inside = (times >= begin) & (times < end)
    assert cell.source is not None
    return np.stack([times[inside], cell.sign * given[cell.source][inside].astype(np.float64) + cell.row_mv])
