"""Styles whose beat is hard to find: broken, half-time, off-beat, brushed, in five or seven."""

from __future__ import annotations

from composer.song import StyleName
from composer.styles.basic import BREAKBEAT_FORM, SONG_FORM
from composer.styles.style import Line, Style, part

_OFFBEAT_FORM = (
    part("intro", 2, 0.4, "open bass pad"),
    part("drop", 3, 0.95, "kick clap hat open bass chords pad arp"),
    part("break", 2, 0.3, "open chords pad voice"),
    part("drop", 3, 1.0, "kick clap hat open bass chords pad arp voice"),
    part("outro", 1, 0.4, "kick open bass"),
)
_HALFVERSE_FORM = (
    part("intro", 1, 0.4, "kick:half hat pad chords"),
    part("verse", 2, 0.65, "kick:half snare:half hat bass chords voice"),
    part("chorus", 2, 0.95, "kick snare hat open bass chords pad arp voice"),
    part("verse", 2, 0.65, "kick:half snare:half hat bass chords voice"),
    part("chorus", 2, 1.0, "kick snare hat open bass chords pad arp voice"),
    part("outro", 1, 0.45, "kick:half hat bass chords"),
)
_BAND_FORM = (
    part("intro", 1, 0.4, "hat bass chords ride"),
    part("verse", 2, 0.65, "kick snare rim brush sweep hat ride bass chords voice"),
    part("chorus", 2, 0.95, "kick snare rim brush sweep hat open ride bass chords pad arp voice"),
    part("solo", 2, 0.7, "rim brush sweep ride hat bass chords arp"),
    part("chorus", 2, 1.0, "kick snare rim brush sweep hat open ride bass chords pad arp voice"),
    part("outro", 1, 0.45, "kick sweep hat ride bass chords"),
)

_CHAMBER_FORM = (
    part("opening", 1, 0.4, "chords"),
    part("theme", 2, 0.7, "bass chords arp"),
    part("middle", 2, 0.9, "bass chords pad arp voice"),
    part("theme", 2, 0.8, "bass chords pad arp"),
    part("closing", 1, 0.4, "bass chords"),
)

HARD_STYLES: dict[StyleName, Style] = {
    "breakbeat": Style(
        tempo_bpm=(118.0, 142.0),
        drums=(
            ("kick", "9.9.......79....9.9.......9....."),
            ("snare", "....9..4.4..9..4....9..4.4....9."),
            ("hat", "6.5.6.5.6.5.6.5."),
            ("open", "..........6....."),
        ),
        bass=Line("8..8......6...7.", "reese", 2.5, 0.5),
        chords=Line("......6.........", "stab", 3.0, 0.16),
        pad=Line("6...............", "pad", 16.5, 0.11),
        arp=Line("..4..4..4..4..4.", "pluck", 1.5, 0.11),
        voice="i",
        form=BREAKBEAT_FORM,
    ),
    "twostep": Style(
        tempo_bpm=(128.0, 136.0),
        swing=0.35,
        drums=(
            ("kick", "9.........9..3.."),
            ("snare", "....9..3.4..9..4"),
            ("hat", "..6..64...6..46."),
        ),
        bass=Line("..8..6....8..7..", "sub", 2.0, 0.7),
        chords=Line("...7..6....7..5.", "organ", 1.5, 0.18),
        pad=Line("5...............", "pad", 16.5, 0.07),
        arp=Line("...5.....5...5..", "pluck", 1.5, 0.12),
        voice="a",
        form=SONG_FORM,
    ),
    "dembow": Style(
        tempo_bpm=(84.0, 104.0),
        drums=(
            ("kick", "7...7...7...7..."),
            ("snare", "...9..9....9..9."),
            ("hat", "..3...3...3...3."),
        ),
        bass=Line("8..8..8.8..8..8.", "sub", 2.0, 0.8),
        chords=Line("...6..6....6..6.", "stab", 1.5, 0.18),
        pad=Line("5...............", "pad", 16.5, 0.07),
        arp=Line("5..5..5.5..5..5.", "pluck", 2.0, 0.12),
        voice="o",
        form=SONG_FORM,
    ),
    "halftime": Style(
        tempo_bpm=(134.0, 150.0),
        drums=(
            ("kick", "9.....5...7.....9............7.."),
            ("snare", "........9..............39......."),
            ("hat", "5..4..5...4..4.."),
        ),
        bass=Line("9.........6..5..", "reese", 5.0, 0.6),
        chords=Line("......6.........", "stab", 3.0, 0.14),
        pad=Line("6...............", "pad", 16.5, 0.10),
        arp=Line("4..4..4..4..4...", "pluck", 2.0, 0.10),
        voice="u",
        form=BREAKBEAT_FORM,
    ),
    "halfverse": Style(
        tempo_bpm=(124.0, 160.0),
        drums=(
            ("kick", "9.....6.9......."),
            ("snare", "....9.......9..."),
            ("kick:half", "9............6.."),
            ("snare:half", "........9......."),
            ("hat", "6...5...6...5..."),
            ("open", "..............5."),
        ),
        bass=Line("8.......6.....5.", "saw", 4.0, 0.5),
        chords=Line("7.....5.....5...", "strum", 4.0, 0.18),
        pad=Line("5...............", "pad", 16.5, 0.07),
        arp=Line("4...4.4...4...4.", "pluck", 2.0, 0.09),
        voice="e",
        form=_HALFVERSE_FORM,
    ),
    "offbeat": Style(
        tempo_bpm=(130.0, 144.0),
        pump=0.6,
        drums=(
            ("kick", "7...7...7...7..."),
            ("clap", "............4..."),
            ("hat", "..5...5...5...5."),
            ("open", "..9...9...9...9."),
        ),
        bass=Line("..9...9...9...9.", "saw", 1.6, 0.6),
        chords=Line("..7...7...7...7.", "stab", 1.2, 0.16),
        pad=Line("..6.............", "pad", 16.5, 0.08),
        arp=Line("..5..5....5..5..", "pluck", 1.2, 0.11),
        voice="u",
        form=_OFFBEAT_FORM,
        drum_db={"kick": -13.0, "open": 5.0},
        stem_db={"bass": 5.0},
    ),
    "ska": Style(
        tempo_bpm=(116.0, 164.0),
        drums=(
            ("kick", "5.......5......."),
            ("snare", "....5.......5..."),
            ("hat", "..7...7...7...7."),
        ),
        bass=Line("7...6...7...6.6.", "sub", 3.5, 0.7),
        chords=Line("..9...9...9...9.", "strum", 1.2, 0.22),
        pad=Line("....4...........", "organ", 10.0, 0.06),
        arp=Line("..4.4...4.4.4...", "stab", 1.5, 0.12),
        voice="a",
        form=_BAND_FORM,
        drum_db={"kick": -4.0},
        stem_db={"other": 6.0, "drums": -3.0},
    ),
    "onedrop": Style(
        tempo_bpm=(66.0, 86.0),
        drums=(
            ("kick", "........9......."),
            ("rim", "........8.....3."),
            ("hat", "5.3.5.3.5.3.5.3."),
        ),
        bass=Line("..6.8...6.8.6...", "sub", 3.0, 0.9),
        chords=Line("..9...9...9...9.", "organ", 1.0, 0.2),
        pad=Line("....4...........", "pad", 12.0, 0.05),
        arp=Line("......5...5.....", "keys", 2.0, 0.11),
        voice="o",
        form=_BAND_FORM,
        stem_db={"other": 4.0, "bass": 3.0, "drums": -2.0},
    ),
    "brushes": Style(
        tempo_bpm=(92.0, 152.0),
        shuffle=0.85,
        drums=(
            ("kick", "3...2...3...2..."),
            ("sweep", "6...5...6...5..."),
            ("brush", "....5.2.....5.3."),
            ("ride", "6...6.4.6...6.4."),
        ),
        bass=Line("8...7...8...7...", "sub", 3.6, 0.8),
        chords=Line("..6.........5...", "keys", 3.0, 0.22),
        pad=Line("................", "pad", 16.5, 0.05),
        arp=Line("4.3.4.3.4.3.4.3.", "keys", 1.6, 0.14),
        voice="a",
        form=_BAND_FORM,
        stem_db={"drums": -4.0},
    ),
    "five": Style(
        tempo_bpm=(104.0, 164.0),
        beats_per_bar=5,
        drums=(
            ("kick", "9.....5.....8......."),
            ("snare", "........7.......8.4."),
            ("hat", "5.3.5.3.5.3.5.3.5.3."),
        ),
        bass=Line("8.....6.....7...6...", "sub", 4.0, 0.8),
        chords=Line("7.....6.....7.......", "keys", 3.0, 0.22),
        pad=Line("5...................", "pad", 20.5, 0.07),
        arp=Line("4..4..4.....4...4...", "pluck", 2.0, 0.10),
        voice="e",
        form=SONG_FORM,
    ),
    # Bars of 7/8, in two, two and three: the beat is the eighth.
    "seven": Style(
        tempo_bpm=(168.0, 216.0),
        beats_per_bar=7,
        drums=(
            ("kick", "9...............8..........."),
            ("snare", "........8...............7..."),
            ("hat", "5...3...5...3...5...3...3..."),
        ),
        bass=Line("8.......6.......7.......6...", "saw", 5.0, 0.5),
        chords=Line("7.......6.......7...........", "strum", 6.0, 0.2),
        pad=Line("5...........................", "pad", 28.5, 0.07),
        arp=Line("4...4...4...4...4...4...4...", "pluck", 3.0, 0.10),
        voice="o",
        form=SONG_FORM,
    ),
    # Bowed strings and a piano, without drums.
    "chamber": Style(
        tempo_bpm=(66.0, 112.0),
        drums=(),
        bass=Line("8.......6.......", "bow", 8.0, 0.7),
        chords=Line("7...5...6...5...", "bow", 4.5, 0.18),
        pad=Line("5...............", "pad", 16.5, 0.08),
        arp=Line("4.5.4.5.4.5.4.5.", "keys", 3.0, 0.10),
        voice="u",
        form=_CHAMBER_FORM,
    ),
}
