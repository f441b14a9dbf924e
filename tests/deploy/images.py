"""Read the Dockerfile: each target's instructions, those of the stages below it included."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dockerfile_parse import DockerfileParser

from tests import ROOT

TARGETS = ("api", "ui", "worker", "worker-gpu")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, such as ``USER`` with ``10001:10001``."""

    name: str
    value: str


def stages() -> dict[str, list[Instruction]]:
    """The instructions of each stage, by its name, those it inherits first."""
    found: dict[str, list[Instruction]] = {}
    name = ""
    parser = DockerfileParser(path=str(ROOT / "Dockerfile"))
    for one in parser.structure:
        if one["instruction"] == "FROM":
            base, _, name = one["value"].partition(" AS ")
            found[name] = list(found.get(base, [Instruction("FROM", base)]))
        elif name:
            found[name].append(Instruction(one["instruction"], one["value"]))
    return found


def last(target: str, name: str) -> str:
    """The value that counts of an instruction that a target has."""
    return [one.value for one in stages()[target] if one.name == name][-1]


def command(target: str) -> list[str]:
    """What a target's container runs."""
    return list(json.loads(last(target, "CMD")))


def health_check(target: str) -> list[str]:
    """The command that tells whether a target's container is healthy."""
    return list(json.loads(last(target, "HEALTHCHECK").partition("CMD ")[2]))
