"""Which labels of several models mean the same finding, and where the models disagree about it.

Models of one task share its vocabulary: the same name is the same finding. Across tasks only codes decide, and a label
counts with the codes of those that are scored as one with it. Two labels share a row where their codes are the same in
every coding system that both use, and where neither adds more than one code in a system that only it uses: `AF`
(SNOMED 164889003, SCP AFIB) is `AFIB` (SCP AFIB), but `PAC` of the Challenge, which also stands for supraventricular
beats, is not `PAC` of SCP. A group of statements is never set against one of its members.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecgviz.card import ModelCard
from ecgviz.codes import EQUIVALENT
from ecgviz.plot import scores
from ecgviz.results import Finding, Prediction
from ecgviz.ui.findings import once, words_for

__all__ = ["RULE", "Row", "meaning", "rows", "same", "sentence"]

RULE = (
    "Models of one question share its labels. Labels of different questions stand in one row only where their codes "
    "(SCP, SNOMED CT) are the same; a group such as MI is never set against one of its members."
)


@dataclass(frozen=True)
class Row:
    """One finding and what each model says of it, None where it was not trained.

    keys: `task/label` of every label that means it, the first one's first; description: in words.
    """

    keys: tuple[str, ...]
    description: str
    findings: tuple[Finding | None, ...]

    @property
    def name(self) -> str:
        """The labels as the models call it: `AF / AFIB`."""
        return " / ".join(dict.fromkeys(key.partition("/")[2] for key in self.keys))

    @property
    def known(self) -> tuple[Finding, ...]:
        """What the models say that were trained for it."""
        return tuple(finding for finding in self.findings if finding)

    @property
    def disagrees(self) -> bool:
        """Whether it is at or above the threshold of one model and below that of another."""
        return len({finding.positive for finding in self.known}) == 2

    @property
    def positive(self) -> bool:
        """Whether it is at or above the threshold of any model."""
        return any(finding.positive for finding in self.known)


def meaning(card: ModelCard, label: str) -> frozenset[str]:
    """The codes of a label and of those that are scored as one with it; its own name where the card states none."""
    kept = EQUIVALENT.get(label, label)
    united = {label, kept} | {one for one, other in EQUIVALENT.items() if other == kept}
    codes = frozenset(code for spec in card.labels if spec.name in united for code in spec.codes)
    return codes or frozenset({f"{card.task}:{label}"})


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of codes (`SCP:AFIB`) mean the same finding; see the rule above."""
    mine, theirs = _by_system(one), _by_system(other)
    shared = mine.keys() & theirs.keys()
    alone = [codes for key, codes in (mine | theirs).items() if key not in shared]
    return bool(shared) and all(mine[key] == theirs[key] for key in shared) and all(len(c) == 1 for c in alone)


def _by_system(codes: frozenset[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code in codes:
        found.setdefault(code.partition(":")[0], set()).add(code)
    return found


@dataclass(frozen=True)
class _Label:
    """A label of one of the models; its key is `task/label`."""

    card: ModelCard
    name: str

    @property
    def key(self) -> str:
        return f"{self.card.task}/{self.name}"

    def means(self, other: "_Label") -> bool:
        if self.card.task == other.card.task:
            return self.name == other.name
        return same(meaning(self.card, self.name), meaning(other.card, other.name))


def rows(predictions: Sequence[Prediction | None], cards: Sequence[ModelCard]) -> list[Row]:
    """Every finding of any model in the order in which it should be read: disagreements, then what any model finds.

    predictions: None for a model that could not take the record; cards: of the same models in the same order.
    """
    found: list[tuple[_Label, Row]] = []
    empty: tuple[Finding | None, ...] = (None,) * len(cards)
    for place, (prediction, card) in enumerate(zip(predictions, cards, strict=True)):
        for finding in once(prediction).findings if prediction else ():
            label = _Label(card, finding.label)
            at = next((n for n, (first, r) in enumerate(found) if not r.findings[place] and first.means(label)), None)
            if at is None:
                found.append((label, Row((), words_for(label.name, card), empty)))
                at = len(found) - 1
            first, row = found[at]
            said = (*row.findings[:place], finding, *row.findings[place + 1 :])
            found[at] = first, replace(row, keys=tuple(dict.fromkeys((*row.keys, label.key))), findings=said)
    return sorted((row for _, row in found), key=_order)


def _order(row: Row) -> tuple[int, float]:
    margins = [_log_odds(f.probability) - _log_odds(f.threshold) for f in row.known]
    if row.disagrees:
        return 0, min(margins) - max(margins)
    return (1 if row.positive else 2), -max(margins)


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def sentence(row: Row, names: Sequence[str]) -> str:
    """One sentence on one finding; names: what to call each model."""
    told = [f"{name} {_place(finding)}" for name, finding in zip(names, row.findings, strict=True) if finding]
    without = [name for name, finding in zip(names, row.findings, strict=True) if not finding]
    told += [f"{_listed(without)} {'was' if len(without) == 1 else 'were'} not trained for it"] if without else []
    verdict = "they differ: " if row.disagrees else ""
    return f"{row.description[:1].upper()}{row.description[1:]} ({row.name}): {verdict}{'; '.join(told)}."


def _place(finding: Finding) -> str:
    where = scores.word(finding).replace("threshold", f"its threshold of {finding.threshold:.2f}")
    few = "" if finding.trusted else ", too few in training to trust"
    return f"{finding.probability:.2f}, {where}{few}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
