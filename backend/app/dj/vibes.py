"""What each vibe asks of tempo, of the players, and of the master."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract.mashups import Vibe


@dataclass(frozen=True, slots=True)
class VibeTreatment:
    """A vibe in numbers. The planner takes the tempo and the players, the master all else.

    Attributes
    ----------
    tempo_factor : how much faster than the songs' own common tempo everything is played. Steps of
        two percent are noticed; the vibes are three apart, and six from the middle is what drums
        bear
    tempo_bpm : tempos at which this vibe feels at home; of two pairs alike in all else, the one
        nearer to it is taken
    drums_db, bass_db, harmony_db, voice_db : gains of the players
    low_shelf_db, high_shelf_db : shelves of the master with their corners at ``low_shelf_hz`` and
        ``high_shelf_hz``
    ratio, threshold_db, attack_ms, release_ms : the master's compressor; its threshold lies
        ``threshold_db`` over the mix's own loudness in LUFS (mostly below: negative)
    room_size, wet : reverberation: how large (0 to 1), and how loud beside the dry sound (0 to 1)
    width : gain of what is wide (the side signal); 1 leaves it
    quiet_db : how far everybody steps back outside the drops, beyond what is quieter there as fewer
        play: a part as loud as the drop leaves it nothing to do, and the softer a vibe is the more
        it lives of that. The compressor leaves one part in ``ratio`` of it, so dark's 4 dB are 2
        in the end and chill's 4.5 are 3. The loudness range then grows by more than 1 LU a vibe
    loudness_lufs : how loud the finished mashup is
    words : what all this comes to, for people
    """

    tempo_factor: float
    tempo_bpm: tuple[float, float]
    drums_db: float
    bass_db: float
    harmony_db: float
    voice_db: float
    low_shelf_db: float
    low_shelf_hz: float
    high_shelf_db: float
    high_shelf_hz: float
    ratio: float
    threshold_db: float
    attack_ms: float
    release_ms: float
    room_size: float
    wet: float
    width: float
    quiet_db: float
    loudness_lufs: float
    words: str


VIBES: dict[Vibe, VibeTreatment] = {
    "energetic": VibeTreatment(
        tempo_factor=1.06,
        tempo_bpm=(122.0, 136.0),
        drums_db=1.5,
        bass_db=0.5,
        harmony_db=0.0,
        voice_db=0.0,
        low_shelf_db=1.0,
        low_shelf_hz=110.0,
        high_shelf_db=2.0,
        high_shelf_hz=5000.0,
        ratio=4.5,
        threshold_db=-10.0,
        attack_ms=8.0,
        release_ms=90.0,
        room_size=0.2,
        wet=0.03,
        width=1.1,
        quiet_db=0.0,
        loudness_lufs=-12.0,
        words="faster, punchy and dense: little room, drums to the front",
    ),
    "upbeat": VibeTreatment(
        tempo_factor=1.03,
        tempo_bpm=(108.0, 126.0),
        drums_db=0.0,
        bass_db=-1.5,
        harmony_db=0.5,
        voice_db=0.5,
        low_shelf_db=-2.5,
        low_shelf_hz=150.0,
        high_shelf_db=4.0,
        high_shelf_hz=3500.0,
        ratio=2.2,
        threshold_db=-5.0,
        attack_ms=15.0,
        release_ms=140.0,
        room_size=0.3,
        wet=0.06,
        width=1.15,
        quiet_db=1.5,
        loudness_lufs=-13.0,
        words="a little faster, light and bright: less bass, more air",
    ),
    "dark": VibeTreatment(
        tempo_factor=0.97,
        tempo_bpm=(96.0, 128.0),
        drums_db=-0.5,
        bass_db=2.5,
        harmony_db=-1.0,
        voice_db=-0.5,
        low_shelf_db=3.5,
        low_shelf_hz=130.0,
        high_shelf_db=-6.0,
        high_shelf_hz=2800.0,
        ratio=1.8,
        threshold_db=-4.0,
        attack_ms=25.0,
        release_ms=220.0,
        room_size=0.75,
        wet=0.16,
        width=0.95,
        quiet_db=4.0,
        loudness_lufs=-14.0,
        words="a little slower, deep and closed: bass to the front, highs held back, a large room",
    ),
    "chill": VibeTreatment(
        tempo_factor=0.94,
        tempo_bpm=(72.0, 104.0),
        drums_db=-3.5,
        bass_db=-0.5,
        harmony_db=1.0,
        voice_db=0.0,
        low_shelf_db=0.0,
        low_shelf_hz=110.0,
        high_shelf_db=-3.0,
        high_shelf_hz=4000.0,
        ratio=1.4,
        threshold_db=-2.0,
        attack_ms=40.0,
        release_ms=300.0,
        room_size=0.6,
        wet=0.22,
        width=1.25,
        quiet_db=4.5,
        loudness_lufs=-16.0,
        words="slower and soft: drums set back, wide, in a roomy space, with its dynamics left",
    ),
}
