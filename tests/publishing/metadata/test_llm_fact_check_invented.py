"""Allowed descriptions and invented facts: two lists, checked against one mix."""

from __future__ import annotations

import pytest

from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.llm_fact_check import (
    allowed_sentences,
    is_allowed_sentence,
    is_allowed_tag,
    known_facts,
)
from backend.app.publishing.metadata.template_context import MixFacts

KNOWN = known_facts(
    MixFacts(
        title="Night drive",
        intro="",
        hashtags=(),
        chapters=(
            ListedChapter(0, "Ada – Harbour", "Ada", "Harbour"),
            ListedChapter(300, "Bo – Neon Rain", "Bo", "Neon Rain"),
            ListedChapter(600, "夜 – 東京の夜", "夜", "東京の夜"),
        ),
        credits=("Ada", "Bo", "夜"),
        duration_s=24 * 60.0,
        n_tracks=6,
        tempo="120–124 BPM",
        keys=("A minor",),
    )
)

HARMLESS = [
    ("en", "Warm pads drift over a patient kick. Bright synths rise, and nothing is rushed. "
           "Perfect for late drives and quiet work."),
    ("en", "From the first beat it keeps you close. The bass rolls, the hats shimmer, and every "
           "blend is smooth. Put on your headphones and let go."),
    ("en", "Let Ada open the door, then follow the groove. Six tracks, one mood. "
           "Expect deep house with a tender heart."),
    ("en", "Slow to start, hard to leave. Twenty-four minutes of warmth. Play it after dark."),
    ("en", "Rolling drums meet soft voices. Seamlessly blended, it never stands still. "
           "Turn it up when the road is empty."),
    ("en", "Harbour sets the tone; Neon Rain takes it home. Nothing here shouts. "
           "Stay for the last one."),
    ("en", "Need something calm for the evening? This is it. Its six tracks move like a tide."),
    ("en", "Hypnotic, steady, and a little wistful. Gradually the light comes back. "
           "I'd save it for sunrise."),
    ("en", "Late-night house for long roads. Each track hands over to the next without a seam. "
           "Dim the lights and drive."),
    ("en", "Shimmering melodies float above a deep, steady pulse. You won't hear where one ends "
           "and another begins. Ideal for running or for cooking with friends."),
    ("en", "Sink into a seamless blend of deep grooves. Clocking in at 24 minutes, it never "
           "overstays its welcome. Syncopated beats and airy pads share the space."),
    ("en", "Starting at 120 BPM, the set builds slowly. Anchored in A minor, the mood stays "
           "pensive. Sunday-morning softness meets Saturday-night drive."),
    ("de", "Ein ruhiger Anfang, dann wird es warm. Sechs Stücke fließen ineinander. "
           "Am besten nach Einbruch der Nacht."),
    ("de", "Tiefe Bässe tragen durch die Nacht. Nichts drängt. Leise Stimmen bleiben im Ohr."),
    ("fr", "Une nuit douce et profonde. Les basses avancent sans hâte. "
           "Parfait pour la route, ou pour rester chez soi."),
    ("fr", "L'aube arrive lentement. Tout coule, rien ne presse. Écoutez-le jusqu'au bout."),
    ("es", "Un viaje lento hacia la noche. Ideal para conducir o trabajar. "
           "Seis temas que crecen poco a poco."),
    ("es", "Empieza con calma y termina bailando. La música nunca se detiene. Cierra los ojos."),
    ("it", "Un viaggio nella notte. Il ritmo cresce piano. Perfetto per guidare."),
    ("it", "Le voci arrivano da lontano. Tutto scorre senza fretta. Per chi ama la notte."),
    ("pt-BR", "Uma viagem pela noite. O ritmo cresce devagar. Perfeito para dirigir."),
    ("nl", "Een lange rit door de nacht. De bas rolt rustig door. Voor wie nog niet wil slapen."),
    ("pl", "Spokojna noc i głęboki bas. Idealne na długą drogę. Nic się nie spieszy."),
    ("ru", "Долгая дорога и тёплый звук. Ритм растёт медленно. Лучше всего слушать ночью."),
    ("ja", "静かに始まる夜。低音がゆっくりと広がる。長いドライブにどうぞ。"),
    ("ko", "천천히 시작되는 밤. 따뜻한 소리가 이어진다. 긴 드라이브에 어울린다."),
    ("zh", "夜晚慢慢开始。低音温暖而深沉。适合一个人开车。"),
    ("ar", "ليلة طويلة وهادئة. الإيقاع يكبر ببطء. مناسبة للطريق."),
    ("hi", "एक लंबी और शांत रात। धुन धीरे बढ़ती है। सफ़र के लिए अच्छी।"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_descriptions_of_sound_are_kept_whole(language: str, text: str) -> None:
    kept, left_out = allowed_sentences(text, KNOWN, language)
    assert (kept, left_out) == (text, 0)


INVENTED = [
    ("en", "Beyoncé brings the heat all night."),
    ("en", "Drake and friends join in."),
    ("en", "Skrillex drops in."),
    ("en", "skrillex drops in"),
    ("en", "Ⓑⓔⓨⓞⓝⓒⓔ here."),
    ("en", "Beyonce\u0301 opens."),
    ("en", "B\u200beyoncé opens."),
    ("en", "“Beyoncé opens.”"),
    ("en", "🎧 Madonna opens."),
    ("en", "Madonna's voice is there."),
    ("en", "Sterling plays on."),
    ("en", "Kimberly sings."),
    ("en", "Berlin calling."),
    ("en", "Ibiza nights, all over."),
    ("en", "Then the sun rises over l'Ibiza."),
    ("en", "A night at O'Malley."),
    ("en", "With Taylor in the lead."),
    ("en", "The Prodigy never stops."),
    ("en", "Twelve tracks in two hours."),
    ("en", "Three hundred BPM madness."),
    ("en", "At half past five it drops."),
    ("en", "Twenty-five minutes of warmth."),
    ("en", "Heard by millions."),
    ("en", "Over five million plays."),
    ("en", "Follow us on instagram at segue."),
    ("en", "Follow me for more."),
    ("en", "Support it on patreon."),
    ("en", "Subscribe for more."),
    ("en", "Find it on soundcloud and spotify."),
    ("en", "Featured by bbc radio."),
    ("en", "The link is below."),
    ("en", "Sign up today."),
    ("en", "Get tickets now."),
    ("de", "Hier spielt Paul Kalkbrenner auf."),
    ("de", "Zwölf Stücke in einer Stunde."),
    ("de", "Folgt uns auf Instagram."),
    ("fr", "Beyoncé ouvre la nuit."),
    ("fr", "Une nuit avec Beyoncé."),
    ("fr", "Douze morceaux pour la route."),
    ("fr", "Abonnez-vous."),
    ("es", "Shakira abre la noche."),
    ("es", "Doce temas para la noche."),
    ("es", "Suscríbete ya."),
    ("it", "Madonna apre la notte."),
    ("pt-BR", "Anitta abre a noite."),
    ("nl", "Tiësto opent de nacht."),
    ("ru", "Beyoncé открывает ночь."),
    ("ja", "Madonnaが登場する夜。"),
    ("ja", "instagramで見てね。"),
]


@pytest.mark.parametrize(("language", "sentence"), INVENTED)
def test_invented_facts_are_removed(language: str, sentence: str) -> None:
    assert not is_allowed_sentence(sentence, KNOWN, language)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("deep house", True),
        ("late night drive", True),
        ("ADA", True),
        ("neon rain mix", True),
        ("musik zum lernen", True),
        ("musique pour réviser", False),  # “réviser” is missing in the lists, which are kept short
        ("夜 ミックス", True),
        ("東京の夜", True),
        ("संगीत", True),
        ("120 bpm", True),
        ("six tracks", True),
        ("underground house", True),
        ("musik zum arbeiten", True),
        ("música para conducir", True),
        ("deephousemix", True),
        ("harbournights", True),
        ("125 bpm", False),
        ("twelve tracks", False),
        ("taylor swift live", False),
        ("drake type beat", False),
        ("davidguetta", False),
        ("coldplay", False),
        ("radiohead", False),
        ("宇多田ヒカル", False),
        ("instagram", False),
        ("ibiza", False),
    ],
)
def test_tag_has_only_common_words_and_facts(text: str, stands: bool) -> None:
    assert is_allowed_tag(text, KNOWN, "en") is stands
