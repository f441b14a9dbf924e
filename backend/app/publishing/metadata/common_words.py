"""Common words that are no names, for checking a language model's text.

A model's tag may consist of these words and of the mix's facts; its sentences may start with them.
A missing word costs a harmless tag now and then; a listed word that is also a name passes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping


def _words(*texts: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", " ".join(texts)).casefold().split())


GENRES = _words(
    """
acid afro ambient bass beat beats bpm breakbeat breaks chill chillout club dance deep disco dj djs
downtempo drum dub dubstep edm electro electronic electronica funk garage hip hop house i indie jazz
jungle latin lofi lounge mashup melodic minimal mix mixes mixtape music musik nu organic party pop
progressive psy r rap reggae remix rnb rock set soul swing synthwave tech techno trance trap trip
tropical uk vocal wave world monday tuesday wednesday thursday friday saturday sunday
"""
)
"""Genres, and English words capitalised inside a sentence."""

_SOUND = """
after afterhours album anthem anthems atmosphere atmospheric audio background ballad ballads banger
bangers bassline basslines blend blended blends bongo bpm breakdown build buildup chord chords
classic classics club compilation continuous crossfade crossfaded cut cuts dancefloor djing djmix
drop drops drums edit edits electronic energy euphoric eurodance flow flowing flows folk gabber
gapless grime groove grooves groovy guitar hardcore harmonic harmony hard hits hour hours hardstyle
hit hymn instrumental instrumentals italo joins journey keys kick kicks loop loops lyrics major
medley megamix melodies melody metal midtempo minor minute minutes mixed mixing mode mood moods
moombahton neo nonstop opener pads percussion percussive phonk piano playlist playlists podcast
pulse punk radio rave ready rhythm rhythmic rhythms samba salsa sequence session sessions sets
shoegaze ska slow song songs sound sounds soundscape soundtrack soulful spin storm strings synth
synths tempo texture textures timbre tone track tracklist tracks transition transitions tune tunes
uplifting uptempo vibe vibes video vinyl vocals voice voices volume warmup waves amapiano afrobeat
afrobeats lo fi k hi balearic bossa nova blues bounce breakcore chillstep chillwave cumbia dancehall
dembow disco drill drumstep future hyperpop idm kizomba krautrock merengue motown neurofunk
nightcore opera oldschool old new school schranz psytrance reggaeton bachata riddim rumba soca swing
tango tribal vaporwave waltz zouk country classical orchestral gospel
"""

_USES = """
afternoon afternoons autumn bar bars beach bed bedroom breakfast breeze bright calm calming campfire
car chilled city clubbing code coding coffee commute cooking cosy cozy cruise cruising crowd dance
dancer dancers dancing dark dawn day daydream daydreams days dinner dream dreams dreamy drive driver
drivers drives driving dusk early easy energetic evening evenings exercise feel feeling feelgood
feelings feet festival fitness floor focus food friday friends fun gaming gentle good great gym
happy headphones heart heat heavy hike holiday home hot hypnotic intense kitchen late light lights
lift listen listening live lively long love mellow midnight mindful meditation moment moments monday
moody moon moonlit morning mornings motion motivation mountain mountains moving night nights
nighttime ocean office open outdoor peak pool power rain rainy reading relax relaxation relaxed
relaxing rest ride rides riding road roadtrip roads romantic rooftop run runner runners running sad
saturday sea season seaside shade shades shadow sleep sleepy smooth soft space spring star stars
starry stream street streets studio study studying summer summertime sun sunday sundown sunny
sunrise sunset sunsets time train training travel trip trips tropical turn urban walk walking walks
warm warmth water weekend weekends wind winter work working workout world yoga
"""

_ADJECTIVES = """
airy amazing beautiful big blissful bold bouncy brave breezy broad broken bumpy careful catchy
charming classic clean clear close cold colourful colorful cool crisp curious delicate dense
different dirty distant driven dry dusty dynamic earthy eclectic elegant emotional endless epic
ethereal every exciting expansive familiar fast fat fearless fierce fine fluid fragile fresh full
funky fuzzy fiery glittering glossy glowing golden gritty hazy high honest huge humid hushed icy
infectious intimate intricate jazzy joyful joyous jubilant kinetic layered lazy lean liquid little
loose lost loud low lovely luminous lush magical massive muted mysterious natural neon nice
nocturnal nostalgic patient perfect playful pleasant polished powerful precise pulsating pulsing
pure punchy quick quiet rare raw restless rich rolling rough round sensual serene shadowy sharp
shimmering shiny short shuffling silky simple skittering sleek slick sluggish small smoky snappy
sparkling sparse spacious special spacey steady steamy still straight strange strong subtle sweet
sweeping swinging swirling tender tense thick thin thoughtful tight timeless tiny tough true twisted
ultimate understated unhurried vast velvety vibrant vintage vivid weightless whole wide wild wistful
wonderful young
"""

_NOUNS = """
adventure air arc art balance ball beginning bells blast blur body bridge burner burst calm care
change chapter claps climax close closing collection colour color contrast core corner craft curve
darkness depth detail details drift drifter ease echo echoes edge emotion end ending entrance escape
explosion eye eyes fade fades fan fans feature fields fill finale fire flight fog foundation frame
glow hand hands haze head hats headspace hook horizon horns intro invitation joy kind landing layer
layers leads length line lines listener listeners lovers luck magic middle mind minds mist mixture
music noise notes nothing opening outro owl owls pace pair part parts passage patience pattern
patterns peace people percussions phrase phrases piece pieces place play pleasure point power
pressure pull push quarter rise road rolling room samples scene section selection sense set shape
shift shimmer shuffle silence sky slice smile snares soul spell spirit stab stabs start step steps
stomp stop stories story stretch style sub surprise surprises sway sweep tail tale taste tension
thing things thread thrill thump thunder tide tides top touch trail treat treble twist variety view
voyage wall way ways weather wonder
"""

_OPENERS = """
a about above across after again against ahead all along already also although always among an and
another any anyone anything anywhere are around as aside at away back be because been before behind
being below beneath beside besides best between beyond both but by can can't come comes coming could
d did different do does don don't down during each either else enough even eventually ever everyone
everything everywhere except few finally first for forever from further gently given go goes going
gone got gradually had half has have he her here hers his how however i if in inside instead into is
isn it its itself just last later least less let lets like ll looking lots m made many maybe
meanwhile might more most mostly much must my near nearly neither never next no nobody none nonstop
nor not now of off often on once one only onto or other others otherwise our ours out outside over
own past per perhaps plenty quite rather re real really right s same several shall she should since
slowly so some somebody someone something sometimes somewhere soon still such suddenly t tailored
than that the their them then there these they this those though three through throughout till to
together tonight too toward towards under underneath until up upon us ve very was we well were what
whatever when whenever where wherever whether which while who whoever whole whose why will with
within without won't would yes yet you your yours add alternating balanced bathed begin begins
beginning blending born bring brings bringing build built builds building call carefully carried
catch clap climb climbing close combining consider crafted cruise curated cut dancing deeply
designed dig discover dive don't drawing dress drift drifting drop dropping ease easing effortlessly
embark enjoy enter evolving expect experience explore explored exploring fade fading fall falling
fasten feel feeling filled find follow followed forget gather get getting give gives grab grow
growing grows guided hear heard hit hitting hold ideal imagine immerse inspired introducing invite
join jump keep keeping keeps kick kicking land lasting lay lean leave let lie lift lifting listen
lock look lose made make makes making meant meet meets melt mix mixing move moves moving need open
opening opens packed pack paced picture play played playing plays pour prepare press pulling pulls
pump push put raise reach relax relaxing rest ride riding rise rising roll rolling run running say
send set sets setting settle settling shake share shift shifting sink sit slide slip slow slowing
softly spanning spin stand start started starting starts stay staying steadily step stitched stretch
subtly surrender sway take taken takes taking tap think tie travel traveling travelling try tune
turn turning unfold unfolding unfolds unwind use wait wake walk wander want warming watch weaving
welcome woven wrap wrapped anchored artist artists blurring bridging buckle clocking crank dim
driven featuring floating fueled fuelled handpicked highlight highlights hovering including includes
infused locked loosen plug producer producers punctuated range ranging rooted selected sequenced
sliding standout strap throbbing thumping zero accompanied backed basking bubbling captivating
charged cinematic cosmic cue dazzling drenched dripping drenching elevate elevated embrace
energizing ever evocative fades flawless flawlessly floats flows framed grounded held hushed
infectious journeys lively luscious masterfully melancholic melancholy midway momentum mostly nimble
nothing notice opener pensive polyrhythmic pounding precision punctuating recommended relentless
revel ripples satisfying savor savour scattered sculpted seamless shadows sinuous skip slinky soaked
soaring soothing spiraling spiralling stirring sultry sunlit syncopated syncopation tempos tempered
textured throwback underground poolside halfway lulling feathery nostalgia simplicity handing
tracing undulating unwinding wound
"""

_OTHER_LANGUAGES = """
un una une uno unos unas le la les l el los las lo il gli i dei delle des du de del della d da do
dos das o os a as um uma uns umas en em no na nos nas au aux à al allo alla con avec com sin sans
senza sem sur sobre su dans entre tra fra desde depuis pour para per por par pendant durante jusqu
hasta fino até après después dopo depois avant antes prima et y e ou où o u mais pero ma mas que qui
quand cuando quando como comme come si se cette ce cet ces c est este esta estos estas esto ese esa
questo questa questi queste isto essa esse é è es son sono são tout toute tous toutes todo toda
todos todas tutto tutta tutti tutte chaque cada ogni très muy molto muito plus más più mais ici aquí
qui aqui puis luego poi alors entonces allora então tu te ton ta tes vous votre nous notre on il
elle ils elles su sus tuo tua vostra sua seu nuestra nuestro nostra nostro nossa nosso y commence
empieza comienza inizia começa parfait parfaite perfecto perfecta perfetto perfetta perfeito
perfeita idéal idéale ideal ideale idealmente laisse laissez deja lascia deixe écoute écoutez
escucha escuchad ascolta ouça découvre découvrez descubre scopri descubra plongez sumérgete
immergiti mergulhe cierra cerrad sube pon ponte ferme fermez monte montez mets chiudi alza feche
aumente sluit zet mettez déjate déjese disfruta disfrute goza lasciati goditi abbandonati curta
conduire dormir travailler étudier courir conducir trabajar estudiar correr guidare lavorare
studiare dirigir trabalhar estudar amis amigos amici casa maison sesión séance sessione sessão
mezcla mélange miscela mistura aproveite synthés sintetizadores sintetizzatori sintetizzatore titres
tracce transitions douceur laat ontdek geniet longue long larga largo lunga lungo longa longo lente
lent lenta lento profonde profond profunda profundo profonda profondo douce doux suave dolce chaude
chaud cálida cálido calda caldo quente grande petit petite pequeña pequeño piccolo piccola pequena
pequeno nouveau nouvelle nueva nuevo nuova nuovo nova novo belle beau bella bello noche noches notte
notti noite noites nuit nuits soirée soir journée jour día días giorno giorni dia dias tarde mañana
mattina manhã matin été verano estate verão hiver invierno inverno musique música musica chanson
chansons canción canciones canzone canzoni canção canções voyage viaje viaggio viagem rythme rythmes
ritmo ritmos ritmi basses basse bajos bajo bassi basso graves voix voz voces voci vozes cœur corazón
cuore coração fête fiesta festa festas fiestas danse baile ballo dança bailar danser ballare dançar
électronique electrónica elettronica eletrônica eletrónica mer mar mare plage playa spiaggia praia
soleil sol sole lune luna lua route carretera strada estrada travail trabajo lavoro trabalho heure
heures hora horas ora ore minute minutes minuto minutos minuti calme calma ambiance ambiente
atmosphère atmósfera atmosfera énergie energía energia mélodie mélodies melodía melodías melodia
melodie melodias chanté morceaux temas brani faixas pistas een het de der die das den dem des dit
dat deze een en of maar met zonder voor van naar uit over onder door tot tijdens in op om bij als
wanneer waar hier daar dan alles alle elke heel meer meest begint perfect ideaal luister lange lang
langzame langzaam diepe diep warme warm zachte zacht nacht nachten avond avonden dag dagen ochtend
zomer winter muziek liedjes nummers reis reise ritme stem stemmen hart feest dansen zon zee strand
weg werk uur uren minuten rust ein eine einen einem einer und oder aber mit ohne für von nach aus
über unter durch bis während auf zum zur im am vom beim nacht nächte abend abende tag tage morgen
sommer frühling herbst musik lied lieder stück stücke fahrt autofahrt nachtfahrt rhythmus rhythmen
bässe stimme stimmen herz tanz tanzen tanzmusik sonne meer arbeit stunde stunden ruhig ruhige
entspannt entspannte entspannung lernen laufen arbeiten fahren zuhause lesen sport schlafen tief
tiefe langsam langsame laut leise schön schöne gute guter elektronisch elektronische stimmung музыка
микс ночь ночи ночной ночная вечер день утро лето танцы танцевальная хаус техно транс диско поп рок
джаз клуб клубная глубокий глубокая электронная дорога тренировка бег сон отдых песни для дороги
работы учёбы дома в на и с muzyka noc nocna wieczór lato taniec taneczna klubowa praca na do i z w
hudba noc léto večer tanec musik natt kväll sommar dans müzik gece yaz dans akşam yolculuk 夜 夜中
深夜 真夜中 朝 朝まで 昼 夕方 夏 冬 春 秋 海 雨 車 星 月 空 街 都会 音楽 曲 歌 名曲 旅 電子音楽
ミックス ミックステープ ディープ ハウス ディープハウス テクノ トランス ディスコ ポップ ロック ジャズ
クラブ ダンス チル ローファイ ドライブ ラウンジ アンビエント ヒップホップ レゲエ ソウル ファンク
作業用 睡眠用 bgm 作業用bgm 睡眠用bgm 作業 勉強 勉強用 睡眠 リラックス 癒し ノンストップ メドレー
リミックス マッシュアップ の な と 用 で 音乐 音樂 混音 电子 電子 舞曲 深沉 浩室 夜晚 夜店 跑步 放松
放鬆 学习 學習 开车 夏天 派对 派對 歌曲 음악 믹스 밤 새벽 하우스 딥하우스 딥 테크노 클럽 댄스
드라이브 여름 노래 공부 운동 수면 휴식 파티 재즈 팝 موسيقى ليل ليلة ميكس هاوس تكنو رقص أغاني صيف
מוזיקה לילה מיקס האוס טכנו ריקודים שירים קיץ संगीत रात गाने मिक्स हाउस टेक्नो डांस เพลง ดนตรี กลางคืน
มิกซ์ เฮาส์ เทคโน
"""

COMPOUND_PARTS = frozenset(
    word
    for word in GENRES | _words(_SOUND, _USES)
    if len(word) > 3 or (word in GENRES and len(word) > 1)
)
"""Parts of compound hashtags; shorter or other words could form a name."""

CHECKED_LANGUAGES = frozenset({"en", "es", "fr", "it", "nl", "pt"})
"""Languages whose usual first words of sentences are listed here."""

PROMOTION = _words(
    """
abonnez abonnieren abonniert abonniere beatport bandcamp bbc booking bookings buy coupon deezer
discord discount donate download downloads facebook giveaway grammy hashtag folgt inscreva instagram
insta iscriviti itunes kaufen kaufe linkedin linktree merch mixcloud mtv myspace onlyfans patreon
paypal promo snapchat sponsor sponsored soundcloud spotify subscribe subscribed subscriber
subscribers suscríbete suscribete síguenos suivez seguici telegram tickets tiktok tumblr twitch
twitter vimeo website whatsapp youtube abonneer giveaways preorder presave charts billboard
подпишись подписывайтесь
"""
)
"""Other platforms, shops, and calls to subscribe or buy, in any case."""

# From 2 on; after the bar: tens, hundred, thousand, million
_NUMBERS: Mapping[str, str] = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen|twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
    " sechzehn siebzehn achtzehn neunzehn|zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig"
    " neunzig hundert tausend million",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf|vingt trente quarante cinquante soixante soixante-dix"
    " quatre-vingt quatre-vingt-dix cent mille million",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
    " dieciséis diecisiete dieciocho diecinueve|veinte treinta cuarenta cincuenta sesenta setenta"
    " ochenta noventa cien mil millón",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
    " quindici sedici diciassette diciotto diciannove|venti trenta quaranta cinquanta sessanta"
    " settanta ottanta novanta cento mille milione",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien"
    " zestien zeventien achttien negentien|twintig dertig veertig vijftig zestig zeventig tachtig"
    " negentig honderd duizend miljoen",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis"
    " dezessete dezoito dezenove|vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"
    " cem mil milhão",
}
_TENS = (*range(20, 100, 10), 100, 1000, 1_000_000)


def _numbers(text: str) -> dict[str, int]:
    small, large = text.split("|")
    return {
        **{word: number for number, word in enumerate(small.split(), 2)},
        **dict(zip(large.split(), _TENS, strict=True)),
    }


NUMBERS = {language: _numbers(text) for language, text in _NUMBERS.items()}
"""Values of number words by language, without "one", which is an article in most."""

COMMON = GENRES.union(
    _words(_SOUND, _USES, _ADJECTIVES, _NOUNS, _OPENERS, _OTHER_LANGUAGES), *NUMBERS.values()
)
"""Words that a tag may consist of and a sentence may start with."""
