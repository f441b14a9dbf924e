"""Headings and units of descriptions, by language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Words of a description in one language.

    A unit has one form, or one for each of CLDR's plural categories: one and other, or one, few and
    many. ``gap`` stands between a number and its unit, ``between`` between hours and minutes.
    """

    tracklist: str
    chapters: str
    artists: str
    links: str
    licence: str
    second: tuple[str, ...]
    minute: tuple[str, ...]
    hour: tuple[str, ...]
    track: tuple[str, ...]
    colon: str = ": "
    gap: str = " "
    between: str = " "
    capital_nouns: bool = False


ENGLISH = Phrases(
    tracklist="Tracklist",
    chapters="Chapters",
    artists="Artists",
    links="Links",
    licence="Licence",
    second=("second", "seconds"),
    minute=("minute", "minutes"),
    hour=("hour", "hours"),
    track=("track", "tracks"),
)

PHRASES = {
    "en": ENGLISH,
    "cs": Phrases(
        tracklist="Seznam skladeb",
        chapters="Kapitoly",
        artists="Interpreti",
        links="Odkazy",
        licence="Licence",
        second=("sekunda", "sekundy", "sekund"),
        minute=("minuta", "minuty", "minut"),
        hour=("hodina", "hodiny", "hodin"),
        track=("skladba", "skladby", "skladeb"),
    ),
    "da": Phrases(
        tracklist="Trackliste",
        chapters="Kapitler",
        artists="Kunstnere",
        links="Links",
        licence="Licens",
        second=("sekund", "sekunder"),
        minute=("minut", "minutter"),
        hour=("time", "timer"),
        track=("nummer", "numre"),
    ),
    "de": Phrases(
        tracklist="Tracklist",
        chapters="Kapitel",
        artists="Artists",
        links="Links",
        licence="Lizenz",
        second=("Sekunde", "Sekunden"),
        minute=("Minute", "Minuten"),
        hour=("Stunde", "Stunden"),
        track=("Track", "Tracks"),
        capital_nouns=True,
    ),
    "es": Phrases(
        tracklist="Lista de temas",
        chapters="Capítulos",
        artists="Artistas",
        links="Enlaces",
        licence="Licencia",
        second=("segundo", "segundos"),
        minute=("minuto", "minutos"),
        hour=("hora", "horas"),
        track=("tema", "temas"),
    ),
    "fr": Phrases(
        tracklist="Liste des titres",
        chapters="Chapitres",
        artists="Artistes",
        links="Liens",
        licence="Licence",
        second=("seconde", "secondes"),
        minute=("minute", "minutes"),
        hour=("heure", "heures"),
        track=("titre", "titres"),
        colon=" : ",
    ),
    "id": Phrases(
        tracklist="Daftar lagu",
        chapters="Bab",
        artists="Artis",
        links="Tautan",
        licence="Lisensi",
        second=("detik",),
        minute=("menit",),
        hour=("jam",),
        track=("lagu",),
    ),
    "it": Phrases(
        tracklist="Lista dei brani",
        chapters="Capitoli",
        artists="Artisti",
        links="Link",
        licence="Licenza",
        second=("secondo", "secondi"),
        minute=("minuto", "minuti"),
        hour=("ora", "ore"),
        track=("brano", "brani"),
    ),
    "ja": Phrases(
        tracklist="トラックリスト",
        chapters="チャプター",
        artists="アーティスト",
        links="リンク",
        licence="ライセンス",
        second=("秒",),
        minute=("分",),
        hour=("時間",),
        track=("曲",),
        colon="：",
        gap="",
        between="",
    ),
    "ko": Phrases(
        tracklist="트랙리스트",
        chapters="챕터",
        artists="아티스트",
        links="링크",
        licence="라이선스",
        second=("초",),
        minute=("분",),
        hour=("시간",),
        track=("곡",),
        gap="",
    ),
    "nl": Phrases(
        tracklist="Tracklist",
        chapters="Hoofdstukken",
        artists="Artiesten",
        links="Links",
        licence="Licentie",
        second=("seconde", "seconden"),
        minute=("minuut", "minuten"),
        hour=("uur",),
        track=("track", "tracks"),
    ),
    "no": Phrases(
        tracklist="Låtliste",
        chapters="Kapitler",
        artists="Artister",
        links="Lenker",
        licence="Lisens",
        second=("sekund", "sekunder"),
        minute=("minutt", "minutter"),
        hour=("time", "timer"),
        track=("låt", "låter"),
    ),
    "pl": Phrases(
        tracklist="Lista utworów",
        chapters="Rozdziały",
        artists="Wykonawcy",
        links="Linki",
        licence="Licencja",
        second=("sekunda", "sekundy", "sekund"),
        minute=("minuta", "minuty", "minut"),
        hour=("godzina", "godziny", "godzin"),
        track=("utwór", "utwory", "utworów"),
    ),
    "pt": Phrases(
        tracklist="Lista de faixas",
        chapters="Capítulos",
        artists="Artistas",
        links="Links",
        licence="Licença",
        second=("segundo", "segundos"),
        minute=("minuto", "minutos"),
        hour=("hora", "horas"),
        track=("faixa", "faixas"),
    ),
    "ru": Phrases(
        tracklist="Треклист",
        chapters="Таймкоды",
        artists="Исполнители",
        links="Ссылки",
        licence="Лицензия",
        second=("секунда", "секунды", "секунд"),
        minute=("минута", "минуты", "минут"),
        hour=("час", "часа", "часов"),
        track=("трек", "трека", "треков"),
    ),
    "sv": Phrases(
        tracklist="Låtlista",
        chapters="Kapitel",
        artists="Artister",
        links="Länkar",
        licence="Licens",
        second=("sekund", "sekunder"),
        minute=("minut", "minuter"),
        hour=("timme", "timmar"),
        track=("låt", "låtar"),
    ),
    "tr": Phrases(
        tracklist="Parça listesi",
        chapters="Bölümler",
        artists="Sanatçılar",
        links="Bağlantılar",
        licence="Lisans",
        second=("saniye",),
        minute=("dakika",),
        hour=("saat",),
        track=("parça",),
    ),
    "uk": Phrases(
        tracklist="Трекліст",
        chapters="Таймкоди",
        artists="Виконавці",
        links="Посилання",
        licence="Ліцензія",
        second=("секунда", "секунди", "секунд"),
        minute=("хвилина", "хвилини", "хвилин"),
        hour=("година", "години", "годин"),
        track=("трек", "треки", "треків"),
    ),
    "zh": Phrases(
        tracklist="曲目列表",
        chapters="章节",
        artists="艺人",
        links="链接",
        licence="许可协议",
        second=("秒",),
        minute=("分钟",),
        hour=("小时",),
        track=("首曲目",),
        colon="：",
        gap="",
        between="",
    ),
    "zh-hant": Phrases(
        tracklist="曲目列表",
        chapters="章節",
        artists="藝人",
        links="連結",
        licence="授權條款",
        second=("秒",),
        minute=("分鐘",),
        hour=("小時",),
        track=("首曲目",),
        colon="：",
        gap="",
        between="",
    ),
}
