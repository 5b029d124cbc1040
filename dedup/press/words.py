"""Small words of credits and captions in many languages, each list once.

Each list is a pattern: alternatives of whole words, in small letters.
"""

AND = "and|und|et|y|e|i|en|og|och|и"
BYLINE = "written by|text|texto|texte|testo|text von|yazan|oleh|автор|текст|napsal|napsala|kirjoittaja|skriven av|tekst"
"""Other words that open a byline."""
WITH = "with|mit|avec|con|com|met|med|z|с"
BY = "by|von|par|por|di|da|door|av|af|oleh|автор"
OF = "from|of|vom|de|des|del|della|dell|dal|dalla|dall|do|du|van|od|från|fra"
AFTER = "theo|laut|nach|selon|según|secondo|segundo|volgens|podle|według|za|menurut|via|по материалам|по данным|за матеріалами"
"""According to, as before the source of a whole text."""
ARTICLES = "the|la|le|el|der|die"

SOURCE_ABROAD = (
    "quelle|quellen|fuente|fuentes|fonte|fontes|fonti|bron|källa|kilde|lähde|źródło|źródła|zdroj|kaynak|forrás|"
    "sursa|izvor|sumber|nguồn|источник|джерело|източник|извор|πηγή|المصدر|منبع|מקור|स्रोत|出典|来源|來源|출처"
)
"""Words for a source in other languages than English, as in "Quelle: dpa"."""
PAPER = (
    r"(?:news)?papers?|daily|weekly|magazine|tabloid|broadcaster|(?:tages|wochen|sonntags)?zeitung|magazin|nachrichtenmagazin|"
    r"nachrichtenagentur|sender|blatte?s?|journal|quotidien|hebdomadaire|magazine|périodico|diario|semanario|revista|jornal|"
    r"quotidiano|settimanale|giornale|krant|weekblad|tijdschrift|tidning\w*|avis\w?|sanomaleh\w+|lehti|lehden|dziennik\w*|"
    r"tygodnik\w*|gazet\w+|portal\w*|serwis\w*|deník\w*|týdeník\w*|denník\w*|serveru?|газет\w+|журнал\w*|издани\w+|видання|"
    r"агентств\w+|портал\w*|вестник\w*|εφημερίδ\w+|ziar\w+|cotidian\w+|harian|koran|majalah|báo|صحيفة|جريدة|موقع|روزنامه|"
    r"עיתון|העיתון|אתר|अख़बार|अखबार|lap|hetilap|napilap|újság"
)
"""Words for a newspaper and the like, beside its name."""
AGENCY = "agency|agencies|agentur|agenturen|agence|agences|agência|agências|agencia|agencias|agenzia|agenzie|agencja"
"""Words for a news agency."""
JOURNALIST = "writer|reporter|correspondent|journalist|editor"
PUBLISHED = "posted|updated|published|modified"
"""Words before the time of a publication."""

PHOTO = r"photo|image|picture|(?:charts?|maps?|graphics?|diagrams?)(?=\s*[-–:©/(]|\s+(?:by|data|source|courtesy)\b)"
"""English words for a photo or a drawing."""
PHOTO_ABROAD = (
    "foto|fotografie|bild(?!ung)|imago|imagen|cliché|zdjęcie|zdjęcia|фото|vidéo|vídeo|grafik|grafika|illustration|infografik|"
    "infographie|infografía|infográfico|صورة|تصوير|写真|撮影|画像|图片|照片|摄影|圖|fotoğraf|görsel|fotó|kuva|kép|nuotrauka|"
    r"fotografija|снимка|φωτογραφία|φωτο|צילום|תמונה|छायाचित्र|ছবি|படம்|(?:사진|영상)(?=\s*[=:/]|\s*제공)|"
    r"(?:ảnh|عکس|تصویر|फोटो|फ़ोटो|ภาพ|foto\w*|slika|pilt|mynd)(?=\s*[-–:：=/©])|"
    r"\w{3,20}(?:bild|foto|kuva)(?=\s*[:：/])|fot\.|(?:gráfic\w|graphique|grafiek|beeld|karte?|carte|карта|графика|инфографика|χάρτης)"
    r"(?=\s*[-–:：=/©])|(?:immagin|illusztráci|illustra|ilustra|ilustrač|kuvitus)\w*|[摄攝]\W*$"
)
"""Words for a photo or a drawing in other languages."""

DATE_LINE = 80
"""Characters up to which a line with a date or time may say only when a text was published."""
