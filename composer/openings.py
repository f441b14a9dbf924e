"""Play what comes before the groove: an anacrusis, or a pulse that is not the beat."""

from __future__ import annotations

from composer.players import ARP_MIDI, BASS_MIDI, VOICE_MIDI, folded
from composer.stage import Stage

# Levels of a delay's repeats relative to the note.
REPEATS = (1.0, 0.55, 0.3)


def play_anacrusis(stage: Stage) -> None:
    """Lead into the first downbeat: a sung scale in eighths, and a bass note on each beat."""
    eighths = 2 * stage.spec.anacrusis_beats
    rng, key = stage.rng("anacrusis"), stage.bars[0].key
    for eighth in range(eighths):
        at = stage.step_at(0, 2 * (eighth - eighths), rng)
        sung = folded(key, eighth - eighths, VOICE_MIDI)
        stage.place("vocals", stage.notes(stage.style.voice, (sung,), stage.length(2.0)), at, 0.3)
        if eighth % 2 == 0:
            low = stage.notes("sub", (folded(key, 4, BASS_MIDI),), stage.length(3.0))
            stage.place("bass", low, at, 0.5 * stage.style.bass.gain)


def play_false_pulse(stage: Stage, n_bars: int) -> None:
    """Play plucked notes with a delay through the first bars, in a tempo that is not the song's."""
    ratio, beats_per_bar = stage.spec.false_pulse, stage.style.beats_per_bar
    if ratio is None:
        return
    every_beats, n_notes = 1.0 / ratio, int(n_bars * beats_per_bar * ratio)
    for note in range(n_notes):
        beat = note * every_beats
        bar = stage.bars[int(beat // beats_per_bar)]
        pitches = bar.key.triad(bar.chord, lowest_midi=ARP_MIDI)
        sound = stage.notes("pluck", (pitches[note % 3],), stage.length(3.0))
        for repeat, level in enumerate(REPEATS):
            at = stage.sample_at(beat + repeat * every_beats)
            stage.place("other", sound, at, 0.3 * level)
