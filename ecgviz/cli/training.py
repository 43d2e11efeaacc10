"""`train`: its options are the fields of TrainConfig, each explained by the words below the field."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from ecgviz import zoo
from ecgviz.cli import payload
from ecgviz.cli.words import columns
from ecgviz.explain import METHODS
from ecgviz.train import TrainConfig, grid, run
from ecgviz.train import calibrate_gate as calibrate
from ecgviz.train import ensemble as combine
from ecgviz.train import examine as trouble
from ecgviz.train import known_places as locate

__all__ = ["calibrate_gate", "ensemble", "examine", "known_places", "option", "options_of", "train"]

OUT = "out"
OVER = "over"
AS_JSON = "as_json"


def _meanings(config: type[Any]) -> dict[str, str]:
    """The string below each field of the class."""
    (body,) = ast.parse(inspect.getsource(config)).body
    found: dict[str, str] = {}
    lines = body.body if isinstance(body, ast.ClassDef) else []
    for field, below in pairwise(lines):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            found[field.target.id] = str(ast.literal_eval(below.value))
    return found


def option(name: str, kind: Any, default: Any, meaning: str) -> inspect.Parameter:
    """A flag of the command line, as typer reads it from a signature."""
    flag = f"--{name.replace('_', '-')}"
    flags = f"{flag}/--no-{flag[2:]}" if kind is bool else flag
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, typer.Option(flags, help=meaning)],
    )


def options_of(config: type[Any]) -> list[inspect.Parameter]:
    """An option for each field of a configuration, explained by the string below the field, and `out` and `json`."""
    meanings = _meanings(config)
    options = [
        option(
            field.name,
            field.type,
            inspect.Parameter.empty if field.default is MISSING else field.default,
            meanings.get(field.name, ""),
        )
        for field in fields(config)
    ]
    out = option(OUT, Path | None, None, "folder that gets <name>/; without it, the folder of the installed models")
    flag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
    return [
        *options,
        out,
        inspect.Parameter(AS_JSON, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=flag),
    ]


def _signature() -> inspect.Signature:
    over = option(
        OVER,
        str,
        "",
        "try every combination of these settings instead, such as 'lr=0.003,0.01 seed=0,1,2'; prints a table",
    )
    return inspect.Signature([*options_of(TrainConfig), over])


def train(**given: Any) -> None:
    """Train a network on PTB-XL.

    Takes up a run that was stopped; at the end calibrates, tests on fold 10 and writes the folder of the model.
    """
    out = given.pop(OUT) or zoo.models_folder()
    as_json, over = given.pop(AS_JSON), given.pop(OVER)
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    if over:
        rows = grid(TrainConfig(**given), over, say)
        table = columns([tuple(rows[0]), *(tuple(str(value) for value in row.values()) for row in rows)])
        typer.echo(payload.dumps({"grid": rows}) if as_json else table)
        return
    folder = run(TrainConfig(**given), out, say)
    typer.echo(payload.dumps({"folder": str(folder)}) if as_json else f"Written to {folder}.")


train.__signature__ = _signature()  # type: ignore[attr-defined]


def ensemble(
    name: Annotated[str, typer.Option("--name", help="Name of the new model: the folder made in models/.")],
    members: Annotated[str, typer.Option("--members", help="Installed models, separated by commas.")],
    task: Annotated[str, typer.Option("--task", help="The task, such as ptbxl_all; every member needs that head.")],
    data: Annotated[Path, typer.Option("--data", help="Folder that holds ptb-xl/.")],
    runs: Annotated[Path, typer.Option("--runs", help="Where the prepared signals are kept.")] = Path("runs"),
    out: Annotated[Path | None, typer.Option("--out", help="Folder that gets <name>/; default: models/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Make one model of several: the mean of their logits, calibrated on fold 9 and tested on fold 10."""
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    folder = combine(name, members.split(","), task, data, runs, out or zoo.models_folder(), say)
    typer.echo(payload.dumps({"folder": str(folder)}) if as_json else f"Written to {folder}.")


def examine(
    model: Annotated[str, typer.Option("--model", help="Name of an installed model; see `models`.")],
    data: Annotated[
        Path, typer.Option("--data", help="Folder that holds ptb-xl/, and nstdb/ and cinc2020/ if at hand.")
    ],
    runs: Annotated[Path, typer.Option("--runs", help="Where the prepared signals are kept.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Measure a model with failing leads, swapped electrodes, noise and other hospitals' records."""
    path = trouble(model, data, runs, (lambda line: None) if as_json else typer.echo)
    typer.echo(payload.dumps({"report": str(path)}) if as_json else f"Written to {path}.")


def calibrate_gate(
    data: Annotated[Path, typer.Option("--data", help="Folder that holds ptb-xl/.")],
    model: Annotated[str, typer.Option("--model", help="Name of an installed model; without it, every one.")] = "",
    runs: Annotated[Path, typer.Option("--runs", help="Where the prepared signals are kept.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Make the reference of the gate before a prediction: what the training records look like to the model."""
    names = [model] if model else [card.name for card in zoo.cards() if not card.members]
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    paths = [str(calibrate(name, data, runs, say)) for name in names]
    typer.echo(payload.dumps({"files": paths}) if as_json else f"Written: {', '.join(paths)}.")


def known_places(
    model: Annotated[str, typer.Option("--model", help="Name of an installed model; see `models`.")],
    data: Annotated[Path, typer.Option("--data", help="Folder that holds ludb/.")],
    methods: Annotated[str, typer.Option("--methods", help="Methods, separated by commas.")] = ",".join(METHODS),
    most: Annotated[int, typer.Option("--most", min=1, help="Records of a group at most.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Measure whether a model's heat lies where LUDB's experts mark the finding, into its report."""
    say: Callable[[str], None] = (lambda line: None) if as_json else typer.echo
    found = locate(model, data, methods.split(","), most, say)
    if as_json:
        typer.echo(payload.dumps(found))
