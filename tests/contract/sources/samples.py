"""What generated feeds are made of."""

from __future__ import annotations

NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "georss": "http://www.georss.org/georss",
}
OTHER_PREFIXES = {"content": "c", "dc": "x", "media": "m", "atom": "dc", "thr": "media"}
TEXTS = (
    *("", " ", "River station opens", "  Two\n lines ", "A & B", "1 < 2", "Größe – naïve “quotes”"),
    *("新疆文件 泄露", "В городском саду", "افتتحت المكتبة", "ئۇيغۇر", "शहर 😀", "CafÃ© rÃ©ouvert"),
    *("price \x80 5", "\u00a0nbsp\u00a0", "it &amp; was escaped twice", "&nbsp;x", "a\u2028b", "Â"),
)
MARKUP = (
    "<p>Para <a href='/rel?a=1&amp;b=2'>link</a></p><p><em>Second</em>&nbsp;– мир</p>",
    "<div><img src=x.png/> text <br/>more</div>",
    "&lt;b&gt;bold&lt;/b&gt; <script>alert(1)</script>",
)
LINKS = (
    *("https://a.example/story/1", "http://a.example/s?id=1&b=2", "/rel/story", "story?x=1&amp;y;"),
    *(
        "https://a.example",
        "HTTPS://A.example/../up",
        "https:///a.example/x",
        "",
        " ",
        "mailto:a@b.c",
    ),
    *(
        "https://ä.example/ü",
        "https://[bad/",
        "#frag",
        "https://a.example/x?",
        "javascript:alert(1)",
    ),
)
DATES = (
    *(
        "Mon, 23 Nov 2026 07:05:00 GMT",
        "Tue, 3 Nov 2026 07:05:00 +0530",
        "3 Oct 2026 07:05:09 -0800",
    ),
    *(
        "Mon, 23 Nov 2026 07:05 EST",
        "2026-11-23T07:05:00Z",
        "2026-11-23T07:05:00.25+01:00",
        "2026-11-23",
    ),
    *(
        "2026/11/23 07:05",
        "23.11.2026",
        "1793607330",
        "yesterday",
        "",
        "Mon, 31 Feb 2026 07:05:00 GMT",
    ),
    *("Sun, 23 Nov 26 24:61:00 UTC", "Thu, 01 Jan 1970 00:00:00 Z", "2026-02-30T07:05:00Z"),
)
NAMES = ("Ann", "ann@a.example (Ann Lee)", "ann@a.example", "", "Ann Lee <ann@a.example>", "王小明")
