"""Costs of requests relative to a plain one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.jobs import VideoOptions
from backend.app.dj.timeline_json import view_of
from backend.app.services.mixtape import costs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.tracks.analyse import analyse_track

from .test_reuse import FIRST, job

__all__ = ["job"]


def asking(job: MixtapeJob, **request: object) -> MixtapeJob:
    changed = job.inputs.request.model_copy(update=request)
    return replace(job, inputs=job.inputs.model_copy(update={"request": changed}))


def test_plain_request_costs_one(job: MixtapeJob) -> None:
    plain = asking(job, formats=["mp3"], video=None)
    assert costs.mixing(plain) == pytest.approx(1.0)
    assert costs.checking(plain) == pytest.approx(1.0)
    assert costs.filming(asking(job, video=VideoOptions(height=1080))) == pytest.approx(1.0)


def test_more_formats_cost_more(job: MixtapeJob) -> None:
    every = asking(job, formats=["mp3", "flac", "wav", "m4a", "opus"])
    assert 2.0 < costs.mixing(every) < 3.0
    assert 3.0 < costs.checking(every) < 3.5


def test_film_needs_its_sound(job: MixtapeJob) -> None:
    plain, filmed = asking(job, video=None), asking(job, video=VideoOptions(height=720))
    assert costs.mixing(filmed) > costs.mixing(plain) + 0.5
    assert costs.filming(filmed) < 0.5


def test_rerender_costs_less(job: MixtapeJob) -> None:
    base = replace(job, inputs=job.inputs.model_copy(update={"base": view_of(FIRST)}))
    assert costs.mixing(base) < 0.5 * costs.mixing(job)
    assert costs.checking(base) < 0.5 * costs.checking(job)


def test_analysed_tracks_cost_nothing_to_analyse(job: MixtapeJob) -> None:
    assert costs.analysing(job) == pytest.approx(1.0)
    analyse_track(job.store, job.inputs.tracks[0].content_hash)
    assert costs.analysing(job) == pytest.approx(2 / 3)
