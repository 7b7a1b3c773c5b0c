"""Words to make data of: names, places and sentences in many scripts.

Why       Data that are ASCII only hide mistakes: accents, CJK, right-to-left, emoji and text that
          looks like markup are all here.
Called by the service files, when they make their data.
Never     random by itself: whoever draws from these lists brings a seeded Random.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

PEOPLE: Final = (
    "Ada Lovelace",
    "Bob O’Neill",
    "Cléo Müller-Ångström",
    "李小龙",
    "やまだ 花子",
    "김민준",
    "Олена Шевченко",
    "Ελένη Παπαδοπούλου",
    "ליאור כהן",
    "فاطمة الزهراء",
    "अनिता शर्मा",
    "Nguyễn Thị Hương",
    "José Ñuñez",
    "Zoë Brontë",
    "Łukasz Żółć",
    "Ayşe Yılmaz",
    "Þórdís Jónsdóttir",
    "สมชาย ใจดี",
    "Chidi Okónkwọ",
    "Mia 🌻 Rossi",
    "Søren Kjær",
    "Tomáš Dvořák",
    "გიორგი ბერიძე",
    "Ines <b>Bold</b>",
    'Noël "Quote" D’Arc',
)
LOCALES: Final = (
    "en-GB",
    "pt-BR",
    "de-CH",
    "zh-Hans-CN",
    "ja-JP",
    "ar-EG",
    "he-IL",
    "hi-IN",
    "uk-UA",
)
COUNTRIES: Final = ("BR", "CN", "DE", "EG", "GB", "IN", "JP", "MX", "NG", "PL", "UA", "US")
PRONOUNS: Final = ("she/her", "he/him", "they/them", "elle", "ela/dela")
TAGS: Final = (
    "spring",
    "été",
    "新品",
    "مهم",
    "работа",
    "ideas",
    "🔥hot",
    "2026",
    "café",
    "long read",
)
SUBJECTS: Final = (
    "Crème brûlée at home",
    "北京旅行指南",
    "רשימת קניות",
    "Über alle Berge",
    "دليل المبتدئين",
    "日本の庭",
    "Plain English",
    "Заметки о море",
    "Piñata & friends",
    "Tea < Coffee?",
    "🚀 Launch notes",
    "हिंदी कविता",
)
SENTENCES: Final = (
    "Works as promised, and a little better.",
    "Très bien fait ; je l’achèterais à nouveau sans hésiter !",
    "质量很好,下次还会再买。👍",
    "ممتاز جدا، أنصح به للجميع.",
    "Nach zwei Wochen kaputt – schade.",
    "とても気に入りました。ありがとう!",
    "The \"best\" of all; cheap & cheerful <script>alert('no')</script>",
    "Очень удобно, но инструкция запутанная.",
    "מוצר טוב, משלוח איטי.",
    "Não recomendo: chegou com defeito 😞",
    "Line one.\nLine two, with a\ttab and a \\ backslash.",
    "बहुत अच्छा, धन्यवाद।",
)
THINGS: Final = (
    "Teapot",
    "Théière",
    "茶壶",
    "Piñata",
    "Cast-iron pan",
    "Garden gnome",
    "Atlas of maps",
    "Кубик",
    "Lámpara",
    "ساعة",
    "Wooden train",
    "Kaffeemühle",
)
MATERIALS: Final = ("oak", "steel", "玻璃", "porcelain", "laiton", "бумага", "cotton")


def before(ago: timedelta) -> Timestamp:
    """A moment before NOW, which never moves.

    >>> before(timedelta(hours=1)).ToJsonString()
    '2026-01-15T11:00:00Z'
    """
    moment = Timestamp()
    moment.FromDatetime(NOW - ago)
    return moment


def some(random: Random, choices: tuple[str, ...], *, most: int) -> list[str]:
    """Between none and `most` different choices."""
    return random.sample(choices, random.randint(0, most))


def split(total: int, keys: list[str], random: Random) -> dict[str, int]:
    """The total divided among the keys, unevenly; the parts add up to the total again."""
    parts: dict[str, int] = {}
    left = total
    for key in keys[:-1]:
        parts[key] = random.randint(0, left)
        left -= parts[key]
    return parts | {keys[-1]: left} if keys else parts
