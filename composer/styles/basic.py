"""Styles with a clear beat: kicks on the beat, a backbeat on two and four."""

from __future__ import annotations

from composer.song import StyleName
from composer.styles.style import Line, Style, part

CLUB_FORM = (
    part("intro", 2, 0.4, "kick hat pad"),
    part("drop", 3, 0.95, "kick clap hat open ride bass chords pad arp"),
    part("break", 1, 0.3, "hat chords pad voice"),
    part("drop", 3, 1.0, "kick clap hat open ride bass chords pad arp voice"),
    part("outro", 2, 0.4, "kick hat bass pad"),
)
SONG_FORM = (
    part("intro", 1, 0.4, "kick hat pad chords"),
    part("verse", 2, 0.65, "kick snare hat bass chords voice"),
    part("chorus", 2, 0.95, "kick snare hat open bass chords pad arp voice"),
    part("verse", 2, 0.65, "kick snare hat bass chords voice"),
    part("chorus", 2, 1.0, "kick snare hat open bass chords pad arp voice"),
    part("outro", 1, 0.45, "kick hat bass chords"),
)
BREAKBEAT_FORM = (
    part("intro", 2, 0.35, "kick hat pad arp"),
    part("drop", 4, 1.0, "kick snare hat open bass chords pad"),
    part("break", 2, 0.3, "hat pad chords voice"),
    part("drop", 3, 0.95, "kick snare hat open bass chords pad arp"),
    part("outro", 1, 0.45, "kick snare hat pad"),
)

BASIC_STYLES: dict[StyleName, Style] = {
    "house": Style(
        tempo_bpm=(120.0, 127.0),
        pump=0.55,
        drums=(
            ("kick", "9...9...9...9..."),
            ("clap", "....8.......8..."),
            ("hat", "5.3.5.3.5.3.5.33"),
            ("open", "..7...7...7...7."),
        ),
        bass=Line("..8...8.5.8...86", "saw", 1.6, 0.5),
        chords=Line("7..6..6...6.....", "organ", 1.8, 0.16),
        pad=Line("6...............", "pad", 16.5, 0.10),
        arp=Line("..5..4..5..4..5.", "pluck", 2.0, 0.14),
        voice="a",
        form=CLUB_FORM,
    ),
    "techno": Style(
        tempo_bpm=(128.0, 138.0),
        pump=0.6,
        drums=(
            ("kick", "9...9...9...9..."),
            ("clap", "............6..."),
            ("hat", "3234323432343234"),
            ("open", "..8...8...8...8."),
            ("ride", "4...4...4...4..."),
        ),
        bass=Line(".788.788.788.788", "saw", 0.9, 0.5),
        chords=Line("...6......5.....", "stab", 1.2, 0.16),
        pad=Line("6...............", "pad", 16.5, 0.08),
        arp=Line("5.45.45.5.45.45.", "pluck", 1.2, 0.11),
        voice="u",
        form=CLUB_FORM,
    ),
    "hiphop": Style(
        tempo_bpm=(82.0, 96.0),
        swing=0.3,
        drums=(
            ("kick", "9......6..9.....9..6......9....."),
            ("snare", "....9.......9.......9.......9..4"),
            ("hat", "6.4.6.4.6.4.6.446.4.6.4.6.446.4."),
        ),
        bass=Line("9......6..8.....", "sub", 3.5, 0.8),
        chords=Line("7.........5.....", "keys", 6.0, 0.22),
        pad=Line("5...............", "pad", 16.5, 0.07),
        arp=Line("....4..4....4...", "keys", 2.0, 0.12),
        voice="o",
        form=SONG_FORM,
    ),
    "dnb": Style(
        tempo_bpm=(170.0, 176.0),
        drums=(
            ("kick", "9.........9....."),
            ("snare", "....9..3.3..9..3"),
            ("hat", "6.4.6.4.6.4.6.4."),
            ("open", "..............5."),
        ),
        bass=Line("9.....7...7.....", "reese", 4.0, 0.5),
        chords=Line("......5.........", "stab", 3.0, 0.16),
        pad=Line("6...............", "pad", 16.5, 0.11),
        arp=Line("4..4..4.4..4..4.", "pluck", 1.5, 0.11),
        voice="i",
        form=BREAKBEAT_FORM,
    ),
    "pop": Style(
        tempo_bpm=(98.0, 124.0),
        drums=(
            ("kick", "9.....6.9......."),
            ("snare", "....9.......9..."),
            ("hat", "6.4.6.4.6.4.6.4."),
            ("open", "..............5."),
        ),
        bass=Line("8.6.8.6.8.6.8.66", "saw", 1.7, 0.5),
        chords=Line("7..5..5.7..5..5.", "strum", 2.5, 0.18),
        pad=Line("5...............", "pad", 16.5, 0.07),
        arp=Line("4.4.4.4.4.4.4.4.", "pluck", 2.0, 0.09),
        voice="e",
        form=SONG_FORM,
    ),
    "ballad": Style(
        tempo_bpm=(62.0, 76.0),
        drums=(
            ("kick", "8.......7.5....."),
            ("snare", "....6.......6..."),
            ("hat", "4.3.4.3.4.3.4.3."),
        ),
        bass=Line("8.......6.....5.", "sub", 6.0, 0.7),
        chords=Line("7...5...6...5...", "keys", 4.0, 0.20),
        pad=Line("5...............", "pad", 16.5, 0.09),
        arp=Line("4.4.4.4.4.4.4.4.", "keys", 3.0, 0.11),
        voice="a",
        form=SONG_FORM,
    ),
    "waltz": Style(
        tempo_bpm=(108.0, 138.0),
        beats_per_bar=3,
        drums=(
            ("kick", "9..........."),
            ("snare", "....4...4..."),
            ("hat", "5...4...4.3."),
        ),
        bass=Line("8...........", "sub", 7.0, 0.8),
        chords=Line("....7...6...", "strum", 3.0, 0.22),
        pad=Line("4...........", "pad", 12.5, 0.07),
        arp=Line("4.4.4.4.4.4.", "keys", 2.0, 0.08),
        voice="o",
        form=SONG_FORM,
    ),
}
