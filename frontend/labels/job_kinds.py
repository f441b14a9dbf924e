"""Name, icon and result page of each kind of job."""

from __future__ import annotations

from dataclasses import dataclass

from backend.app.contract.jobs import JobSummary


@dataclass(frozen=True, slots=True)
class JobKind:
    """How the pages name and show a kind of job.

    ``page`` shows the result (with ``?job=`` and the job's id; empty if no page does), ``result``
    is the result's name, and ``delete_note`` says what remains after the job is deleted.
    """

    name: str
    plural: str
    icon: str
    page: str
    result: str
    delete_note: str = "Your tracks stay."

    @property
    def untitled(self) -> str:
        """Name for a result without a title."""
        return f"Untitled {self.result}"


#: Kinds that users start; analyses and previews start as parts of other pages.
KINDS = {
    "mixtape": JobKind("Mixtape", "Mixtapes", ":material/album:", "views/result.py", "mix"),
    "stems": JobKind("Stems", "Stems", ":material/layers:", "views/stems.py", "stems"),
    "stem_mix": JobKind(
        "Stem mix",
        "Stem mixes",
        ":material/tune:",
        "views/stems.py",
        "stem mix",
        "The stems stay.",
    ),
    "mashup": JobKind("Mashup", "Mashups", ":material/join_inner:", "views/mashup.py", "mashup"),
    "restyle": JobKind("Restyle", "Restyles", ":material/grain:", "views/restyle.py", "restyle"),
    "publish": JobKind(
        "Publication",
        "Publications",
        ":material/publish:",
        "views/publish.py",
        "publication",
        "The video stays on YouTube.",
    ),
}


def kind_of(job: JobSummary) -> JobKind:
    """Return the job's kind; a job of another version of Segue has no page."""
    name = job.kind.replace("_", " ")
    unknown = JobKind(name.capitalize(), name, ":material/help_center:", "", "result", "")
    return KINDS.get(job.kind, unknown)


def kind_name(kind: str) -> str:
    """Name a kind of job, also one that users do not start, such as an analysis."""
    known = KINDS.get(kind)
    return known.name if known else kind.replace("_", " ").capitalize()
