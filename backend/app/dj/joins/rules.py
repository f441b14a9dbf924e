"""Scoring rules for joins.

A penalty of 1 is a flaw that a listener notices; a veto rules a join out. Every candidate is rated
by every rule, so that the whole scoreboard can be shown.
"""

from __future__ import annotations

import numpy as np

from ...contract.analysis import BEATS_SURE
from ...contract.dj import TransitionKind
from ..harmony import distance_shares
from ..tempo_stretch import within_stretch_limit
from .candidates import MATCHED, OVERLAPPING
from .drops import drops_fall_together
from .figures.left_out import WHOLE_S
from .verdicts import FINE, Case, Rule, Verdict

KIND_PENALTIES: dict[TransitionKind, float] = {
    "blend": 0.0,
    "stem_swap": 0.5,
    "sweep": 1.0,
    "echo": 2.0,
    "cut": 2.4,
    "fade": 4.0,
    "gap": 6.0,
}
"""Penalties by kind: if all else is equal, the best kind is chosen first and the safest last."""

CLASH_STEPS, MAX_CLASH_S = 3, 8.0
"""Keys at least this many steps apart may sound together for this long: four bars of 120 BPM. They
share four notes of seven or fewer; in a passing bar or two that sounds like tension, in a longer
overlap wrong."""


def _clash_penalty(steps: int) -> float:
    """Penalty of keys some steps apart that sound together for a long time.

    Neighbours on the Camelot wheel share six of seven notes; each further step has one fewer in
    common.
    """
    return 0.7 * max(steps - 1, 0)


UNKNOWN_KEYS = sum(share * _clash_penalty(steps) for steps, share in enumerate(distance_shares()))
"""Penalty of an unknown key, 1.78: the mean over all pairs of keys. Two of three pairs are at
least three steps apart, so an unknown key is no better than a clash of three to four steps."""

WRONG_GROOVE, LONG_GROOVE_S = 3.0, 32.0
"""Penalty of drums that don't fit at all for this long: 16 bars of 120 BPM. Straight against swung
notes halve the similarity of two grooves; 8 bars of them cost less than 16, and than an echo."""

NOT_ALLOWED = "the DJ rules don't allow it"
OFF_REASONS: dict[TransitionKind, str] = {"stem_swap": "stem swaps are off in this mix"}
"""Reasons why a kind is not allowed, if the cause may be something other than the DJ rules."""


def kind_is_allowed(case: Case) -> Verdict:
    """Veto kinds that the DJ rules do not allow."""
    kind = case.candidate.kind
    if kind not in case.rules.allowed_kinds:
        reason = OFF_REASONS.get(kind, NOT_ALLOWED)
        return Verdict(veto=True, reason=reason, binding=kind in OFF_REASONS)
    return Verdict(KIND_PENALTIES[case.candidate.kind])


def stretch_stays_inaudible(case: Case) -> Verdict:
    """Limit the change of tempo: past 6 % drums smear.

    In real sets 86 % of the changes stay under 5 %.
    """
    stretch = case.facts.stretch_percent
    if stretch is None:
        return FINE
    limit = case.rules.max_stretch_percent
    if not within_stretch_limit(stretch, limit):
        needed = f"{abs(stretch):.1f}".removesuffix(".0")
        reason = f"can't beat-match: {needed} % tempo change needed (limit {limit:g} %)"
        return Verdict(veto=True, reason=reason, binding=True)
    return Verdict(0.12 * abs(stretch), reason=f"tempo {stretch:+.1f} %")


LEAST_SURE = 0.6
"""Confidence in the beats below which they are not matched; under BEATS_SURE not for long. Two
tracks whose beats are right in six of ten cases each would clash in six of ten joins."""
SURE_OF_BARS, UNSURE_BARS = 0.5, 4
"""Confidence in the bars for longer overlaps than so many bars."""


def beats_are_known(case: Case) -> Verdict:
    """Shorten or rule out matching beats that are uncertain where the join lies."""
    if case.candidate.kind not in MATCHED:
        return FINE
    facts = case.facts
    if facts.beat_confidence < LEAST_SURE:
        return Verdict(veto=True, reason="the beats are unsure here: check them")
    unsure = facts.beat_confidence < BEATS_SURE or facts.confidence < SURE_OF_BARS
    if unsure and case.candidate.bars > UNSURE_BARS:
        reason = f"beats or bars are unsure here: at most {UNSURE_BARS} bars"
        return Verdict(veto=True, reason=reason)
    doubt = max(0.7 - case.facts.confidence, 0.0)
    return Verdict(3.0 * doubt, reason="the beat is uncertain" if doubt > 0.2 else "")


def keys_agree(case: Case) -> Verdict:
    """Penalise keys that clash, and veto long overlaps of keys that clash badly.

    Only the time counts in which both tracks play notes or chords. An unknown key costs as much as
    an average pair of keys.
    """
    distance, overlap_s = case.facts.key_distance, case.facts.harmony_overlap_s
    if case.candidate.kind not in OVERLAPPING:
        return FINE
    weight = min(overlap_s / 20.0, 1.0)  # a clash of a few seconds soon passes
    if case.candidate.kind == "sweep":
        weight *= 0.6  # without its lows the outgoing track has no root note that could clash
    if distance is None:
        return Verdict(weight * UNKNOWN_KEYS, reason="a key is unknown")
    reason = f"keys {distance} steps apart"
    clash = distance >= CLASH_STEPS and overlap_s > MAX_CLASH_S
    if clash:
        reason = f"keys {distance} steps apart would clash for {overlap_s:.0f} s"
        reason += f" (limit {MAX_CLASH_S:g} s)"
    return Verdict(weight * _clash_penalty(distance), veto=clash, reason=reason)


def grooves_interlock(case: Case) -> Verdict:
    """Penalise drums that don't fit: straight against swung, kicks on different beats.

    A few bars of it sound like a fill; over half a minute dancers stumble. In a sweep the outgoing
    kick and bass are filtered away.
    """
    fit = case.facts.groove
    if fit is None:
        return FINE
    weight = fit.share * min(case.candidate.overlap_s / LONG_GROOVE_S, 1.0)
    if case.candidate.kind == "sweep":
        weight *= 0.6
    return Verdict(WRONG_GROOVE * weight * (1.0 - fit.similarity), reason=fit.words)


def pitch_pays(case: Case) -> Verdict:
    """Penalise pitch shifts: a shifted track no longer sounds like the known record."""
    moved = abs(case.candidate.pitch_semitones)
    return Verdict(0.5 * moved, reason=f"pitch shifted by {moved} semitones" if moved else "")


def voices_do_not_overlap(case: Case) -> Verdict:
    """Penalise two voices at the same time, the classic flaw of automatic mixes."""
    both_s, limit_s = case.facts.vocal_overlap_s, case.rules.max_vocal_overlap_s
    if both_s > limit_s:
        reason = f"two voices would overlap for {both_s:.1f} s (limit {limit_s:g} s)"
        return Verdict(veto=True, reason=reason)
    return Verdict(0.5 * both_s)


def voice_is_not_cut_off(case: Case) -> Verdict:
    """Penalise stopping the outgoing voice in the middle of a word."""
    if not case.facts.voice_cut_off:
        return FINE
    hard = case.candidate.kind in ("cut", "echo")
    return Verdict(0.8 if hard else 0.4, reason="the voice is cut off")


EVENED_LU = 2.5
"""Steps in loudness up to this size are evened out by gains and ramps (levels/gain_ramps.py)."""


def loudness_carries_on(case: Case) -> Verdict:
    """Penalise steps in loudness; a step of 1 LU is just noticeable.

    Gains of whole tracks compensate steps that differ from join to join, and ramps round the join
    what is left, up to EVENED_LU. Larger steps would remain.
    """
    step = abs(case.facts.loudness_step_lu)
    penalty = 0.3 * max(step - 0.5, 0.0) + 3.0 * max(step - EVENED_LU, 0.0)
    return Verdict(penalty, reason=f"loudness step {step:.1f} LU")


def no_hole_inside(case: Case) -> Verdict:
    """Penalise joins in which the music falls away, or swells.

    A dip of 3 LU of the short-term loudness sounds like a hole; a swell is less of a flaw.
    """
    inside = case.facts.inside
    if inside is None:
        return FINE
    hole = 0.3 * max(inside.dip_lu - 1.0, 0.0) + 2.0 * max(inside.dip_lu - 2.5, 0.0)
    swell = 0.3 * max(inside.bump_lu - 2.0, 0.0)
    return Verdict(hole + swell, reason=f"a hole of {inside.dip_lu:.0f} LU" if hole else "")


def phrases_meet(case: Case) -> Verdict:
    """Penalise joins that do not begin with a phrase: they sound like a mistake.

    In the middle of a phrase it is half as bad.
    """
    off = [case.facts.out_on_phrase, case.facts.in_on_phrase].count(False)
    penalty = 1.2 * off - 0.6 * min(case.facts.half_phrases, off)
    return Verdict(penalty, reason="off the phrase" if off else "")


def length_is_preferred(case: Case) -> Verdict:
    """Prefer the requested length, eight bars over four, and less than a minute.

    After 45 s a listener waits for the join to end.
    """
    candidate = case.candidate
    if candidate.kind not in ("blend", "stem_swap") or not candidate.bars:
        return FINE
    octaves = abs(float(np.log2(candidate.bars / case.rules.preferred_bars)))
    odd = 0.8 if candidate.bars % 8 else 0.0
    slow = 0.02 * max(candidate.overlap_s - 45.0, 0.0)
    return Verdict(0.6 * octaves + odd + slow, reason=f"{candidate.bars} bars")


def little_is_left_out(case: Case) -> Verdict:
    """Penalise music that is left out; half a minute costs as much as a worse kind of join."""
    left_out = case.facts.trimmed_out_s + case.facts.trimmed_in_s
    return Verdict(0.03 * left_out, reason=f"{left_out:.0f} s left out")


def songs_stay_whole(case: Case) -> Verdict:
    """Veto joins that leave out more of a song than allowed, or one of its loudest parts."""
    lost, limit = case.facts.left_out, case.rules.max_trim_share
    if lost.cut_s > WHOLE_S:
        reason = f"{lost.cut_s:.0f} s would be left out of a song that is to be kept whole"
    elif lost.share > limit and lost.seconds > WHOLE_S:
        reason = f"{lost.share:.0%} of a song would be left out (limit {limit:.0%})"
    elif lost.full:
        reason = "a chorus or the loudest part of a song would be left out"
    else:
        return FINE
    return Verdict(veto=True, reason=reason)


def cues_are_good(case: Case) -> Verdict:
    """Prefer cue points to which the analysis gave high scores."""
    facts = case.facts
    if case.candidate.out_bar is None:
        return FINE
    return Verdict(0.5 * (1.0 - facts.out_score) + 0.4 * (1.0 - facts.in_score))


def ends_on_section(case: Case) -> Verdict:
    """Prefer blends that end where a section of the incoming track begins, like a drop."""
    if case.candidate.kind not in MATCHED or case.facts.lands_on_section:
        return FINE
    return Verdict(0.3)


LOOPED, EACH_REPEAT = 0.8, 0.1
"""More than the preference for sixteen bars over eight: a loop replaces worse joins, not those."""


def loop_is_worth_it(case: Case) -> Verdict:
    """Penalise loops of the outgoing track's last bars: the song did not end like that."""
    loop = case.candidate.loop
    if loop is None:
        return FINE
    return Verdict(LOOPED + EACH_REPEAT * (loop.times - 1), reason="a loop of its last bars")


RULES: tuple[Rule, ...] = (
    kind_is_allowed,
    stretch_stays_inaudible,
    beats_are_known,
    keys_agree,
    grooves_interlock,
    pitch_pays,
    voices_do_not_overlap,
    voice_is_not_cut_off,
    loudness_carries_on,
    no_hole_inside,
    phrases_meet,
    length_is_preferred,
    little_is_left_out,
    songs_stay_whole,
    cues_are_good,
    ends_on_section,
    drops_fall_together,
    loop_is_worth_it,
)
