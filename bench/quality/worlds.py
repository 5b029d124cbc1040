"""Generated stories in which it is known who copied whom: trees of copies, and collages, as outlets make them.

A copy may be cut at the end, reworded or respelt. It may get a dateline, a credit, sentences of its own, sentences from a
second source, and page furniture. Its headline is kept or new; its time is missing or wrong; it may be unseen. An unseen text
that is the main source of fewer than two texts of the story leaves no trace, and so it is not in the truth: its copies belong
to the text that it was made from.

Sentences are patterns that are filled from rows of synonyms. A copy that rewords takes another word of the row, so that two
rewordings may agree by chance, as those of two writers with one thesaurus do.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dedup.types import Document

LOST = "lost"
"""The source of a sentence from an unseen text that is not in the truth."""
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
AGENCIES = ("Reuters", "AP", "AFP", "DPA", "Xinhua")
SYLLABLES = "ba dor fi gol lu mar ne pil ro sut tak vel win xo yur zan ker lin mor tas brin chal dov hesk".split()
FURNITURE = "Read more;Share this article;Sign up for our newsletter;All rights reserved;Related stories".split(";")
PAPERS = "Post Times Herald News Daily Courier".split()
SPELLING = dict(
    pair.split("/")
    for pair in """
        labor/labour harbor/harbour neighbor/neighbour center/centre theater/theatre program/programme defense/defence
        organization/organisation organized/organised criticized/criticised authorized/authorised color/colour rumor/rumour
        canceled/cancelled fueled/fuelled favored/favoured recognized/recognised gray/grey analyzed/analysed
    """.split()
)
SLOTS = {
    slot: [row.split("/") for row in rows.split()]
    for slot, rows in {
        "N": """
            soldiers/troops/forces attack/assault/strike border/frontier/boundary town/village/settlement
            minister/secretary/official court/tribunal/bench judge/magistrate company/firm/business workers/employees/labor
            price/cost/charge bridge/viaduct/crossing harbor/port/dock ship/vessel/boat road/highway/street
            hospital/clinic/infirmary doctor/physician/surgeon school/academy/college pupils/students/children
            farmers/growers/peasants harvest/crop/yield river/stream/waterway storm/gale/tempest fire/blaze/inferno
            flood/deluge/torrent police/officers/constables suspect/accused/defendant bank/lender/creditor
            loan/credit/advance budget/spending/outlay tax/levy/duty vote/ballot/poll party/faction/movement
            leader/chief/head talks/negotiations/discussions deal/accord/pact protest/rally/march crowd/throng/gathering
            factory/plant/works engine/motor/turbine flight/journey/trip airport/airfield/airstrip train/railway/locomotive
            mine/quarry/pit coal/fuel/oil forest/woodland/timber wolf/bear/lynx museum/gallery/theater
            painting/canvas/portrait novel/book/volume singer/vocalist/performer match/game/contest player/athlete/striker
            coach/trainer/manager stadium/arena/ground scientist/researcher/scholar study/survey/inquiry
            virus/disease/infection vaccine/medicine/drug satellite/probe/spacecraft signal/message/warning
            network/grid/system neighbor/resident/inhabitant center/hub/heart program/scheme/plan defense/protection/shield
            organization/agency/body rumor/report/claim witness/bystander/onlooker damage/harm/destruction
            lawyer/attorney/counsel mayor/governor/prefect prison/jail/gaol weapon/rifle/gun
        """,
        "A": """
            large/huge/vast small/little/tiny new/fresh/recent old/former/ageing quick/fast/rapid slow/sluggish/gradual
            strong/powerful/robust weak/feeble/frail serious/grave/severe quiet/calm/peaceful local/regional/provincial
            foreign/overseas/alien secret/hidden/covert public/civic/common costly/expensive/dear cheap/modest/inexpensive
            narrow/slim/tight empty/vacant/deserted wounded/injured/hurt northern/upland/alpine coastal/seaside/maritime
            gray/dull/leaden senior/leading/veteran angry/furious/irate
        """,
        "V": """
            attacked/struck/raided closed/shut/sealed opened/launched/started found/discovered/located
            lost/forfeited/surrendered destroyed/ruined/wrecked repaired/mended/restored bought/purchased/acquired
            sold/traded/auctioned joined/entered/met left/quit/abandoned blamed/accused/faulted praised/lauded/applauded
            warned/cautioned/alerted delayed/postponed/deferred canceled/scrapped/dropped approved/backed/endorsed
            rejected/refused/spurned criticized/attacked/slammed organized/arranged/staged authorized/permitted/allowed
            recognized/identified/spotted fueled/fed/stoked favored/preferred/chose analyzed/examined/inspected
            raised/lifted/increased cut/lowered/reduced guarded/defended/protected searched/combed/scoured
            followed/pursued/tracked
        """,
    }.items()
}
"""Nouns, adjectives and verbs, in rows of synonyms."""
PATTERNS = """
    the A N V D N in P T
    W said the N of the A N V no N T , and the N V it
    in P , a A N V the A N before D N were V by the N
    D N and a A N were V near P T after the N V their N
    T the N V W , the A N of a N in P , over the N
    no N has V the A N since W , a N , V D N there
    according to W the N will be V by a A N once the N is V
    W , who V the N in P , called its N A and its N more A than any N
    a N near P V D A N T while the N V a N
    the N , a A N with D N , V its N and V the N of P
    officials in P said D N V the A N , but W V the N
    for D years the N V a A N , W told a N in P
    after the A N in P the N V W and D of the N
    as the N V , a A N V the N , and D N left P T
    neither the N nor its A N V what W had V about the N
    it was the A N , W said , that V D N and V the N T
    with D N still V , the N in P V a A N to W
    what the N V T was a A N , according to a N of P
    few N in P had V so A a N as W , whose N V D N
    one N in D is A , a N found , and the N V most of the N
""".strip().splitlines()
TIMES = "on Monday;on Tuesday;on Wednesday;on Thursday;on Friday;last week;this month;late at night;at dawn;two days ago".split(
    ";"
)
ADVERBS = "reportedly quickly again finally also openly largely apparently".split()
ALIKE = {word: row for rows in SLOTS.values() for row in rows for word in row}


@dataclass(frozen=True, slots=True)
class World:
    """How the texts of a story are made. All numbers are probabilities."""

    name: str
    cut: float = 0.25
    light: float = 0.25
    spin: float = 0.2
    """That a copy is cut at the end, edited lightly, or edited heavily; the rest are verbatim."""
    chain: float = 0.0
    star: float = 0.5
    """That a copy is made from the last text; if not, from a wire story; if not, more likely from a text with more copies."""
    second: float = 0.15
    """Of a second source for a copy, and of a second wire story."""
    own: float = 0.35
    title_kept: float = 0.4
    credits: float = 0.4
    undated: float = 0.3
    misdated: float = 0.1
    wire_unseen: float = 0.5
    unseen: float = 0.1
    collage: bool = False


WORLDS = (
    World("light edits", light=0.7, spin=0.0),
    World("spin", light=0.1, spin=0.7),
    World("chains", light=0.5, chain=0.85),
    World("star", star=0.95),
    World("no credits", credits=0.0),
    World("wrong clocks", undated=0.4, misdated=0.4),
    World("hidden sources", wire_unseen=1.0, unseen=0.15),
    World("all observed", wire_unseen=0.0, unseen=0.0),
    World("collages", wire_unseen=0.3, unseen=0.0, collage=True),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text: its words, and the document or unseen source that it is from; None if it is new, or `LOST`.

    `origin` is a number that all copies of one sentence share; `held` are the words of the source.
    """

    words: tuple[str, ...]
    origin: int
    source: str | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Documents as `dedup` gets them, sorted by id, and the truth.

    `texts`: the sentences of each document and unseen source, in order; `parents`: the main source of each, None for an
    origin. Unseen sources are named `hidden:K`.
    """

    documents: tuple[Document, ...]
    texts: Mapping[str, tuple[Sentence, ...]]
    parents: Mapping[str, str | None]


@dataclass
class _Text:
    """A text in the making. A line is its words, the number of the sentence, and the number of the text that it is from."""

    outlet: str
    time: float
    seen: bool
    lines: list["_Line"] = field(default_factory=list)
    parent: int | None = None
    title: str = ""
    credit: str = ""
    british: bool = False


_Line = tuple[tuple[str, ...], int, int | None]


def story(world: World, seed: int, size: int) -> Story:
    """Return a story of about `size` documents; the same arguments give the same story on every machine."""
    maker = _Maker(world, random.Random(f"{world.name}/{seed}/{size}"))
    if world.collage:
        maker.collages(size)
    else:
        maker.copies(size)
    return maker.finished()


class _Maker:
    def __init__(self, world: World, draw: random.Random) -> None:
        self.world, self.draw = world, draw
        self.texts: list[_Text] = []
        self.written = 0
        self.cast = self._cast()

    def copies(self, size: int) -> None:
        """Write one or two wire stories of one event, and copies of all texts until `size` texts are seen."""
        draw, world = self.draw, self.world
        unseen = draw.random() < world.wire_unseen
        for agency in draw.sample(AGENCIES, 1 + (draw.random() < world.second)):
            self._origin(agency, draw.uniform(0, 3), not unseen)
        self.wires = len(self.texts)
        while sum(text.seen for text in self.texts) < size:
            self._copy()

    def collages(self, size: int) -> None:
        """Write stories of different events, some cut copies of them, and pages of passages from three to five texts."""
        draw, world = self.draw, self.world
        for _ in range(max(3, size * 6 // 10)):
            self.cast = self._cast()
            self._origin(self._outlet(), draw.uniform(0, 40), draw.random() >= world.wire_unseen)
        self.wires = len(self.texts)
        for source in range(self.wires):
            if draw.random() < 0.3:
                lines = self._taken(source)
                self._publish(source, lines[: max(3, round(len(lines) * draw.uniform(0.5, 1)))], draw.expovariate(0.2) + 0.2)
        for _ in range(max(1, size * 3 // 10)):
            self._collage()

    def _collage(self) -> None:
        draw = self.draw
        time = draw.uniform(20, 72)
        earlier = [n for n, text in enumerate(self.texts) if text.time < time] or [0]
        parts: list[list[_Line]] = []
        rate = draw.uniform(0.2, 0.5) if draw.random() < 0.5 else 0.02
        for source in draw.sample(earlier, min(len(earlier), draw.randint(3, 5))):
            whole = self._taken(source)
            for at in draw.sample(range(0, len(whole), 2), min(len(whole) // 2, draw.randint(1, 3))):
                parts += [self._reworded(whole[at : at + draw.randint(1, 2)], rate)]
        parts += [self._fresh(draw.randint(1, 2)) for _ in range(draw.randint(0, 2))]
        draw.shuffle(parts)
        lines = list({line[1]: line for part in parts for line in part}.values())
        self.texts.append(_Text(self._outlet(), time, True, lines, title=self._title(lines), british=draw.random() < 0.5))

    def _origin(self, outlet: str, time: float, seen: bool) -> None:
        lines = self._fresh(self.draw.randint(12, 25))
        british = outlet in {"Reuters", "AFP"} or self.draw.random() < 0.3
        self.texts.append(_Text(outlet, time, seen, lines, title=self._title(lines), british=british))

    def _copy(self) -> None:
        draw, world = self.draw, self.world
        parent = self._pick()
        lines = self._taken(parent)
        how, rate = draw.random(), 0.0
        if how < world.cut:
            lines = lines[: max(2, round(len(lines) * draw.uniform(0.3, 0.8)))]
            if draw.random() < 0.3 and len(lines[-1][0]) > 9:
                lines[-1] = (lines[-1][0][: len(lines[-1][0]) * 6 // 10], *lines[-1][1:])
        elif how < world.cut + world.light:
            rate = draw.uniform(0.02, 0.06)
            lines = [line for line in lines if draw.random() > 0.05] or lines
        elif how < world.cut + world.light + world.spin:
            rate = draw.uniform(0.25, 0.5)
            lines = [line for line in lines if draw.random() > 0.1] or lines
        lag = 0.2 + draw.expovariate(1 / 8)
        if draw.random() < world.second:
            self._merge(lines, parent, self.texts[parent].time + lag)
        lines = self._reworded(lines, rate)
        if draw.random() < world.own:
            at = draw.randint(0, len(lines))
            lines[at:at] = self._fresh(draw.randint(1, 4))
        self._publish(parent, lines, lag, edited=rate > 0)

    def _merge(self, lines: list[_Line], parent: int, time: float) -> None:
        """Insert into `lines` a passage of another text that was published before `time`."""
        held = {origin for _, origin, _ in lines}
        others = [n for n, text in enumerate(self.texts) if n != parent and text.time < time]
        if others:
            other = self.draw.choice(others)
            new = [line for line in self._taken(other) if line[1] not in held]
            start = self.draw.randrange(len(new) or 1)
            at = self.draw.randint(1, len(lines))
            lines[at:at] = new[start : start + self.draw.randint(2, 5)]

    def _publish(self, parent: int, lines: list[_Line], lag: float, *, edited: bool = False) -> None:
        draw, world, source = self.draw, self.world, self.texts[parent]
        words: Counter[int] = Counter()
        for line in lines:
            if line[2] is not None:
                words[line[2]] += len(line[0])
        credit = source.credit if draw.random() < world.credits else ""
        if draw.random() < world.credits:
            first = parent
            while (above := self.texts[first].parent) is not None:
                first = above
            credit = self.texts[first].outlet if draw.random() < 0.8 else source.outlet
        self.texts.append(
            _Text(
                self._outlet(),
                source.time + lag,
                draw.random() >= world.unseen,
                lines,
                max(words, key=lambda n: (words[n], n == parent, -n)),
                source.title if draw.random() < world.title_kept else self._title(lines),
                credit,
                draw.random() < 0.5 if edited or draw.random() < 0.3 else source.british,
            )
        )

    def _pick(self) -> int:
        draw, world, count = self.draw, self.world, len(self.texts)
        if draw.random() < world.chain:
            return count - 1
        if draw.random() < world.star or count == self.wires:
            return draw.randrange(self.wires)
        copies = Counter(text.parent for text in self.texts)
        return draw.choices(range(self.wires, count), [1 + copies[n] for n in range(self.wires, count)])[0]

    def _taken(self, source: int) -> list[_Line]:
        return [(words, origin, source) for words, origin, _ in self.texts[source].lines]

    def _reworded(self, lines: list[_Line], rate: float) -> list[_Line]:
        """Return `lines` with words replaced by synonyms at `rate`, and some words added and left out."""
        draw = self.draw
        out: list[_Line] = []
        for words, origin, source in lines:
            new: list[str] = []
            for word in words:
                alike = [other for other in ALIKE.get(word, ()) if other != word]
                if alike and draw.random() < rate:
                    new.append(draw.choices(alike, (0.6, 0.4)[: len(alike)])[0])
                elif draw.random() >= rate / 12:
                    new.append(word)
                if draw.random() < rate / 20:
                    new.append(draw.choice(ADVERBS))
            out.append((tuple(new), origin, source))
        return out

    def _cast(self) -> dict[str, list[str]]:
        people = [f"{self._name()} {self._name()}" for _ in range(5)]
        return {"W": people + [name.split()[1] for name in people], "P": [self._name() for _ in range(5)], "T": TIMES}

    def _name(self) -> str:
        return "".join(self.draw.choices(SYLLABLES, k=self.draw.randint(2, 3))).capitalize()

    def _outlet(self) -> str:
        return f"{self._name()} {self.draw.choice(PAPERS)}"

    def _fresh(self, count: int) -> list[_Line]:
        out: list[_Line] = []
        for _ in range(count):
            words = [word for slot in self.draw.choice(PATTERNS).split() for word in self._filled(slot)]
            self.written += 1
            out.append((tuple(words), self.written, None))
        return out

    def _filled(self, slot: str) -> list[str]:
        draw = self.draw
        if slot in SLOTS:
            return [draw.choice(draw.choice(SLOTS[slot]))]
        if slot in self.cast:
            return draw.choice(self.cast[slot]).split()
        return [str(draw.randint(2, 900))] if slot == "D" else [slot]

    def _title(self, lines: list[_Line]) -> str:
        words = [word for line in lines[:3] for word in line[0] if len(word) > 3][:30]
        chosen = sorted(self.draw.sample(range(len(words)), min(len(words), self.draw.randint(5, 9))))
        return " ".join(words[n].capitalize() for n in chosen)

    def finished(self) -> Story:
        """Return the documents that are seen, and the truth about them."""
        texts = self.texts
        below: list[list[int]] = [[] for _ in texts]
        for n in range(len(texts) - 1, -1, -1):
            parent = texts[n].parent
            if parent is not None:
                below[parent] += [n] if texts[n].seen or len(below[n]) > 1 else below[n]
        seen = [n for n, text in enumerate(texts) if text.seen]
        self.draw.shuffle(seen)
        unseen = [n for n, text in enumerate(texts) if not text.seen and len(below[n]) > 1]
        names = {n: f"d{k:03}" for k, n in enumerate(seen)} | {n: f"hidden:{k}" for k, n in enumerate(unseen)}
        parents: dict[str, str | None] = {}
        for n, name in names.items():
            above = texts[n].parent
            while above is not None and above not in names:
                above = texts[above].parent
            parents[name] = None if above is None else names[above]
        return Story(
            tuple(self._document(names[n], texts[n]) for n in seen),
            {name: tuple(self._sentence(line, names) for line in texts[n].lines) for n, name in names.items()},
            parents,
        )

    def _sentence(self, line: _Line, names: Mapping[int, str]) -> Sentence:
        words, origin, source = line
        if source is None:
            return Sentence(words, origin)
        while True:
            held, _, above = next(line for line in self.texts[source].lines if line[1] == origin)
            if source in names:
                return Sentence(words, origin, names[source], held)
            if above is None:
                return Sentence(words, origin, LOST)
            source = above

    def _document(self, name: str, text: _Text) -> Document:
        draw = self.draw
        spelt = [_spelt(words, text.british) for words, _, _ in text.lines]
        line = draw.random() < 0.5
        if text.credit and not line:
            spelt[0] = f"{self.cast['P'][0].upper()} ({text.credit}) - {spelt[0]}"
        paragraphs = [text.title]
        while spelt:
            size = draw.randint(1, 2)
            paragraphs.append(" ".join(spelt[:size]))
            spelt = spelt[size:]
        if text.credit and line:
            paragraphs.append(f"Source: {text.credit}")
        if draw.random() < 0.5:
            paragraphs.insert(draw.randint(2, len(paragraphs)), draw.choice(FURNITURE))
        return Document(
            name, "\n\n".join(paragraphs), outlet=text.outlet, title=text.title, published=self._published(text.time)
        )

    def _published(self, time: float) -> datetime | None:
        draw = self.draw
        how = draw.random()
        if how < self.world.undated:
            return None
        time += draw.gauss(0, 0.05)
        if how < self.world.undated + self.world.misdated:
            # In another time zone, scraped again later, or a date without a time.
            time = draw.choice([time + draw.randint(-12, 12), time + draw.uniform(6, 48), (time + 12) // 24 * 24 - 12])
        return NOON + timedelta(hours=time)


def _spelt(words: tuple[str, ...], british: bool) -> str:
    shown = [SPELLING.get(word, word) if british else word for word in words]
    text = " ".join(shown).replace(" ,", ",").rstrip(",")
    return f"{text[:1].upper()}{text[1:]}."
