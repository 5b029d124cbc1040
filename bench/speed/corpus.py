"""Articles made from text that we may ship: words drawn from the seeds, some rare ones made up, one in ten nearly a copy.

Deterministic: the same count and seed give the same articles on every machine.
"""

import random
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo yu zan ker lin mor tas".split()
NEARLY = 10
"""One article in so many is a copy of an earlier one with some words changed."""


def articles(count: int, seed: int = 1) -> list[str]:
    """Return `count` articles of 300 to 600 words, in paragraphs."""
    draw = random.Random(seed)
    running = " ".join(p.read_text(encoding="utf-8") for p in sorted(SEEDS.glob("*.txt"))).split()
    out: list[str] = []
    for number in range(count):
        if number % NEARLY == NEARLY - 1:
            words = draw.choice(out).split(" ")
            for _ in range(draw.randrange(len(words) // 12)):
                words[draw.randrange(len(words))] = draw.choice(running)
        else:
            words = [draw.choice(running) if draw.random() < 0.9 else _rare(draw) for _ in range(draw.randint(300, 600))]
            for at in range(50, len(words), 50):
                words[at] = f"\n\n{words[at]}"
        out.append(" ".join(words))
    return out


def _rare(draw: random.Random) -> str:
    return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))
