"""Composed songs for the mashup planner: true analyses, and measured stems."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from backend.app.analysis.sources.stem import StemFacts, analyse_stem
from backend.app.contract.stems import StemName
from backend.app.dj.deck import DeckTrack, MashupTrack
from backend.app.media.stem_file_format import stem_file
from composer.compose import compose_song
from composer.song import STEMS, Song, SongSpec
from tests.dj.analysed_tracks import deck_of


@cache
def song(style: str, tempo_bpm: float, key: str, seed: int = 1, bars: int = 24) -> Song:
    name = f"{style} {seed}"
    spec = SongSpec(
        style=style, tempo_bpm=tempo_bpm, key=key, seed=seed, bars=bars, title=name, artist="A"
    )
    return compose_song(spec)


@cache
def separated_song(
    style: str, tempo_bpm: float, key: str, seed: int = 1, bars: int = 24
) -> MashupTrack:
    """A composed song with its true stems."""
    whole = song(style, tempo_bpm, key, seed, bars)
    stems = {stem: analyse_stem(stem, [whole.stems[stem]]) for stem in STEMS}
    made: dict[StemName, str] = {stem: stem_file("true", stem) for stem in STEMS}
    return MashupTrack(deck_of(whole), stems, made)


def house(tempo_bpm: float = 124.0, key: str = "A minor", seed: int = 1) -> MashupTrack:
    """A house track with this tempo and key in its analysis; its sound is unchanged."""
    return reanalysed(separated_song("house", 124.0, "A minor", 1), f"house {seed}", tempo_bpm, key)


def pop(tempo_bpm: float = 118.0, key: str = "C major", seed: int = 2) -> MashupTrack:
    """A pop song with this tempo and key in its analysis; its sound is unchanged."""
    return reanalysed(separated_song("pop", 118.0, "C major", 2), f"pop {seed}", tempo_bpm, key)


def reanalysed(track: MashupTrack, name: str, tempo_bpm: float, key: str) -> MashupTrack:
    """Copy a song under another name, with another tempo and key in its analysis.

    Fits are computed from analyses, so one composed song serves for many.
    """
    assert track.deck.analysis
    rhythm = track.deck.analysis.rhythm
    beats_s = [at * rhythm.tempo_bpm / tempo_bpm for at in rhythm.beats_s]
    analysis = track.deck.analysis.model_copy(
        update={
            "rhythm": rhythm.model_copy(update={"tempo_bpm": tempo_bpm, "beats_s": beats_s}),
            "harmony": track.deck.analysis.harmony.model_copy(update={"key": key}),
        }
    )
    deck = replace(track.deck, track_id=name, title=name, analysis=analysis)
    return MashupTrack(deck, track.stems, track.made)


def whole(track: MashupTrack) -> MashupTrack:
    """The track before its separation."""
    return MashupTrack(track.deck)


def voiceless(track: MashupTrack) -> MashupTrack:
    """The track with a silent vocals stem."""
    silent: StemFacts = track.stems["vocals"].model_copy(
        update={"silent": True, "loudness_lufs": -70.0, "levels_db": [-120] * 100}
    )
    assert track.deck.analysis
    analysis = track.deck.analysis.model_copy(update={"vocals": []})
    return MashupTrack(
        replace(track.deck, analysis=analysis), {**track.stems, "vocals": silent}, track.made
    )


def beatless(track: MashupTrack) -> MashupTrack:
    """The track without a clear beat."""
    return _with_rhythm(track, confidence=0.0)


def keyless(track: MashupTrack) -> MashupTrack:
    """The track with an unknown key."""
    assert track.deck.analysis
    harmony = track.deck.analysis.harmony.model_copy(update={"key": None})
    analysis = track.deck.analysis.model_copy(update={"harmony": harmony})
    return MashupTrack(_with(track.deck, analysis), track.stems, track.made)


def _with(deck: DeckTrack, analysis: object) -> DeckTrack:
    return replace(deck, analysis=analysis)


def in_three(track: MashupTrack) -> MashupTrack:
    """The track with three beats per bar in its analysis."""
    return _with_rhythm(track, beats_per_bar=3)


def only_bars(track: MashupTrack, bars: int) -> MashupTrack:
    """The track with only its first bars as music."""
    grid = track.grid
    assert grid
    ends_s = float(grid.bars_s[bars])
    analysis = grid.analysis.model_copy(update={"music_end_s": ends_s})
    return MashupTrack(_with(track.deck, analysis), track.stems, track.made)


def _with_rhythm(track: MashupTrack, **facts: object) -> MashupTrack:
    assert track.deck.analysis
    rhythm = track.deck.analysis.rhythm.model_copy(update=facts)
    analysis = track.deck.analysis.model_copy(update={"rhythm": rhythm})
    return MashupTrack(_with(track.deck, analysis), track.stems, track.made)
