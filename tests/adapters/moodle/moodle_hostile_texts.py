"""Texts that trip up whoever writes them into Moodle, and what each must show.

Each is a name, a description in Markdown, and the words of that description as a
reader sees them. Shared by the tests on the sandbox and on a real site.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from html.parser import HTMLParser

from connector.framework.model import Competency, Framework, Text

#: Texts with what they show; none: as they are, white space aside.
FRAGMENTS: tuple[tuple[str, str | None], ...] = (
    ("R&D & more && still &c", None),
    ("a &amp; b &lt;i&gt; &quot;q&quot;", 'a & b <i> "q"'),
    ("&nbsp;&euro;&#8364;&#x20AC;", "€€€"),
    ("&notanentity; &;", None),
    ("<script>alert('x')</script>", None),
    ("<b>bold</b> <i>it</i>", None),
    ("<img src=x onerror=alert(1)>", None),
    ("<!-- comment --> after", None),
    ("</div></div></span>", None),
    ("<?php echo 1; ?>", None),
    ("<![CDATA[x]]>", None),
    ("x < y > z <= w", None),
    ("I <3 code", None),
    ("a<b", None),
    ("{{ braces }} {% tag %}", None),
    ("${injection} $1 \\1 %s %d", None),
    ("😀 👩‍💻 🏳️‍🌈 🇵🇱", None),
    ("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎", None),
    ("مرحبا بالعالم", None),
    ("שלום עולם (abc) 123", None),
    ("a\u202eb\u202c \u200fc", None),
    ("Zażółć gęślą jaźń", None),
    ("e\u0301 vs é", None),
    ("Ångström ﬁ Ⅷ", None),
    ("日本語　全角スペース", None),
    ("non\u00a0breaking\u00a0space", None),
    ("zero\u200bwidth\u200djoin\ufeff", None),
    ("soft\u00adhyphen", None),
    ("line\u2028sep\u2029para", None),
    ("tab\tinside", None),
    ("\"double\" 'single' `back`", "\"double\" 'single' back"),
    ("“curly” ‘quotes’ – — …", None),
    ("a*b*c and **bold** _em_", "abc and bold em"),
    ("2 * 3 * 4 = 24", None),
    ("snake_case_name and __init__", "snake_case_name and init"),
    ("[link](https://a.example/?q=1&r=2)", "link"),
    ("[bad](javascript:alert(1))", None),
    ("[odd](http://EXAMPLE.com:80/%7Ex)", "odd (http://EXAMPLE.com:80/%7Ex)"),
    ("![picture](x.png)", "picture"),
    ("https://plain.example/?a=1&b=2", None),
    ("\\*escaped\\* \\<b\\>", "*escaped* <b>"),
    ("C:\\path\\to\\file", None),
    ("50 % off; 100%", None),
    ("O'Neil; DROP TABLE mdl_user; --", None),
    ("null", None),
    ("0", None),
    ("@@PLUGINFILE@@/x", None),
    ("[[filter]] $$x^2$$ \\(y\\)", "[[filter]] $$x^2$$ (y)"),
    ("#hash @at !bang ~tilde |pipe|", None),
    ("=SUM(A1)", None),
)
#: Characters that no site keeps: both kinds of text refuse them.
FORBIDDEN = ("nul\0", "bell\x07", "delete\x7f", "next\x85line", "odd\ufffe", "esc\x1b")
TABLE = "| skill | {0} |\n| --- | --- |\n| **a** | {0} |\n"
#: Ways a fragment stands in a description, and what a reader sees of them.
SETTINGS: tuple[tuple[str, str], ...] = (
    ("Start {0} end", "Start {0} end"),
    ("- one {0}\n- two\n  - deep {0}", "one {0} two deep {0}"),
    ("> said {0}\n\nafter", "said {0} after"),
    ("## Head {0}\n\ntext {0}", "Head {0} text {0}"),
    (TABLE, "skill {0} a {0}"),
)
NAME_LIMIT = 100


@dataclass(frozen=True)
class HostileText:
    """One text to write; a name that cannot be kept makes it one to refuse."""

    key: str
    name: str
    description: str
    words: str
    is_refused: bool = False

    @property
    def kept_name(self) -> str:
        return " ".join(self.name.split())


def hostile_texts() -> list[HostileText]:
    """Return three hundred texts."""
    pairs = itertools.product(SETTINGS, FRAGMENTS)
    texts = [
        _inside(number, setting, fragment)
        for number, (setting, fragment) in enumerate(pairs)
    ]
    texts += [
        HostileText(f"h{250 + n}", f"name {n}", f"a {mark} b", "", is_refused=True)
        for n, mark in enumerate(FORBIDDEN)
    ]
    for length in (99, 100, 101, 250):
        texts += [
            _long(len(texts) + place, character, length)
            for place, character in enumerate("aé😀&ع")
        ]
    while len(texts) < 300:
        number = len(texts)
        texts.append(
            HostileText(
                f"h{number}",
                f"Sentence {number} & {'<' if number % 2 else '>'} {number}",
                "\n\n".join(f"Line {n} & `<{n}>`" for n in range(number - 270)),
                " ".join(f"Line {n} & <{n}>" for n in range(number - 270)),
            )
        )
    return texts


def _inside(
    number: int, setting: tuple[str, str], fragment: tuple[str, str | None]
) -> HostileText:
    written, shown = fragment
    # In a table a pipe parts cells, so it is written with a backslash.
    inside = written.replace("|", "\\|") if setting[0] == TABLE else written
    looks_like_tag = any(
        part and not part[0].isspace() for part in written.split("<")[1:]
    )
    return HostileText(
        f"h{number}",
        written,
        setting[0].replace("{0}", inside),
        setting[1].replace("{0}", written if shown is None else shown),
        is_refused=looks_like_tag,
    )


def _long(number: int, character: str, length: int) -> HostileText:
    return HostileText(
        f"h{number}",
        character * length,
        character * length * 50,
        character * length * 50,
        is_refused=length > NAME_LIMIT,
    )


def framework_of(texts: list[HostileText]) -> Framework:
    """Return a framework whose competencies bear the texts."""
    return Framework(
        key="hostile",
        name=Text((("en", "Hostile texts"),)),
        competencies={
            text.key: Competency(
                key=text.key,
                name=Text((("en", text.name),)),
                description=Text((("en", text.description),)),
            )
            for text in texts
        },
    )


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag not in ("strong", "em", "code", "a", "span"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, ())


def words(html: str) -> str:
    """Return what a reader sees of HTML, white space aside."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).split())
