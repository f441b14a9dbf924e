"""Find the level at which each format of a mix is played."""

from __future__ import annotations

from ....contract.jobs import AudioFormat
from ....dj.levels.mix_gains import format_shift_db
from ....dj.levels.track_gains import CEILING_DBTP, forecast, with_added_gain
from ....dj.timeline import Timeline
from ....dj.timeline_json import timeline_of
from ....render.files.formats import CEILINGS_DBTP
from ....render.player.player import Level
from ..job import MixtapeJob
from ..planning.plan import profiles_of


def level_for(job: MixtapeJob, timeline: Timeline, kind: AudioFormat) -> Level:
    """The level of a format: the base file's, if the clips have the base's gains.

    A changed join changes the loudness by hundredths. At the base's level, the sound elsewhere
    stays the same, bit for bit, also over a chain of re-renders.
    """
    if _has_gains_of_base(job, timeline):
        for file in job.inputs.base_files:
            if file.name == f"mix.{kind}" and file.ceiling_dbtp is not None:
                return Level(file.ceiling_dbtp, file.gain_shift_db)
    return level_under(job, timeline, CEILINGS_DBTP[kind])


def level_under(job: MixtapeJob, timeline: Timeline, ceiling_dbtp: float) -> Level:
    """The level at which the mix has its planned loudness under a ceiling.

    If the clips have the base's gains, the loudness is forecast for the base's timeline.
    """
    if ceiling_dbtp == CEILING_DBTP:
        return Level(ceiling_dbtp)
    if job.inputs.base is not None and _has_gains_of_base(job, timeline):
        timeline = timeline_of(job.inputs.base)
    profiles = profiles_of(job, timeline)
    gain_db = format_shift_db(timeline, profiles, job.loudness_lufs, ceiling_dbtp=ceiling_dbtp)
    return Level(ceiling_dbtp, gain_db)


def limited_db(job: MixtapeJob, timeline: Timeline, level: Level) -> float:
    """The limiter's strongest reduction of the mix at a level, in dB."""
    louder = with_added_gain(timeline, level.gain_db)
    return forecast(louder, profiles_of(job, timeline), ceiling_dbtp=level.ceiling_db)[1]


def _has_gains_of_base(job: MixtapeJob, timeline: Timeline) -> bool:
    if job.inputs.base is None:
        return False
    base = timeline_of(job.inputs.base)
    gains, base_gains = ([(c.recording, c.gain_db) for c in one.clips] for one in (timeline, base))
    return gains == base_gains
