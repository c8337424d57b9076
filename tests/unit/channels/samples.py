"""Invented coverage for the tests of messages: several scripts, copies, evidence, a receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model import (
    Hit,
    Item,
    Notice,
    NoticeCopy,
    NoticeGroup,
    NoticeStory,
    Receipt,
    SourceTrouble,
    Span,
    digest,
)

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def spans_of(item: Item, *terms: str) -> tuple[Span, ...]:
    """Return where ``terms`` stand in the title and the text, as a matcher would say it."""
    spans = []
    for field in ("title", "summary", "text"):
        value = getattr(item, field)
        for term in terms:
            start = value.find(term)
            while start >= 0:
                spans.append(Span(field, start, start + len(term), term, term.lower()))
                start = value.find(term, start + 1)
    return tuple(sorted(spans, key=lambda span: (span.field, span.start)))


def hit_of(item: Item, watch: str, *terms: str, score: float = 0.9, why: str = "") -> Hit:
    return Hit(
        id=digest(item.id, watch),
        item=item.id,
        watch=watch,
        watchlist="harbour-files",
        score=score,
        spans=spans_of(item, *terms),
        rule="r1",
        why=why or f"{', '.join(terms)} in the text.",
    )


def make_item(number: int, title: str, text: str, **more: Any) -> Item:
    item = Item(
        id=f"item-{number}",
        source=f"source-{number}",
        title=title,
        url=f"https://outlet.example/{number}",
        text=text,
        outlet="The Meridian",
        language="en",
        published=NOW - timedelta(hours=2 * number),
        first_seen=NOW - timedelta(hours=number),
    )
    return replace(item, **more)


def story(item: Item, *hits: Hit, copies: tuple[NoticeCopy, ...] = ()) -> NoticeStory:
    return NoticeStory(item=item, hits=hits, outlet=item.outlet, copies=copies)


LEAD = make_item(
    1,
    "Port minister Elena Marchetti resigns after the Harbour Files name her brother’s company",
    "The announcement came shortly before midnight. Port minister Elena Marchetti resigned on Sunday, "
    "three days after the Harbour Files showed that a company owned by her brother had received "
    "dredging contracts worth 48 million. “I will not be a burden to this government,” Marchetti said. "
    "Opposition leaders called for an inquiry into all contracts signed since 2019.",
)
GERMAN = make_item(
    2,
    "Staatsanwaltschaft durchsucht Räume der Hafenverwaltung",
    "Ermittler haben am Montag Büros der Hafenverwaltung in Nordhaven durchsucht. Der Einsatz steht nach "
    "Angaben eines Sprechers im Zusammenhang mit den Harbour Files; Ministerin Elena Marchetti gilt "
    "nicht als Beschuldigte.",
    outlet="Nordhavener Bote",
    language="de",
)
CHINESE = make_item(
    3,
    "港口文件曝光:码头工人被迫超时工作",
    "据报道,港口文件中的内部备忘录显示,外包公司要求码头工人每天工作十四个小时,并没收他们的护照。"
    "工会表示,强迫劳动的情况已持续多年,管理层对此完全知情。政府承诺在两周内公布调查结果,并邀请国际劳工组织派员观察。"
    "多家航运公司拒绝置评,其中一家表示正在审查与外包公司的合同。",
    outlet="海港日报",
    language="zh-Hans",
)
ARABIC = make_item(
    4,
    "عمال الميناء يتحدثون عن العمل القسري في «ملفات الميناء»",
    "قال عمال في ميناء نوردهافن إن شركات المقاولة صادرت جوازات سفرهم وأجبرتهم على العمل القسري لساعات طويلة. "
    "وأكدت النقابة أنها سلّمت الوثائق إلى المحققين الأسبوع الماضي، وطالبت الحكومة بحماية الشهود.",
    outlet="صدى المرفأ",
    language="ar",
)
RUSSIAN = make_item(
    5,
    "«Портовые файлы»: что известно о принудительном труде",
    "Документы описывают принудительный труд на трёх терминалах. Портовая администрация отрицает обвинения, "
    "но признаёт, что не проверяла подрядчиков.",
    outlet="Портовый вестник",
    language="ru",
    published=None,
)
HINDI = make_item(
    6,
    "बंदरगाह फ़ाइलें: मज़दूरों ने जबरन श्रम का आरोप लगाया",
    "मज़दूरों का कहना है कि ठेकेदारों ने उनके पासपोर्ट ज़ब्त कर लिए और जबरन श्रम कराया। मंत्रालय ने जाँच का आश्वासन दिया है।",
    outlet="तटीय समाचार",
    language="hi",
)
COPIES = (
    NoticeCopy("Coastal Wire", "https://wire.example/1", LEAD.title),
    NoticeCopy("Daily Ledger", "https://ledger.example/1", LEAD.title),
    NoticeCopy("صدى المرفأ", "https://sada.example/1", "استقالة وزيرة الموانئ"),
)

GROUPS = (
    NoticeGroup(
        watch="elena-marchetti",
        name="Elena Marchetti",
        watchlist="harbour-files",
        stories=(
            story(
                LEAD,
                hit_of(
                    LEAD,
                    "elena-marchetti",
                    "Elena Marchetti",
                    "Marchetti",
                    score=0.97,
                    why="Full name in the title and the text.",
                ),
                hit_of(LEAD, "forced-labour", "Harbour Files", score=0.6),
                copies=COPIES,
            ),
            story(GERMAN, hit_of(GERMAN, "elena-marchetti", "Elena Marchetti", score=0.8)),
        ),
    ),
    NoticeGroup(
        watch="forced-labour",
        name="Forced labour in ports",
        watchlist="harbour-files",
        stories=(
            story(CHINESE, hit_of(CHINESE, "forced-labour", "强迫劳动", "港口文件")),
            story(ARABIC, hit_of(ARABIC, "forced-labour", "العمل القسري")),
            story(RUSSIAN, hit_of(RUSSIAN, "forced-labour", "принудительный труд")),
            story(HINDI, hit_of(HINDI, "forced-labour", "जबरन श्रम")),
        ),
    ),
)

RECEIPT = Receipt(
    start=YESTERDAY,
    end=NOW,
    sources=37,
    polled=36,
    polls=1412,
    items=286,
    failed=(
        SourceTrouble(
            "coastal-wire", "Coastal Wire", "its server failed (HTTP 503), 6 times in a row"
        ),
        SourceTrouble("sada", "صدى المرفأ", "it did not answer in time"),
    ),
    silent=(
        SourceTrouble(
            "ledger", "Daily Ledger", "nothing new for 3 days; its longest pause before was 9 hours"
        ),
    ),
    never=(SourceTrouble("delta", "Delta Review", "not polled yet"),),
)

DIGEST = Notice(
    kind="digest",
    subscription="harbour-morning",
    title="Harbour Files coverage",
    created=NOW,
    time_zone="Europe/Berlin",
    groups=GROUPS,
    receipt=RECEIPT,
    window_start=YESTERDAY,
    window_end=NOW,
)
FIRST_ELSEWHERE = replace(
    DIGEST,
    groups=(
        replace(
            GROUPS[0],
            stories=tuple(
                replace(
                    told,
                    original=NoticeCopy(first.outlet, first.url, first.title, first.language),
                    developments=("new number 37",),
                )
                for told, first in zip(GROUPS[0].stories, (CHINESE, ARABIC), strict=True)
            ),
        ),
    ),
)
"""Stories that came out in another language than that of their headlines."""
ALERT = Notice(
    kind="alert",
    subscription="harbour-desk",
    title="Harbour Files desk",
    created=NOW,
    time_zone="Europe/Berlin",
    groups=(replace(GROUPS[0], stories=GROUPS[0].stories[:1]),),
)
QUIET = replace(
    DIGEST, groups=(), receipt=replace(RECEIPT, polled=37, failed=(), silent=(), never=())
)
WARNED = replace(
    DIGEST,
    warnings=("config/sources.yaml:14:3: unknown key 'langauge' (did you mean 'language'?).",),
)
TEST = replace(ALERT, kind="test", groups=())


def long_digest(stories: int, text: str = "") -> Notice:
    """Return a digest of many invented stories."""
    items = [
        make_item(
            number,
            f"Story {number:04}: Elena Marchetti and the port authority",
            text or "Elena Marchetti spoke to the committee about the dredging contracts. " * 6,
        )
        for number in range(stories)
    ]
    found = tuple(story(item, hit_of(item, "elena-marchetti", "Elena Marchetti")) for item in items)
    return replace(DIGEST, groups=(replace(GROUPS[0], stories=found),))
