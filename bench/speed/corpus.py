"""Articles made from text that we may ship: words drawn from the seeds, some rare ones made up, one in ten nearly a copy.

Deterministic: the same count and seed give the same articles on every machine.
"""

import random
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo yu zan ker lin mor tas".split()
NEARLY = 10
"""One article in so many is a copy of an earlier one with some words changed."""
COMMON = {
    "vietnamese": """
        và của là có được cho trong người không với một năm các những để khi này đã từ về ở đến tại theo như nhiều
        sau trên vào ngày Việt Nam chính phủ nước thành phố Hà Nội công ty thị trường kinh tế xã hội quốc gia hội nghị
        bộ trưởng cho biết hôm qua dự án đầu tư phát triển giáo dục bệnh viện trường học học sinh giá vàng tăng mạnh
    """,
    "arabic": """
        في من على إلى أن عن مع هذا التي الذي كان قال بعد قبل بين كل عام يوم رئيس الحكومة الوزراء المدينة الجيش
        السلطات الدولة العربية المتحدة الأمم الرئيس وقال وأضاف أكد اليوم أمس الشرق الأوسط مصر سوريا لبنان العراق
        اتفاق وقف إطلاق النار مقتل إصابة قوات منطقة حدود اقتصاد النفط أسعار شركة مليون دولار خلال مؤتمر صحفي
    """,
}
HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
)


def articles(count: int, seed: int = 1, language: str = "english") -> list[str]:
    """Return `count` articles of 300 to 600 words, in paragraphs; of characters, 600 to 1,200, for `chinese`."""
    draw = random.Random(seed)
    if language == "chinese":
        return ["".join(draw.choice(HAN) if n % 14 else "，" for n in range(1, draw.randint(600, 1200))) for _ in range(count)]
    if language in COMMON:
        running = COMMON[language].split()
    else:
        running = " ".join(p.read_text(encoding="utf-8") for p in sorted(SEEDS.glob("*.txt"))).split()
    out: list[str] = []
    for number in range(count):
        if number % NEARLY == NEARLY - 1:
            words = draw.choice(out).split(" ")
            for _ in range(draw.randrange(len(words) // 12)):
                words[draw.randrange(len(words))] = draw.choice(running)
        else:
            rare = language == "english"
            words = [
                _rare(draw) if rare and draw.random() >= 0.9 else draw.choice(running) for _ in range(draw.randint(300, 600))
            ]
            for at in range(50, len(words), 50):
                words[at] = f"\n\n{words[at]}"
        out.append(" ".join(words))
    return out


def _rare(draw: random.Random) -> str:
    return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))
