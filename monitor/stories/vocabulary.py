"""What stories are compared by must not depend on a language: the few words that stand in the way.

Function words say nothing about an event; number words, powers of ten and months are read as the
numbers they are. Languages of the larger news outlets; words of others only weigh more than they
should until the counts of `monitor.stories.rarity` know better. Everything is folded as
`monitor.stories.text.bare` folds it.
"""

# ruff: noqa: RUF001 - letters of other scripts are what the words are made of

from __future__ import annotations

from typing import Final

from monitor.stories.text import bare


def _words(text: str) -> frozenset[str]:
    return frozenset(map(bare, text.split()))


def _values(lines: str) -> dict[str, int]:
    pairs = (line.split(":") for line in lines.strip().splitlines())
    return {bare(word): int(value) for value, words in pairs for word in words.split()}


FUNCTION_WORDS: Final = _words(
    """
    a about according after again against ahead all also among an and another any are around as at
    be because been before being below between both but by can could did do does down during each
    even every few first for former from get got had has have he her here him his how i if in into
    is it its just last like made make many may me might more most much must my near new no nor not
    now of off on once one only onto or other our out over own people per said same say says she
    should since so some still such than that the their them then there these they this those
    through to told too two under until up us very was way we well were what when where which while
    who whom whose why will with would year years yet you your day days week weeks month months
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow mr mrs ms dr
    der die das den dem des ein eine einen einem einer eines und in im von vom zu zum zur mit sich
    auf für ist nicht als auch es an am werden wird wurde wurden worden aus er hat haben hatte dass
    sie nach bei um sind noch wie über so war waren nur oder aber vor bis mehr durch man sein seine
    seiner ihr ihre ihrer unter gegen seit zwei jahr jahre jahren tag tage montag dienstag mittwoch
    donnerstag freitag samstag sonntag
    le la les l d de du et un une que qui dans pour sur par au aux est pas plus ne se s ce cette ces
    il elle ils avec son sa ses sont été a ont mais ou où comme leur leurs être après selon avait
    deux contre entre depuis ans an jour jours lundi mardi mercredi jeudi vendredi samedi dimanche
    el los las y del al lo una unos unas con por para su sus como pero fue ha han se este esta estos
    son sobre tras según también desde hasta cuando sin no era dos años año días lunes martes
    miércoles jueves viernes sábado domingo
    il gli i e di che non della dei delle degli alla ai dal dalla nel nella sono è si più anche dopo
    ieri oggi anni lunedì martedì mercoledì giovedì venerdì
    o os as do da dos das um uma em na nos nas com não à ao seu sua foi são mas mais segundo
    het een van op te dat voor met zijn niet aan er om ook bij naar uit door wordt werd
    w z na że jest od jak przez po oraz i się nie do ve bir bu için ile olarak olan daha gibi göre
    och att det som på är av för till med den inte var
    в и во не что он она они на я с со как а то все так его её их но да ты к у же вы за бы по только
    было был была были вот от из о об ему когда даже ну ли если уже или для до после при также
    который года году лет понедельник вторник вторника среду четверг пятницу субботу воскресенье
    ве та що не на з до про за від
    في من على الى إلى أن ان عن مع هذا هذه التي الذي كان كانت قد ما لا بين بعد قبل يوم و
    الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
    در به از که این را با است برای آن یک
    """
)

GERMAN: Final = _words(
    """
    der und dem nach wird eine einen einer sich auf nicht wurde wurden wegen seit bei ist zum zur
    gegen vom haben sind im mit von
    """
)
"""Common words of German that other large languages do not write the same, or hardly ever."""

NUMBER_WORDS: Final = _values(
    """
    3:three drei tres trois tre три
    4:four vier cuatro quatre quattro четыре
    5:five fünf cinco cinq cinque пять
    6:six sechs seis sei шесть
    7:seven sieben siete sette семь семеро
    8:eight acht ocho huit otto восемь
    9:nine neun nueve nove девять
    10:ten zehn diez dieci десять
    11:eleven elf undici одиннадцать
    12:twelve zwölf doce douze dodici двенадцать
    13:thirteen dreizehn trece treize
    14:fourteen vierzehn catorce quatorze
    15:fifteen fünfzehn quince quinze
    16:sixteen sechzehn
    17:seventeen siebzehn
    18:eighteen achtzehn
    19:nineteen neunzehn
    20:twenty zwanzig veinte vingt двадцать
    30:thirty dreißig treinta trente тридцать
    40:forty vierzig cuarenta quarante сорок
    50:fifty fünfzig cincuenta cinquante пятьдесят
    60:sixty sechzig sesenta soixante
    70:seventy siebzig setenta
    80:eighty achtzig ochenta
    90:ninety neunzig noventa
    100:hundred hundert cien
    """
)

POWERS: Final = _values(
    """
    3:thousand thousands tausend mille mil тысяч тысячи тысяча тыс bin ألف
    6:million millions mln m mio millionen millón millones milione milioni milhões миллион миллиона миллионов млн milyon مليون
    9:billion billions bln bn milliarde milliarden mrd milliard milliards miliardo miliardi миллиард миллиарда миллиардов млрд milyar مليار
    """
)
"""Powers of ten; "billion" is 10⁹, as news in English have it."""

HAN_POWERS: Final = {"百万": 6, "百萬": 6, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}

MONTHS: Final = _values(
    """
    1:january januar janvier enero gennaio janeiro januari января ocak
    2:february februar février febrero febbraio fevereiro februari февраля şubat
    3:march märz mars marzo março maart марта mart
    4:april avril abril aprile апреля nisan
    5:may mai mayo maggio maio mei мая mayıs
    6:june juni juin junio giugno junho июня haziran
    7:july juli juillet julio luglio julho июля temmuz
    8:august août agosto augustus августа ağustos
    9:september septembre septiembre settembre setembro сентября eylül
    10:october oktober octobre octubre ottobre outubro октября ekim
    11:november novembre noviembre novembro ноября kasım
    12:december dezember décembre diciembre dicembre dezembro декабря aralık
    """
)
