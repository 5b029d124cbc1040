"""Where prose names an outlet as its source, in many languages; and where the same words are ordinary ones."""

import pytest

from dedup.press.mentions import mentions

NAMED = """
The Guardian|According to the Guardian, three ministers had threatened to resign.
The Times|The Times reported that the bridge had been closed since May.
Metro|“We had no warning,” she told Metro after the crash.
Time|Kessler said in an interview with Time that he would step down.
The Wall Street Journal|Documents seen by the WALL STREET JOURNAL show otherwise.
nytimes.com|The list was published on nytimes.com late on Friday.
The Economist|The harbour, notes The Economist, has lost half of its trade.
Axios|The ministry confirmed the sale in a statement to Axios.
Reuters|The letter was shown to a Reuters correspondent.
Frankfurter Allgemeine Zeitung|Das sagte er der Frankfurter Allgemeinen Zeitung.
Frankfurter Allgemeine Zeitung|Das geht aus einem Bericht der „FAZ“ hervor.
Die Zeit|Laut „Die Zeit“ waren die Zahlen seit März bekannt.
Der Spiegel|Dem Spiegel zufolge wurden zwölf Konten gesperrt.
Le Monde|Selon Le Monde, le contrat a été signé en juillet.
Le Figaro|Le ministre l'a confirmé au Figaro mardi soir.
El País|Según El País, la obra costó el doble.
Público|Em declarações ao Público, a diretora recusou comentar.
La Repubblica|Lo scrive Repubblica, che cita due fonti.
Il Giornale|Come riporta «Il Giornale», il museo resterà chiuso.
Trouw|Volgens Trouw kost de brug het dubbele.
Rzeczpospolita|Według Rzeczpospolitej umowa wygasła w czerwcu.
Respekt|Informoval o tom týdeník Respekt.
Lidové noviny|Podle Lidových novin stavba zdražila o třetinu.
Новая газета|Он рассказал «Новой газете», что уехал.
Українська правда|За даними Української правди, міст закрили у травні.
Helsingin Sanomat|Helsingin Sanomien mukaan silta suljettiin toukokuussa.
Népszava|A Népszava szerint a híd májusban zárt be.
Η Καθημερινή|Ο δήμαρχος δήλωσε στην Καθημερινή ότι δεν παραιτείται.
Hürriyet|Hürriyet’in haberine göre köprü mayısta kapandı.
Politiken|Det skriver Politiken.
朝日新聞|朝日新聞によると、橋は五月に閉鎖された。
财新|据财新报道，大桥将关闭。
الشرق الأوسط|وقالت صحيفة الشرق الأوسط إن الجسر أغلق في مايو.
הארץ|לפי הארץ, הגשר נסגר במאי.
"""
ORDINARY = """
Metro|Metro riders waited an hour for the first train of the day.
The Guardian|She was named the guardian of the child in June.
Time|Time will show whether the bridge can be saved.
The Sun|The Sun set over the Harbour at nine.
The Independent|The Independent Police Complaints Board will meet on Friday.
Star|Star striker Tom Ash said that he will miss the final.
Forbes|Tom Forbes of Marsh Road was fined forty pounds.
Reuters|The Reuters-owned building was sold.
Die Zeit|Die Zeit ist knapp, die Brücke muss im Mai fertig sein.
Der Standard|Der Standard für neue Heizungen wird angehoben.
Focus|Der Focus-Geschäftsführer trat im Mai zurück.
Le Monde|Le Monde entier a vu ces images.
El País|El País Vasco recibió más turistas que nunca.
El País|El país está dividido desde las elecciones.
Público|O Ministério Público abriu um inquérito.
La Repubblica|Il presidente della Repubblica ha detto che firmerà la legge.
Trouw|Trouw aan zijn belofte bleef hij thuis.
Rzeczpospolita|Rzeczpospolita Polska obchodziła święto.
Právo|Právo na bydlení patří do ústavy.
Правда|Правда о заводе вышла наружу через год.
День|День був дощовий, і міст закрили.
Kaleva|Kaleva Travel myytiin ruotsalaisille.
Το Βήμα|Το βήμα αυτό ήταν δύσκολο για τον δήμαρχο.
Expressen|Expressen till Malmö var försenad.
Milliyet|Milliyet duygusu zayıfladı.
הארץ|הארץ רעדה בלילה.
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("name", "sentence"), rows(NAMED))
def test_prose_names_a_source_in_any_usual_form(name: str, sentence: str) -> None:
    assert [found.name for found in mentions(sentence, [name, "Other Gazette"])] == [name]


@pytest.mark.parametrize(("name", "sentence"), rows(ORDINARY))
def test_an_ordinary_word_is_no_source_for_being_the_name_of_a_paper(name: str, sentence: str) -> None:
    assert mentions(sentence, [name]) == []


def test_a_mention_says_where_it_is() -> None:
    text = "Nobody knew.\n\nThe Rival Post reported it."
    (found,) = mentions(text, ["Rival Post"])
    assert text[found.start : found.end] == "Rival Post"
