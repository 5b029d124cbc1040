"""Who says a quotation, in many languages, and which words beside it only name the speaker."""

import pytest

import dedup
from dedup import Document
from dedup.judge.speakers import attributed_quotations
from dedup.language.speech import languages, vocabulary

QUOTED = {
    "en": "we will not leave this valley until somebody tells us who pays for the damage",
    "fr": "nous ne quitterons pas cette vallée avant que quelqu'un nous dise qui paie les dégâts",
    "de": "wir verlassen dieses Tal nicht, bevor uns jemand sagt, wer den Schaden bezahlt",
    "es": "no nos iremos de este valle hasta que alguien nos diga quién paga los daños",
    "it": "non lasceremo questa valle finché qualcuno non ci dirà chi paga i danni",
    "pt": "não vamos sair deste vale até que alguém nos diga quem paga os estragos",
    "nl": "we verlaten dit dal niet voordat iemand ons vertelt wie de schade betaalt",
    "ru": "мы не уйдём из этой долины, пока нам не скажут, кто заплатит за ущерб",
    "uk": "ми не підемо з цієї долини, поки нам не скажуть, хто заплатить за збитки",
    "pl": "nie opuścimy tej doliny, dopóki ktoś nam nie powie, kto zapłaci za szkody",
    "cs": "neopustíme toto údolí, dokud nám někdo neřekne, kdo zaplatí škody",
    "sv": "vi lämnar inte den här dalen förrän någon säger vem som betalar skadorna",
    "da": "vi forlader ikke denne dal, før nogen fortæller os, hvem der betaler for skaderne",
    "no": "vi forlater ikke denne dalen før noen forteller oss hvem som betaler for skadene",
    "fi": "emme lähde tästä laaksosta ennen kuin joku kertoo meille kuka maksaa vahingot",
    "hu": "nem hagyjuk el ezt a völgyet, amíg valaki meg nem mondja, ki fizeti meg a kárt",
    "tr": "biri bize zararı kimin ödeyeceğini söylemeden bu vadiden ayrılmayacağız",
    "ro": "nu plecăm din această vale până când cineva nu ne spune cine plătește pagubele",
    "id": "kami tidak akan meninggalkan lembah ini sampai ada yang memberi tahu siapa yang membayar kerusakan",
    "vi": "chúng tôi sẽ không rời thung lũng này cho đến khi có người nói ai sẽ trả tiền thiệt hại",
    "el": "δεν θα φύγουμε από αυτή την κοιλάδα μέχρι κάποιος να μας πει ποιος πληρώνει τις ζημιές",
    "he": "לא נעזוב את העמק הזה עד שמישהו יגיד לנו מי משלם על הנזק",
    "ar": "لن نغادر هذا الوادي حتى يخبرنا أحد من سيدفع ثمن الأضرار التي لحقت بنا",
    "fa": "ما این دره را ترک نمی‌کنیم تا کسی به ما بگوید چه کسی خسارت را می‌پردازد",
    "hi": "हम यह घाटी तब तक नहीं छोड़ेंगे जब तक कोई हमें न बताए कि नुकसान कौन भरेगा",
    "ko": "누가 피해를 배상할지 알려 주기 전까지 우리는 이 골짜기를 떠나지 않겠다",
    "ja": "誰が損害を払うのか教えてもらうまで私たちはこの谷を離れない",
    "zh": "在有人告诉我们谁来赔偿损失之前，我们不会离开这个山谷",
}

NAMED = [
    line.split(maxsplit=2)
    for line in """
en said “…,” officials said in a briefing.
en said “…,” the fire service said.
en told “…,” residents told reporters.
en told “…,” she told the inquiry through tears.
en statement “…,” reads a statement from the company.
en said “…,” the statement said.
en according_to “…,” according to a letter seen by the Gazette.
en In_a_letter In a letter to parents, the school wrote: “….”
en said Mayor Anna Strand, speaking after the vote, said: “….”
fr affirmé « … », a-t-elle affirmé.
fr a-t-on_appris « … », a-t-on appris de source policière.
fr indiqué « … », ont indiqué les pompiers.
fr dans_un_communiqué « … », a déclaré la préfecture dans un communiqué.
fr félicité « … », s'est félicité Jean Dupuis.
fr exclamé « … », s'est-il exclamé.
fr insurge « … », s'insurge le syndicat.
fr selon « … », selon la police.
fr lit-on « … », lit-on dans le rapport.
de sagte „…“, sagte sie am Montag.
de hieß_es „…“, hieß es aus dem Ministerium.
de teilte „…“, teilte die Polizei mit.
de so „…“, so ein Sprecher der Stadt.
de in_einer_Mitteilung „…“, erklärte das Unternehmen in einer Mitteilung.
de heißt_es „…“, heißt es in dem Schreiben.
de Bericht „…“, steht in dem Bericht.
de Laut Laut Polizei hieß es: „….“
de teilte Die Feuerwehr teilte mit: „….“
es señalado «…», ha señalado la alcaldesa.
es explicado «…», han explicado fuentes policiales.
es según «…», según el comunicado.
es según «…», según fuentes de la empresa.
es apuntó «…», apuntó el portavoz.
it spiegato «…», ha spiegato la sindaca.
it riferito «…», hanno riferito i carabinieri.
it comunicato «…», si legge nel comunicato.
it fa_sapere «…», fa sapere la società.
it scrive «…», scrive il giudice.
pt afirmou “…”, afirmou a prefeita.
pt disse “…”, disse ele aos jornalistas.
pt comunicado “…”, lê-se no comunicado.
pt em_nota “…”, informou a polícia em nota.
pt segundo “…”, segundo fonte da empresa.
nl zei “…”, zei de burgemeester.
nl aldus “…”, aldus de politie.
nl laat_het_bedrijf_weten “…”, laat het bedrijf weten.
nl meldt “…”, meldt de brandweer.
nl brief “…”, staat in de brief.
ru заявил «…», — заявил губернатор.
ru говорится «…», — говорится в сообщении.
ru рассказала «…», — рассказала Анна Иванова журналистам.
ru По_словам По словам мэра, «…».
ru сообщили В полиции сообщили: «…».
uk сказав «…», — сказав мер.
uk у_заяві «…», — йдеться у заяві.
uk За_словами За словами поліції, «…».
uk зазначила — …, — зазначила вона.
pl powiedział „…” – powiedział burmistrz.
pl w_komunikacie „…” – czytamy w komunikacie.
pl poinformowała „…” – poinformowała policja.
pl mówi – … – mówi Jan Kowal.
pl Zdaniem Zdaniem prezydenta „…”.
cs řekl „…,“ řekl starosta.
cs uvedla „…,“ uvedla policie.
cs dodává „…,“ dodává ředitelka.
cs v_prohlášení „…,“ stojí v prohlášení.
cs Podle Podle policie „…“.
sv säger ”…”, säger kommunalrådet.
sv säger – …, säger polisen.
sv i_ett_pressmeddelande ”…”, skriver bolaget i ett pressmeddelande.
sv Enligt Enligt polisen ”…”.
da siger »…«, siger borgmesteren.
da siger – …, siger politiet.
da oplyser »…«, oplyser selskabet.
no sier «…», sier ordføreren.
no sier – …, sier politiet.
no i_en_pressemelding «…», skriver selskapet i en pressemelding.
fi sanoi ”…”, sanoi pormestari.
fi kertoo – …, kertoo poliisi.
fi kertoo ”…”, yhtiö kertoo tiedotteessa.
fi mukaan Poliisin mukaan ”…”.
hu mondta „…” – mondta a polgármester.
hu közölte „…” – közölte a rendőrség.
hu mondta – … – mondta Kovács Anna.
hu A_közlemény_szerint A közlemény szerint „…”.
tr dedi “…” dedi.
tr diye_konuştu Belediye başkanı, “…” diye konuştu.
tr ifadelerini_kullandı “…” ifadelerini kullandı.
tr açıklamasını_yaptı Polis, “…” açıklamasını yaptı.
tr şunları_söyledi Sözcü şunları söyledi: “….”
ro declarat „…”, a declarat primarul.
ro se_arată_în „…”, se arată în comunicat.
ro Potrivit Potrivit poliției, „…”.
id kata "…," kata wali kota.
id ujar "…," ujar dia.
id ungkapnya "…," ungkapnya.
id tutur "…," tutur Kapolres, Selasa.
id Menurut Menurut polisi, "…."
vi nói "…", ông Nam nói.
vi cho_biết "…", bà cho biết.
vi khẳng_định Ông Nam khẳng định: "…".
vi kể - … - anh Hùng kể.
vi nói – …, bà Lan nói.
el είπε «…», είπε ο δήμαρχος.
el αναφέρει «…», αναφέρει η ανακοίνωση.
el Σύμφωνα_με Σύμφωνα με την αστυνομία, «…».
el δήλωσε Ο εκπρόσωπος δήλωσε: «…».
he אמר "…", אמר ראש העיר.
he נמסר "…", נמסר מהמשטרה.
he לדברי לדברי המשטרה, "…".
he מסר דובר החברה מסר: "…".
ar قال "…"، قال رئيس البلدية.
ar أضاف وأضاف أن "…".
ar قال وقال المتحدث باسم الشرطة: "…".
ar بحسب "…"، بحسب البيان.
ar في_بيان وذكرت الشركة في بيان: «…».
fa گفت شهردار گفت: «…».
fa افزود او افزود: «…».
fa به_گفته به گفته پلیس، «…».
fa اعلام سخنگوی شرکت اعلام کرد: «…».
hi ने_कहा महापौर ने कहा, "…।"
hi ने_बताया "…," पुलिस ने बताया।
hi ने_कहा उन्होंने कहा कि "…।"
hi के_मुताबिक मंत्री के मुताबिक, "…।"
ko 밝혔 시장은 “…”고 밝혔다.
ko 설명했 경찰 관계자는 “…”라고 설명했다.
ko 며 “…”며 눈물을 흘렸다고 그는 전했다.
ko 강조했 김 시장은 기자들에게 “…”고 강조했다.
ko 에_따르면 경찰에 따르면 “…”.
ja 述べ 市長は「…」と述べた。
ja そう言っ 「…」。市長はそう言って席を立った。
ja 説明 警察は「…」と説明している。
ja 語っ 「…」と女性は涙ながらに語った。
ja によると 市長によると、「…」という。
ja コメント 同社は「…」とコメントした。
zh 说 市长说：“…。”
zh 表示 “…。”警方在通报中表示。
zh 指出 发言人指出，“…”。
zh 说 “…，”她说。
zh 据警方介绍 据警方介绍，“…”。
uk розповіла «…», — розповіла лікарка.
sv säger ”…”, säger polisens talesperson.
da lyder_det »…«, lyder det fra ministeren.
da skriver »…«, skriver ministeren på Facebook.
no forteller – …, forteller legen.
no uttalte «…», uttalte ministeren.
fi tiedottaa ”…”, ministeri tiedottaa.
hu írta „…” – írta a miniszter.
ro spus „…”, a spus ministrul.
ro precizat „…”, a precizat purtătorul de cuvânt.
el τόνισε «…», τόνισε ο υπουργός.
he אמרה "…", אמרה השרה.
fa نوشت وزیر نوشت: «…».
hi ने_कहा "…," मंत्री ने कहा।
""".strip().splitlines()
]

NOT_NAMED = [
    line.split(maxsplit=1)
    for line in """
en The crowd had gone home. “….” The lamps went out one by one.
en The council met on Tuesday night in the old school. The rain was heavy. “….” Nobody moved.
en “….” The words are carved above the door of the town hall in Brackwell.
en Visitors are greeted by a line in red paint: “….”
en Some people collect stamps, others collect sentences. “….”
en The winning entry of the poetry prize was this: “….”
en “…” was printed on every ticket.
en The company sells a pillow with the words “…”.
en A tattoo on his arm reads “…”.
en The play is called “…”.
en The label on the bottle says: “….”
en For the records of the United States, the phrase “…” has no meaning.
en A note on the fridge: “….”
en “….” The answer was no.
en “….” Bank notes fell from the window.
en The bill, declared unlawful in May, would have made “…” the motto of the state.
en The film opens with a black screen. “….” Then we hear the sea.
en The headline ran: “….”
en Hundreds of marchers chanted in the rain. The banner they carried was blue. “….”
fr « …. » C'est écrit en lettres d'or au-dessus de la porte de la mairie.
fr La pièce s'intitule « … ».
fr Le slogan de la campagne est simple : « … ».
fr « … », sa devise, est brodée sur le drapeau.
fr La foule s'est dispersée vers minuit. « …. » Les lampes se sont éteintes.
fr Sur le T-shirt, on lit : « …. »
fr Un dicton circule dans la vallée : « …. »
de Die Menge zerstreute sich gegen Mitternacht. „….“ Die Lampen gingen aus.
de „…“ steht in goldenen Buchstaben über dem Tor des Rathauses.
de Der Roman beginnt so: „….“
de Auf seinem T-Shirt stand „…“.
de Das Stück heißt „…“.
es La multitud se dispersó a medianoche. «…». Las lámparas se apagaron.
es El libro empieza así: «…».
es La pieza se titula «…».
es En la camiseta llevaba escrito: «…».
it La folla si è dispersa verso mezzanotte. «…». Le lampade si sono spente.
it La maglietta porta la scritta «…».
pt A multidão dispersou-se à meia-noite. “….” As lâmpadas apagaram-se.
nl De menigte ging tegen middernacht uiteen. “….” De lampen gingen uit.
nl Op het T-shirt staat “…”.
ru Толпа разошлась к полуночи. «…». Фонари погасли.
ru На футболке было написано «…».
pl Tłum rozszedł się o północy. „…”. Latarnie zgasły.
sv Folkmassan skingrades vid midnatt. ”….” Lamporna släcktes.
tr Kalabalık gece yarısı dağıldı. “….” Lambalar söndü.
ko 군중은 자정 무렵 흩어졌다. “….” 가로등이 꺼졌다.
ja 群衆は真夜中ごろに散った。「…。」街灯が消えた。
ja 「…」という看板が立っている。
ja 「…」というタイトルの映画だ。
zh 人群在午夜散去。“…。”路灯熄灭了。
zh “…”的说法由来已久。
zh 这部小说的名称是“…”。
ar تفرق الحشد عند منتصف الليل. «…». وانطفأت المصابيح.
ar كُتب على اللافتة «…».
fa جمعیت نیمه‌شب پراکنده شد. «…». چراغ‌ها خاموش شدند.
hi भीड़ आधी रात को छँट गई। "…।" बत्तियाँ बुझ गईं।
id Kerumunan bubar menjelang tengah malam. "…." Lampu-lampu padam.
vi Đám đông giải tán lúc nửa đêm. "…." Đèn tắt dần.
he הקהל התפזר בחצות. "…." הפנסים כבו.
el Το πλήθος διαλύθηκε τα μεσάνυχτα. «…». Οι λάμπες έσβησαν.
fi Väkijoukko hajaantui puoliltaöin. ”….” Lamput sammuivat.
hu A tömeg éjfél körül feloszlott. „….” A lámpák kialudtak.
cs Dav se rozešel kolem půlnoci. „….“ Lampy zhasly.
en “….” It was written on a bench in Hyde Park.
en A sign outside the shop says: “….”
en The motto of the club is “…”.
en “…” is the title of the exhibition.
en “…,” reads the banner over the gate.
en The song goes: “….”
en Everybody in town has heard it by now. “….” The rain did not stop.
en A placard was tied to the fence. It said: “….”
en The mug on his desk says “…”.
fr Une banderole accrochée au pont proclame : « …. »
fr « … », pouvait-on lire sur une pancarte.
fr La pluie est tombée toute la nuit. « …. » Le vent s'est levé.
fr « … » est la devise de la ville.
de Auf einem Transparent stand: „….“
de „…“ lautet das Motto des Festes.
es En la pancarta se leía: «…».
es «…» es el lema de la feria.
it Sullo striscione c'era scritto: «…».
pt No cartaz lia-se: “….”
nl Op het spandoek stond: “….”
ru На плакате было написано: «…».
pl Na transparencie napisano: „…”.
ko 벽에는 현수막이 걸려 있었다. “…”
ja 横断幕には「…」と書かれていた。
zh 横幅上写着：“…。”
zh “…”是这本书的书名。
""".strip().splitlines()
]


def filled(language: str, text: str) -> str:
    return text.replace("\\n", "\n").replace("…", QUOTED[language])


@pytest.mark.parametrize(
    "text",
    [
        "« Nous partons demain », a déclaré M. Duval, ministre de la Culture.",
        "« Nous ne céderons pas », a affirmé Claire Morel, secrétaire générale du syndicat des marins, mardi.",
        "首相は「予算は足りない」と述べた。",
        "– Emme tiedä, milloin silta avataan, Lahti kertoo.",
        "– Olemme odottaneet koko talven, sanoo Virtanen.",
        "– Vi har väntat hela vintern, säger Anna Berg.",
        "– Ingen har spurt oss, forteller hun.",
    ],
)
def test_the_words_that_name_the_speaker_belong_to_the_quotation(text: str) -> None:
    (found,) = attributed_quotations(text)
    assert found.speaker
    places = {*range(found.start, found.end), *(n for clause in found.clauses for n in range(*clause))}
    assert not any(sign.isalnum() for n, sign in enumerate(text) if n not in places)


def test_paragraphs_behind_a_sign_of_quotation_share_the_words_that_introduce_them() -> None:
    text = "In her letter, the nurse Ada Finlay said:\n\n> We were never asked.\n\n> Nobody came to the ward."
    assert [bool(found.speaker) for found in attributed_quotations(text)] == [True, True]
    assert [bool(found.speaker) for found in attributed_quotations("Milk:\n\n– Mjölk\n– Bröd")] == []


@pytest.mark.parametrize(("language", "word", "text"), NAMED)
def test_the_reason_is_a_word_of_saying_or_a_name(language: str, word: str, text: str) -> None:
    found = [q.speaker for q in attributed_quotations(filled(language, text)) if q.end - q.start > 20]
    assert found == [word.replace("_", " ")]


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, _, text in NAMED])
def test_an_attributed_quotation_leaves_no_unattributed_words_around_it(language: str, text: str) -> None:
    draft = filled(language, text)
    archive = [Document("a", f"{draft}\n\nThis is only in the archive.", outlet="The Rival")]
    passages = dedup.check(Document("d", f"Bells ring on Tuesdays.\n\n{draft}\n\nThe kiosk was shut."), archive).passages
    assert {p.judgement for p in passages} == {"quoted-attributed"}


@pytest.mark.parametrize(("language", "text"), NOT_NAMED)
def test_no_speaker_is_invented(language: str, text: str) -> None:
    found = [q.speaker for q in attributed_quotations(filled(language, text)) if q.end - q.start > 20]
    assert found == [None]


@pytest.mark.parametrize(
    "text",
    [
        "“…,” Mayor Strand said. Workers began to empty the cellars along the river before the water reached the church.",
        "Workers began to empty the cellars along the river before the water reached the church. “…,” Mayor Strand said.",
        "“…,” Mayor Strand said, while workers emptied the cellars along the river before the water reached the church.",
        "“…,” said Mayor Strand, who has spent nine years asking the province for a new dam above the village.",
        "Critics say that the dam above the village should have been replaced. “…,” Mayor Strand said.",
    ],
)
def test_narration_beside_a_quotation_is_reported(text: str) -> None:
    draft = filled("en", text)
    passages = dedup.check(f"Bells ring.\n\n{draft}\n", [Document("a", f"{draft} And more.", outlet="The Rival")]).passages
    assert {p.judgement for p in passages} == {"quoted-attributed", "unattributed"}


@pytest.mark.parametrize(
    "text",
    [
        "``…,'' Strand said.",
        '``…," Strand said.',
        "`…,' Strand said.",
        ",,…'', Strand said.",
        "''…,'' Strand said.",
        "<<…>>, Strand said.",
        '„…", Strand said.',
        "＂…＂, Strand said.",
        "›…‹, Strand said.",
        "『…』, Strand said.",
    ],
)
def test_signs_that_stand_for_quotation_marks(text: str) -> None:
    [quotation] = attributed_quotations(filled("en", text))
    assert quotation.speaker == "said"


@pytest.mark.parametrize(
    "name", ["Mr. Strand", "Rep. Anna Strand (D-Pa.)", "A. B. Strand", "Dr. Anna Strand, M.D.,", "Anna Strand Jr."]
)
def test_a_stop_behind_a_title_or_an_initial_ends_no_sentence(name: str) -> None:
    [quotation] = attributed_quotations(filled("en", f"The dam broke.\n\n“…,” {name} said on Monday. It rained."))
    assert quotation.speaker == "said"


def test_a_verb_counts_only_in_a_text_of_its_own_language() -> None:
    assert vocabulary(("sv",)).is_verb("sa")
    assert not vocabulary(("fr",)).is_verb("sa")
    assert vocabulary(("fr",)).is_verb("s'agace") == "agace"
    assert vocabulary(("ar",)).is_verb("وأضافت") == "أضافت"


@pytest.mark.parametrize("language", QUOTED)
def test_the_language_of_a_sentence_is_known(language: str) -> None:
    assert language in languages(QUOTED[language])
    assert len(languages(QUOTED[language])) <= 4
