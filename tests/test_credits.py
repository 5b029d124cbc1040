"""Whom a text credits: each form of credit in the languages in which it is known, and its false friends."""

import pytest

from dedup.press import credits as press_credits
from dedup.press import names

OUTLETS = frozenset(
    {
        "The Valley Ledger",
        "cnn.com",
        "lemonde.fr",
        "nytimes.com",
        "politico.com",
        "spiegel.de",
        "thehill.com",
        "www.thedailystar.net",
        "www.washingtonpost.com",
        "zerohedge.com",
    }
)

CREDITS = [
    ("BEIRUT (Reuters) - Troops took the hill.", ["Reuters"]),
    ("BEIRUT, July 3 (Reuters) - Troops took the hill.", ["Reuters"]),
    ("LONDON, July 15. /TASS/. The president spoke.", ["TASS"]),
    ("Berlin (dpa) – Die Regierung hat beschlossen.", ["DPA"]),
    ("PARIS, 16 juil 2018 (AFP) - Le gouvernement", ["AFP"]),
    ("Madrid, 16 jul (EFE).- El gobierno", ["EFE"]),
    ("(ANSA) - ROMA, 16 LUG - Il governo", ["ANSA"]),
    ("Lisboa, 16 jul 2018 (Lusa) - O governo", ["Lusa"]),
    ("МОСКВА, 16 июля. /ТАСС/. Правительство", ["TASS"]),
    ("МОСКВА, 16 июл — РИА Новости. Правительство", ["RIA Novosti"]),
    ("新华社北京7月16日电 政府", ["Xinhua"]),
    ("（新华社北京7月16日电）政府", ["Xinhua"]),
    ("【ワシントン共同】政府は", ["Kyodo"]),
    ("[ワシントン 16日 ロイター] - 政府は", ["Reuters"]),
    ("(서울=연합뉴스) 홍길동 기자 = 정부는", ["Yonhap"]),
    ("القاهرة (رويترز) - قال", ["Reuters"]),
    ("New Delhi, Jul 16 (PTI) The government said", ["PTI"]),
    ("New Delhi [India], July 16 (ANI): The government", ["ANI"]),
    ("Washington (CNN)The president spoke.", ["cnn.com"]),
    ("By A. Writer. ABOARD THE SHIP (Reuters) - On the eve", ["Reuters"]),
    ("AFP - Troops took the hill.", ["AFP"]),
    ("BEIJING, July 16 (Xinhua) -- China", ["Xinhua"]),
    ("ANKARA (AA) - Hükümet", ["Anadolu"]),
    ("By The Associated Press", ["AP"]),
    ("Par l'Agence France-Presse", ["AFP"]),
    ("Di la Repubblica e Agenzia ANSA", ["ANSA"]),
    ("By ANNA SMITH Associated Press", ["AP"]),
    ("By Anna Smith and Bob Jones, CNN, AP", ["cnn.com", "AP"]),
    ("By ANNA SMITH AP National Security Writer", ["AP"]),
    ("By Anna Smith, AP Diplomatic Writer | on", ["AP"]),
    ("Posted 3:57 pm, July 15, 2018, by Associated Press", ["AP"]),
    ("Von dpa", ["DPA"]),
    ("By Anna Smith, The New York Times", ["nytimes.com"]),
    ("From CNN's Anna Smith", ["cnn.com"]),
    ("By Anna Smith The Washington Post", ["www.washingtonpost.com"]),
    ("A headline\nThe Associated Press\nThe body has come.", ["AP"]),
    ("A headline\nAP\nJuly 15, 2018\nBody of the text", ["AP"]),
    ("A headline\nAssociated Press Sunday, July 15, 2018\nBody", ["AP"]),
    ("A headline\nAnna Smith, Associated Press\nUpdated\nBody", ["AP"]),
    ("A headline\nAnna Smith and Bob JonesAssociated Press\nBody", ["AP"]),
    ("A headline\nThe Associated Press | Monday, July 16, 2018, 7:24 a.m.", ["AP"]),
    ("Body of text.\nEFE", ["EFE"]),
    ("Body of text.\n(ANSA)", ["ANSA"]),
    ("The minister has left. (ANI)", ["ANI"]),
    ("The minister has left. (dpa/tmn)", ["DPA"]),
    ("新闻正文。（新华社）", ["Xinhua"]),
    ("本文です。（共同）", ["Kyodo"]),
    ("Source: AFP", ["AFP"]),
    ("Quelle: dpa", ["DPA"]),
    ("Fuente: EFE", ["EFE"]),
    ("Источник: ТАСС", ["TASS"]),
    ("来源：新华社", ["Xinhua"]),
    ("المصدر: رويترز", ["Reuters"]),
    ("出典：共同通信", ["Kyodo"]),
    ("Source: https://www.nytimes.com/2018/07/14/us/politics/x.html", ["nytimes.com"]),
    ("Source: CNN", ["cnn.com"]),
    ("Avec AFP", ["AFP"]),
    ("(mit Material von dpa)", ["DPA"]),
    ("Con información de EFE", ["EFE"]),
    ("Com informações da Reuters", ["Reuters"]),
    ("(With inputs from PTI)", ["PTI"]),
    ("- with files from The Canadian Press", ["CP"]),
    ("via ZeroHedge", ["zerohedge.com"]),
    ("Authored by Anna Smith via ZeroHedge,", ["zerohedge.com"]),
    ("Authored by Anna Smith via Zero Hedge", ["zerohedge.com"]),
    ("This article originally appeared on Politico.", ["politico.com"]),
    ("This story was originally published at washingtonpost.com. Read it here.", ["www.washingtonpost.com"]),
    ("First published by The Daily Star", ["www.thedailystar.net"]),
    ("Republished from The New York Times with permission", ["nytimes.com"]),
    ("Dieser Artikel ist zuerst bei Spiegel Online erschienen.", ["spiegel.de"]),
    ("Cet article a été initialement publié sur Le Monde.", ["lemonde.fr"]),
    ("Read the full story at The Hill", ["thehill.com"]),
    ("© AFP 2018", ["AFP"]),
    ("(c) 2018 Thomson/Reuters", ["Reuters"]),
    ("Copyright 2018 The Associated Press. All rights reserved. This material may not be published.", ["AP"]),
    ("© 2018 The New York Times Company", ["nytimes.com"]),
    ("The Associated Press contributed to this report.", ["AP"]),
    ("The Washington Post's Anna Smith contributed to this report.", ["www.washingtonpost.com"]),
    ("Associated Press writers Anna Smith and Bob Jones contributed to this report.", ["AP"]),
    ("Anna Smith is an Associated Press writer.", ["AP"]),
    ("This report contains material from Bloomberg News, Reuters, and The Associated Press.", ["Bloomberg", "Reuters", "AP"]),
    ("By Anna Smith, The Valley Ledger", ["The Valley Ledger"]),
    ("According to AFP reports.", ["AFP"]),
    ("The town was calm. According to Reuters.", ["Reuters"]),
    ("(AP) - (Xinhua) - The town was calm.", ["AP", "Xinhua"]),
    ("By ASSOCIATED PRESS", ["AP"]),
    ("Anna Smith, The Valley Ledger\n© 2018 The Valley Ledger", ["The Valley Ledger"]),
    ("http://edition.cnn.com/2018/07/14/x.html", ["cnn.com"]),
    ("By Anna Smith, NYT", ["nytimes.com"]),
]

NONE = [
    "Awami National Party (ANP) – once strong – lost.",
    "The Awami National Party (ANP) leaders said so.",
    "The party (ANP) lost.",
    "Palestinian Authority (PA) - which governs",
    "The force (AFP) and the ministry agreed.",
    "According to Reuters, all was calm.",
    "RIA reported that all was calm.",
    "A man told Reuters he was calm.",
    "He said so to the Associated Press.",
    "(Anna Smith/Pool via AP)",
    "(AP Photo/Anna Smith)",
    "Anna Smith/AP",
    "Head\nAnna Smith / Reuters\nBody text here",
    "Anna Smith, AP",
    "handout picture released by the news agency (SANA)",
    "The two met in Geneva (AP)",
    "By Michael Bloomberg",
    "By Reuters' own count it was the third.",
    "By CNN's count, it was a loss.",
    "Reuters journalists were jailed in the city.",
    "The book was first published by The New York Times in 1987.",
    "The report, first published by CNN, said so.",
    "© Reuters",
    "Photo: Anna Smith, AP",
    "Reuters closed its office; the apple fell.",
    "A government source: AFP was told to leave.",
    "Credit: The Associated Press",
    "He spoke via CNN link to the hall.",
    "Anna Smith watched CNN",
    "AP news",
    "It was calm, according to Xinhua.",
    "The Australian Federal Police (AFP) and the ministry agreed.",
    "Modal\n(Anna Smith/AP)",
    "By Hannah Hill",
    "Anna Smith spoke on Petra, a radio.",
]


@pytest.mark.parametrize(("text", "names"), CREDITS)
def test_a_credit_is_read_in_every_form(text: str, names: list[str]) -> None:
    assert press_credits.credited(text, OUTLETS) == names


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_credit_is_none(text: str) -> None:
    assert press_credits.credited(text, OUTLETS) == []


def test_a_credit_stands_where_its_form_stands() -> None:
    body = "The two sides met for the third time in a week, and again nothing was said of what they had agreed upon."
    assert press_credits.credited(f"{body} (AP)\n{body}\n{body}\n{body}\n{body}") == []
    assert press_credits.credited(f"{body}\n{body} (AP)") == ["AP"]
    assert press_credits.credited(f"{body}\n{body}\nAP\n{body}") == []
    assert press_credits.credited(f"{body}\n{body}\nAP\nJuly 15, 2018\n{body}") == ["AP"]


@pytest.mark.parametrize(
    ("text", "author", "whose"),
    [
        ("By Anna Smith, CNN\nAll was calm.", None, {"cnn.com": "signed"}),
        ("BEIRUT (Reuters) - All was calm.\nSource: AFP", None, {"Reuters": "dateline", "AFP": "other"}),
        ("BEIRUT (Reuters) - All was calm.\nBy Anna Smith, Reuters", None, {"Reuters": "signed"}),
        ("All was calm.\n© 2018 The New York Times Company", None, {"nytimes.com": "signed"}),
        ("All was calm, they said to AP.", "Anna Smith, Associated Press", {"AP": "signed"}),
        ("By Anna Smith, The Valley Ledger\nAll was calm.", None, {"The Valley Ledger": "signed"}),
        ("All was calm.\nThe Associated Press contributed to this report.", None, {"AP": "part"}),
        ("All was calm.\nThe Associated Press contributed to this report.\n(AP)", None, {"AP": "other"}),
    ],
)
def test_a_text_says_whose_it_is(text: str, author: str | None, whose: dict[str, str]) -> None:
    assert press_credits.credits_of(text, author, frozenset({"The Valley Ledger"})) == whose


def test_an_outlet_that_was_collected_is_called_what_the_collection_calls_it() -> None:
    assert press_credits.credits_of("By Anna Smith, CNN", outlets=frozenset({"CNN"})) == {"CNN": "signed"}
    assert names.usual_name("cnn.com") == "CNN"
    assert names.usual_name("ledger.net") == "ledger.net"


@pytest.mark.parametrize(
    ("outlet", "newsroom"),
    [
        ("in.reuters.com", "Reuters"),
        ("The Associated Press", "AP"),
        ("The Valley Ledger", "The Valley Ledger"),
        ("cnn.com", "cnn.com"),
        ("uk.news.yahoo.com", None),
        ("", None),
    ],
)
def test_the_newsroom_of_an_outlet_is_its_agency_or_itself_and_unknown_for_an_aggregator(
    outlet: str, newsroom: str | None
) -> None:
    assert names.newsroom_of(outlet) == newsroom


@pytest.mark.parametrize(("outlet", "many"), [("yahoo.com/news", True), ("uk.news.yahoo.com", True), ("yahoo.org", False)])
def test_a_site_that_shows_many_outlets_is_known(outlet: str, many: bool) -> None:
    assert names.is_aggregator(outlet) == many


def test_a_dateline_or_byline_comes_before_other_credits() -> None:
    text = "BEIRUT (Reuters) - All was calm.\nAFP contributed to this report.\nSource: AFP"
    assert press_credits.credited(text) == ["Reuters", "AFP"]
    assert press_credits.credited("By Reuters\nAll was calm, they said.\n© AFP 2018") == ["Reuters", "AFP"]


@pytest.mark.parametrize(
    ("outlet", "credit"),
    [
        ("cnn.com", "CNN"),
        ("edition.cnn.com", "CNN"),
        ("www.nytimes.com", "The New York Times"),
        ("The Washington Post", "washingtonpost.com"),
        ("Washington Post", "WaPo"),
        ("zerohedge.com", "Zero Hedge"),
        ("www.valleyledger.co.uk", "Valley Ledger"),
        ("The North Valley Ledger", "NVL"),
        ("nvl.org", "NVL"),
        ("thevalleyledger.com", "The Valley Ledger"),
        ("lemonde.fr", "Le Monde"),
        ("yahoo.com/news", "Yahoo"),
    ],
)
def test_an_outlet_is_known_by_its_site_name_and_initials(outlet: str, credit: str) -> None:
    assert press_credits.credited(f"Source: {credit}", frozenset({outlet})) == [outlet]
    assert press_credits.credited(f"Source: {credit}", frozenset()) == []


def test_an_agency_among_the_outlets_is_credited_by_the_name_it_is_shown_by() -> None:
    assert press_credits.credited("Source: AP", frozenset({"apnews.com", "cnn.com"})) == ["AP"]
    assert names.agency_of("apnews.com") == "AP"
    # Two outlets of one name are both meant.
    assert press_credits.credited("Source: BBC", frozenset({"bbc.com", "bbc.co.uk"})) == ["bbc.co.uk", "bbc.com"]


def test_every_name_of_the_tables_is_found_again() -> None:
    for name, shown in names.agencies().items():
        assert press_credits.credited(f"Source: {name}") == [shown], name


@pytest.mark.parametrize(
    ("outlet", "name"),
    [
        ("Reuters", "Reuters"),
        ("www.reuters.com", "Reuters"),
        ("interfax.ru", "Interfax"),
        ("afp.com", "AFP"),
        ("The Associated Press", "AP"),
        ("The Canadian Press", "CP"),
        ("in.reuters.com", "Reuters"),
        ("https://hosted.ap.org/news", "AP"),
        ("The Daily Star", None),
        ("ap.blogspot.com", None),
        ("reutersfan.net", None),
        ("app.com", None),
    ],
)
def test_an_outlet_that_is_an_agency_is_known(outlet: str, name: str | None) -> None:
    assert names.agency_of(outlet) == name
