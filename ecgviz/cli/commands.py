"""The verbs: what each takes and computes; the words and the JSON are made in `words` and `payload`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ecgviz import zoo
from ecgviz.card import BeatCard, Card, ImageCard
from ecgviz.cli import beats, heat_page, images, payload, words
from ecgviz.cli.digitise import digitise_command
from ecgviz.cli.opening import Given, all_flags, open_record
from ecgviz.cli.training import calibrate_gate, ensemble, examine, known_places, train
from ecgviz.datasets.library import VARIABLE, data_root
from ecgviz.errors import DataError, ModelError
from ecgviz.explain import METHODS, explain
from ecgviz.explain.beats import METHODS as BEAT_METHODS
from ecgviz.explain.images import METHODS as IMAGE_METHODS
from ecgviz.record import worst_first
from ecgviz.train import evaluate as measure
from ecgviz.train.beats import evaluate as measure_beats
from ecgviz.train.images import evaluate as measure_pages

__all__ = ["app"]

SPLITS = ("train", "validation", "test")
app = typer.Typer(
    help=f"See what an ECG model says, and why, on the trace itself. {words.DISCLAIMER}",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Files = Annotated[list[Path], typer.Argument(metavar="FILE", help="The ECG; several where a format needs a pair.")]
Fs = Annotated[float | None, typer.Option("--fs", help="Sampling rate in Hz, where the file does not say.")]
Unit = Annotated[str | None, typer.Option("--unit", help="Unit of the samples, where the file does not say.")]
Leads = Annotated[str | None, typer.Option("--leads", help="Lead names in the file's order, such as I,II,V1.")]
Age = Annotated[float | None, typer.Option("--age", help="Age in years.")]
Sex = Annotated[str | None, typer.Option("--sex", help="F or M.")]
Name = Annotated[str, typer.Option("--model", help="Name of an installed model; see `models`.")]
Label = Annotated[str, typer.Option("--label", help="The finding to explain; see `models --json`.")]
Method = Annotated[str, typer.Option("--method", help=f"One of {', '.join(METHODS)}.")]
Beat = Annotated[int, typer.Option("--beat", help="For a model of beats: which beat, counted from 0.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Also write the page with the heat to this HTML file; of a picture also PNG."),
]
Data = Annotated[Path | None, typer.Option("--data", help=f"Folder with the data sets; without it, {VARIABLE}.")]
Split = Annotated[str, typer.Option("--split", help=f"One of {', '.join(SPLITS)}.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command()
def read(
    files: Files,
    fs: Fs = None,
    unit: Unit = None,
    leads: Leads = None,
    age: Age = None,
    sex: Sex = None,
    as_json: AsJson = False,
) -> None:
    """Read an ECG: what is in it, what to beware of."""
    record = open_record(files, Given(fs, unit, leads, age, sex))
    flags = all_flags(record)
    _show(payload.record(record, flags) if as_json else words.record(record, flags))


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the installed models."""
    cards = zoo.every_card()
    _show([payload.card(card) for card in cards] if as_json else words.cards(cards, zoo.models_folder()))


@app.command()
def predict(
    files: Files,
    model: Name,
    fs: Fs = None,
    unit: Unit = None,
    leads: Leads = None,
    age: Age = None,
    sex: Sex = None,
    as_json: AsJson = False,
) -> None:
    """Say what a model finds in an ECG.

    A calibrated probability for each label, beside its own threshold; a model of beats says the class of every beat.
    """
    card = _card(model)
    if isinstance(card, ImageCard):
        return _show(images.predicted(card, files, as_json))
    record = open_record(files, Given(fs, unit, leads, age, sex))
    if isinstance(card, BeatCard):
        answer, as_object = beats.predicted(model, record, all_flags(record))
        return _show(as_object if as_json else beats.said(answer, all_flags(record)))
    network = zoo.load(model)
    found, gate = zoo.predict(network, record), zoo.screen(network, record, all_flags(record))
    flags = worst_first(found.flags, all_flags(record))
    return _show(payload.prediction(found, flags, gate) if as_json else words.prediction(found, flags, card, gate))


@app.command("explain")
def explain_command(
    files: Files,
    model: Name,
    label: Label,
    method: Method = "grad_cam",
    out: Out = None,
    fs: Fs = None,
    unit: Unit = None,
    leads: Leads = None,
    age: Age = None,
    sex: Sex = None,
    beat: Beat = 0,
    as_json: AsJson = False,
) -> None:
    """Show where a model found the evidence for a label."""
    card = _card(model)
    _check_question(card, label, method)
    if isinstance(card, ImageCard):
        return _show(images.explained(card, files, label, method, out, as_json))
    if out is not None:
        heat_page.check(out)
    record = open_record(files, Given(fs, unit, leads, age, sex))
    if isinstance(card, BeatCard):
        return _show(payload.attribution(beats.explained(model, record, label, method, beat)))
    network = zoo.load(model)
    found = explain(network, record, label, method)
    if as_json and out is None:
        return _show(payload.attribution(found))
    predicted = zoo.predict(network, record)
    flags = worst_first(predicted.flags, all_flags(record))
    if out is not None:
        heat_page.write(out, record, found, predicted[label], flags)
    return _show(payload.attribution(found) if as_json else words.attribution(found, predicted[label], flags, out))


@app.command()
def evaluate(model: Name, data: Data = None, split: Split = "test", as_json: AsJson = False) -> None:
    """Measure a model on a data set.

    PTB-XL by split, or any folder of WFDB records with SNOMED codes; for a model of beats any folder of WFDB records
    with beats in .atr files; for a model of pages a folder of pictures with their manifest.csv. Each figure with its
    95 % interval.
    """
    card = _card(model)
    if split not in SPLITS:
        raise DataError(f"There is no split {split[:40]!r}; choose one of {', '.join(SPLITS)}.")
    folder = data if data is not None else data_root()
    if folder is None or not folder.is_dir():
        lacking = f"{folder} is not a folder" if folder else "No data"
        raise DataError(f"{lacking}; give --data a folder with PTB-XL in it, or set {VARIABLE}.")
    if isinstance(card, ImageCard):
        found = measure_pages(model, folder)
    else:
        found = measure_beats(model, folder) if isinstance(card, BeatCard) else measure(model, folder, split)
    _show(payload.evaluation(found) if as_json else words.evaluation(found))


app.command()(train)
app.command("train-beats")(beats.train_beats)
app.command("train-beats-between-patients")(beats.train_inter_patient)
app.command("adapt-image")(images.adapt_image)
app.command("train-image")(images.train_image)
app.command()(ensemble)
app.command()(examine)
app.command("calibrate-gate")(calibrate_gate)
app.command("known-places")(known_places)
app.command("digitise")(digitise_command)


def _show(answer: str | list[Any] | dict[str, Any]) -> None:
    typer.echo(answer if isinstance(answer, str) else payload.dumps(answer))


def _card(name: str) -> Card:
    """The card, without loading torch: a mistyped name is answered at once. Raises ModelError."""
    cards = {card.name: card for card in zoo.every_card()}
    if name not in cards:
        listed = ", ".join(cards) or f"none in {zoo.models_folder()}; train one with `python -m ecgviz train`"
        raise ModelError(f"There is no model {name[:60]!r}. Installed: {listed}.")
    return cards[name]


def _check_question(card: Card, label: str, method: str) -> None:
    """Refuse what cannot be asked before anything is loaded. Raises ModelError."""
    if label not in card.label_names:
        raise ModelError(f"{card.name} has no label {label[:60]!r}; it knows {', '.join(card.label_names)}.")
    known = {BeatCard: BEAT_METHODS, ImageCard: IMAGE_METHODS}.get(type(card), METHODS)
    if method not in known:
        raise ModelError(f"There is no method {method[:60]!r}; choose one of {', '.join(known)}.")
