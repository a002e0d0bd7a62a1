"""What people in need type, and what must be among the first five offers: at least one of those named."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from directory.filters import OfferFilter
from directory.selection import Selection

QUERIES = {
    # what happened, in one's own words
    "Neustrelitz Facebook Hetze": "onlinewache-polizei-mv respekt-und-fairness-stgt-mv meldestelle-respect",
    "Morddrohung": "starke-stelle dgb-weisser-ring-hotline",
    "Morddrohung per Mail bekommen": "starke-stelle dgb-weisser-ring-hotline",
    "Drohbrief im Briefkasten Sachsen": "zastex-lka-sachsen aktion-zivilcourage-krisenberatung",
    "Hassmail": "starke-stelle hateaid meldestelle-respect",
    "Hasskommentare Facebook anzeigen": "zhin-hassanzeigen hamburg-gegen-hass-meldeportal courage-im-netz-saarland",
    "Reifen zerstochen vor meinem Haus": "starke-stelle weisser-ring-opfer-telefon",
    "Brandanschlag auf mein Auto": "starke-stelle weisser-ring-opfer-telefon",
    "Hakenkreuz an die Hauswand geschmiert": "starke-stelle vbrg",
    "Ich werde verfolgt": "starke-stelle no-stalk-app",
    "Stalking": "no-stalk-app",
    "Stalker vor der Tür": "no-stalk-app",
    "Drohne über meinem Grundstück": "starke-stelle no-stalk-app",
    "meine Adresse wurde veröffentlicht": "starke-stelle hateaid auskunftssperre-melderegister",
    "Fake Profil mit meinem Namen": "starke-stelle hateaid",
    "Feindesliste": "starke-stelle hateaid",
    "Deepfake Nacktbilder": "hateaid starke-stelle",
    "Telegram Gruppe Todesliste": "starke-stelle hateaid",
    "Account gehackt": "bsi-hotline-csn bsi-mandatstragende",
    "Reichsbürger bedrohen mich": "ratgeber-bedroht-im-mandat starke-stelle zastex-lka-sachsen",
    "Neonazis": "starke-stelle bundesverband-mobile-beratung vbrg",
    "antisemitische Beleidigung": "ofek rias-report-antisemitism memo-hinweisstelle-hamburg",
    "Rassismus gegen Stadträtin": "starke-stelle",
    "muslimfeindlich": "claim-i-report",
    "homophob beschimpft": "starke-stelle hateaid",
    "Körperverletzung beim Wahlkampf": "starke-stelle dgb-weisser-ring-hotline",
    "Plakate aufhängen angegriffen": "starke-stelle",
    "Buttersäure Büro": "starke-stelle weisser-ring-opfer-telefon",
    "Verleumdung im Internet": "zmi-bka starke-stelle hateaid",
    "Bürgermeisterin bedroht": "ratgeber-bedroht-im-mandat starke-stelle zastex-lka-sachsen",
    "Landrat Morddrohung Thüringen": "starke-stelle dgb-weisser-ring-hotline",
    "Dresden Bedrohung": "zastex-lka-sachsen aktion-zivilcourage-krisenberatung",
    "Streit im Gemeinderat": "k3b-konfliktberatung forumzfd-kommune-konflikt starke-stelle",
    "Mobbing in der Fraktion": "k3b-konfliktberatung starke-stelle",
    "Ratssitzung eskaliert": "k3b-konfliktberatung starke-stelle",
    "Sexismus im Gemeinderat": "starke-stelle frauen-vielfalt-politik",
    # what is needed
    "Auskunftssperre Meldeamt": "auskunftssperre-melderegister",
    "Passwort sicher machen": "bsi-mandatstragende bsi-hotline-csn",
    "IT-Sicherheit für Mandatsträger": "bsi-mandatstragende",
    "Anwaltskosten": "hateaid bundesopferbeauftragter weisser-ring-opfer-telefon",
    "Anwalt bezahlen": "hilfe-info stiftung-opferhilfe-niedersachsen bfj-haerteleistungen",
    "Entschädigung nach Angriff": "soziale-entschaedigung-sgb-xiv",
    "Schmerzensgeld": "bundesopferbeauftragter bfj-haerteleistungen hateaid",
    "Geld Opferhilfe": "stiftung-opferhilfe-bayern stiftung-opferhilfe-niedersachsen",
    "Schlafstörungen Angst reden": "telefonseelsorge hateaid dgb-weisser-ring-hotline",
    "psychologische Hilfe": "opra-berlin dgb-weisser-ring-hotline bundesopferbeauftragter",
    "Seelsorge nachts": "telefonseelsorge",
    "jemand zum Reden rund um die Uhr": "telefonseelsorge",
    "Anzeige erstatten online": "onlinewache-polizei",
    "Strafantrag stellen Bayern": "bayern-online-meldeverfahren-mandatstraeger",
    "polizei beratung haus sichern": "polizei-beratung asskomm-sachsen lka-niedersachsen-sicherheit-mandatstraeger",
    "Personenschutz": "polizei-beratung zastex-lka-sachsen",
    "Pressearbeit nach Shitstorm": "hateaid ichbinhier starke-demokratie",
    "Umgang mit Medien": "hateaid starke-demokratie dfk-handreichung-hass-bedrohung",
    "Workshop Hass im Netz": "ichbinhier toneshift",
    "Seminar für Bürgermeister": "nsgb-kommunalakademie-hass-gewalt starke-demokratie",
    "Fortbildung Deeskalation Verwaltung": "beratungsnetzwerk-hessen-kommunalpolitik ichbinhier",
    "Leitfaden Broschüre Kommunalpolitik": "dfk-handreichung-hass-bedrohung",
    "Inhalte löschen lassen Plattform": "dsc-beschwerdeportal user-rights meldestelle-respect",
    "Beschwerde über Instagram": "dsc-beschwerdeportal internet-beschwerdestelle",
    "Hessen gegen Hetze melden": "beratung-bei-hass-hessen meldestelle-respect",
    "Kommunale Konfliktberatung": "k3b-konfliktberatung",
    "Frau Gewalt Hilfetelefon": "hilfetelefon-gewalt-gegen-frauen",
    # somebody by name, abbreviation or number
    "HateAid": "hateaid",
    "Weißer Ring": "weisser-ring-opfer-telefon",
    "weisser ring mv": "weisser-ring-mv",
    "LOBBI": "lobbi-mv",
    "ZAC NRW": "zac-nrw",
    "BKA Meldestelle": "zmi-bka",
    "LKA Baden-Württemberg": "lka-bw-ansprechstelle-mandatstraeger",
    "Onlinewache Hamburg": "onlinewache-polizei-hamburg",
    "Staatsanwaltschaft Hasskriminalität Niedersachsen": "zhin-hassanzeigen",
    "Opferbeauftragter Berlin": "opferbeauftragter-berlin",
    "Opferberatung rechte Gewalt Brandenburg": "opferperspektive-brandenburg",
    "Mobile Beratung Rechtsextremismus Sachsen-Anhalt": "bundesverband-mobile-beratung projekt-gegenpart-dessau",
    "junge Bürgermeister Netzwerk": "netzwerk-junge-buergermeister",
    "Frauen in der Politik": "frauen-vielfalt-politik",
    "Stark im Amt": "stark-im-amt",
    "starke stelle": "starke-stelle",
    "0800 300 99 44": "starke-stelle",
    "116006": "weisser-ring-opfer-telefon",
    "0381/2009379": "lobbi-mv",
    # with errors
    "Beleidigng": "starke-stelle dgb-weisser-ring-hotline",
    "Bedrohnug": "starke-stelle dgb-weisser-ring-hotline",
    "Staatsanwaltschafft Göttingen": "zhin-hassanzeigen",
    "haetaid": "hateaid",
    "Faceboock Hetze": "meldestelle-respect kommunalbrevier-rlp-hilfe-hass",
    "ich kann nicht mehr schlafen": "telefonseelsorge hateaid dgb-weisser-ring-hotline weisser-ring-opfer-telefon",
    "ich halte das nicht mehr aus": "telefonseelsorge dgb-weisser-ring-hotline starke-stelle",
    "meine Kinder haben Angst": "dgb-weisser-ring-hotline weisser-ring-opfer-telefon telefonseelsorge",
    "tote Ratte vor der Tür": "starke-stelle dgb-weisser-ring-hotline",
    "Schweinekopf vor dem Rathaus": "starke-stelle dgb-weisser-ring-hotline",
    "Trauerkarte mit meinem Namen bekommen": "starke-stelle dgb-weisser-ring-hotline",
    "Hund vergiftet": "starke-stelle weisser-ring-opfer-telefon",
    "Demo vor meinem Privathaus": "starke-stelle",
    "Mahnwache vor meinem Haus": "starke-stelle",
    "Landrat bedroht": "starke-stelle dgb-weisser-ring-hotline zastex-lka-sachsen lka-bw-ansprechstelle-mandatstraeger",
    "ich werde auf Facebook bedroht": "hateaid starke-stelle meldestelle-respect dgb-weisser-ring-hotline",
    "Bürgermeister wird bedroht wer hilft": "starke-stelle",
    "Drohanrufe nachts": "starke-stelle dgb-weisser-ring-hotline",
    "als schwuler Bürgermeister angefeindet": "starke-stelle hateaid antidiskriminierungsstelle-bund",
    "trans Stadträtin beleidigt": "starke-stelle hateaid antidiskriminierungsstelle-bund",
    "wegen Rollstuhl beleidigt": "antidiskriminierungsstelle-bund starke-stelle",
    "rassistisch beleidigt im Stadtrat": "starke-stelle antidiskriminierungsstelle-bund",
    "KI-generierte Nacktfotos von mir": "hateaid starke-stelle",
    "WhatsApp Gruppe hetzt gegen mich": "starke-stelle hateaid meldestelle-respect",
    "Rücktritt wegen Bedrohung": "starke-stelle dgb-weisser-ring-hotline",
    "mein Mann wird bedroht": (
        "starke-stelle weisser-ring-opfer-telefon hilfetelefon-gewalt-an-maennern dgb-weisser-ring-hotline"
    ),
    "Polizei nimmt mich nicht ernst": "starke-stelle weisser-ring-opfer-telefon onlinewache-polizei hilfe-info",
    "Hasskommentare löschen lassen": (
        "meldestelle-respect hateaid dsc-beschwerdeportal user-rights internet-beschwerdestelle"
    ),
    "Kamera am Haus erlaubt": (
        "polizei-beratung asskomm-sachsen starke-stelle lka-niedersachsen-sicherheit-mandatstraeger"
    ),
    "help in english": "rias-report-antisemitism hilfetelefon-gewalt-gegen-frauen ofek",
    "english": "rias-report-antisemitism hilfetelefon-gewalt-gegen-frauen ofek",
    "Hilfe auf Türkisch": "backup-westfalen leuchtlinie-bw",
    "türkçe": "backup-westfalen",
    "українська": "hilfetelefon-gewalt-gegen-frauen",
    "ukrainisch": "hilfetelefon-gewalt-gegen-frauen",
    "по-русски": "hilfetelefon-gewalt-gegen-frauen rias-report-antisemitism betroffenenberatung-niedersachsen",
    "arabisch": "betroffenenberatung-niedersachsen solinet-rlp",
    "العربية": "betroffenenberatung-niedersachsen solinet-rlp",
    "weisser ring": "weisser-ring-opfer-telefon",
    "weißer ring telefon": "weisser-ring-opfer-telefon",
    "DGB Hilfetelefon": "dgb-weisser-ring-hotline",
    "RIAS": "rias-report-antisemitism",
    "Bundesnetzagentur Beschwerde": "dsc-beschwerdeportal",
    "KoMo Studie": "komo-monitoring",
    "Broschüre Bedrohung": "dfk-handreichung-hass-bedrohung ratgeber-bedroht-im-mandat",
    "Ratgeber für bedrohte Mandatsträger": "ratgeber-bedroht-im-mandat",
    "Mobile Beratung": "bundesverband-mobile-beratung",
    "Staatsanwaltschaft Hate Speech": (
        "bayern-online-meldeverfahren-mandatstraeger staatsanwaltschaften-bw-hasskriminalitaet "
        "zhin-hassanzeigen zmi-bka meldestelle-respect"
    ),
    "Antisemitismus": "rias-report-antisemitism ofek",
    "Drohbrif": "starke-stelle dgb-weisser-ring-hotline",
    "Morddrhoung": "starke-stelle dgb-weisser-ring-hotline",
    "Stlaking": "no-stalk-app",
    "Rechtsanwlat": "hateaid weisser-ring-opfer-telefon",
    "Anzeige erstaten": "onlinewache-polizei",
    # people around those in office, and what was missed once
    "bedroht": "starke-stelle dgb-weisser-ring-hotline",
    "Hilfe ich werde bedroht": "starke-stelle dgb-weisser-ring-hotline",
    "wie kann ich einem bedrohten Kollegen helfen": "starke-stelle dgb-weisser-ring-hotline",
    "ich kandidiere ehrenamtlich und werde beleidigt": "starke-stelle dgb-weisser-ring-hotline",
    "Wahlhelfer bedroht": "starke-stelle dgb-weisser-ring-hotline",
    "ich arbeite für eine Abgeordnete und öffne Hassmails": "starke-stelle hateaid",
    "Hassmails machen mich krank": "hateaid telefonseelsorge weisser-ring-opfer-telefon",
    "als Schwarze im Gemeinderat beschimpft": "starke-stelle antidiskriminierungsstelle-bund",
    "meine Mutter ist Bürgermeisterin, in der Schule werde ich gemobbt": "starke-stelle telefonseelsorge",
    "Bezirksverordnete in Neukölln bedroht": "beratungstelefon-amts-mandatstragende-berlin",
    "ich bin gehörlos": "telefonseelsorge hilfetelefon-gewalt-gegen-frauen hilfetelefon-gewalt-an-maennern",
    "yardım": "backup-westfalen",
    "допоможіть": "hilfetelefon-gewalt-gegen-frauen",
    "psychologe dringent": (
        "dgb-weisser-ring-hotline telefonseelsorge hateaid bundesopferbeauftragter weisser-ring-opfer-telefon"
    ),
}
UNTUNED = {  # written by somebody who did not know the search, and not for being tuned to
    "zettel an der windschutzscheibe wir wissen wo deine kinder zur schule gehen": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung auskunftssperre-melderegister hilfe-info odabs"
    ),
    "nach der gemeinderatssitzung hat mir einer aufgelauert": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung hilfe-info odabs no-stalk-app"
    ),
    "die radmuttern an meinem auto waren locker": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung hilfe-info odabs"
    ),
    "auf facebook schreiben sie dass man mich aufhängen sollte": (
        "starke-stelle hateaid meldestelle-respect onlinewache-polizei weisser-ring-opfer-telefon "
        "internet-beschwerdestelle"
    ),
    "galgen vor dem rathaus mit meinem namen dran": (
        "starke-stelle vbrg weisser-ring-opfer-telefon bundesverband-mobile-beratung polizei-beratung "
        "onlinewache-polizei"
    ),
    "haufen mist vor die haustür gekippt": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung onlinewache-polizei hilfe-info odabs"
    ),
    "seit wochen steht abends immer derselbe mann gegenüber vom haus": (
        "starke-stelle no-stalk-app weisser-ring-opfer-telefon polizei-beratung "
        "auskunftssperre-melderegister hilfetelefon-gewalt-gegen-frauen bff-fachberatungsstellen "
        "hilfetelefon-gewalt-an-maennern"
    ),
    "patronenhülse im briefkasten": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung auskunftssperre-melderegister vbrg hilfe-info"
    ),
    "ich krieg jede nacht anrufe und keiner sagt was": (
        "starke-stelle no-stalk-app weisser-ring-opfer-telefon polizei-beratung "
        "hilfetelefon-gewalt-gegen-frauen hilfetelefon-gewalt-an-maennern bff-fachberatungsstellen "
        "telefonseelsorge"
    ),
    "dreckssau volksverräter und schlimmeres am stammtisch und im dorf": (
        "starke-stelle weisser-ring-opfer-telefon onlinewache-polizei hilfe-info polizei-beratung odabs"
    ),
    "meine adresse steht jetzt in einer telegram gruppe": (
        "starke-stelle hateaid auskunftssperre-melderegister meldestelle-respect bsi-mandatstragende polizei-beratung"
    ),
    "jemand hat unter meinem namen ein profil angelegt und schreibt leute an": (
        "starke-stelle bsi-mandatstragende bsi-hotline-csn onlinewache-polizei polizei-beratung "
        "dsc-beschwerdeportal user-rights"
    ),
    "nacktbild von mir das gar nicht echt ist geht in whatsapp rum": (
        "starke-stelle hateaid hilfetelefon-gewalt-gegen-frauen bff-fachberatungsstellen meldestelle-respect "
        "internet-beschwerdestelle onlinewache-polizei weisser-ring-opfer-telefon"
    ),
    "wahlplakat aufgehängt und von der leiter gestoßen worden": (
        "starke-stelle weisser-ring-opfer-telefon vbrg dguv-gewaltangehen hilfe-info odabs "
        "soziale-entschaedigung-sgb-xiv polizei-beratung"
    ),
    "beim plakatieren angespuckt": (
        "starke-stelle weisser-ring-opfer-telefon vbrg polizei-beratung onlinewache-polizei hilfe-info odabs"
    ),
    "reichsbürger schreibt der stadtverwaltung dauernd drohbriefe mit haftbefehl": (
        "starke-stelle bundesverband-mobile-beratung vbrg dgb-weisser-ring-hotline polizei-beratung "
        "onlinewache-polizei weisser-ring-opfer-telefon"
    ),
    "wegen der windräder reden die im ort nicht mehr mit uns und meine frau wird beim bäcker angepöbelt": (
        "starke-stelle k3b-konfliktberatung forumzfd-kommune-konflikt weisser-ring-opfer-telefon telefonseelsorge"
    ),
    "bürgerversammlung flüchtlingsheim eskaliert alle haben nur noch gebrüllt": (
        "starke-stelle k3b-konfliktberatung forumzfd-kommune-konflikt bundesverband-mobile-beratung starke-demokratie"
    ),
    "ein ratskollege macht mich in jeder sitzung vor allen fertig": (
        "starke-stelle k3b-konfliktberatung forumzfd-kommune-konflikt starke-demokratie telefonseelsorge "
        "frauen-vielfalt-politik stark-im-amt"
    ),
    "hakenkreuz auf meine garage gesprüht": (
        "starke-stelle vbrg opferfonds-cura bundesverband-mobile-beratung onlinewache-polizei "
        "weisser-ring-opfer-telefon polizei-beratung"
    ),
    "mein wahlkreisbüro fenster eingeschmissen": (
        "starke-stelle vbrg weisser-ring-opfer-telefon onlinewache-polizei opferfonds-cura polizei-beratung hilfe-info"
    ),
    "auto angezündet": (
        "starke-stelle vbrg weisser-ring-opfer-telefon opferfonds-cura polizei-beratung hilfe-info odabs"
    ),
    "mei bub wird in da schul ghänselt weil i bürgermeister bin": (
        "starke-stelle weisser-ring-opfer-telefon telefonseelsorge stark-im-amt"
    ),
    "mein mann ist landrat und ich hab angst allein daheim": (
        "starke-stelle weisser-ring-opfer-telefon telefonseelsorge polizei-beratung "
        "auskunftssperre-melderegister hilfetelefon-gewalt-gegen-frauen"
    ),
    "bin sekretärin im vorzimmer vom ob und werd am telefon nur noch angeschrien": (
        "dgb-weisser-ring-hotline starke-stelle dguv-gewaltangehen weisser-ring-opfer-telefon"
    ),
    "er hat mir ein messer gezeigt im bürgerbüro": (
        "dgb-weisser-ring-hotline starke-stelle dguv-gewaltangehen weisser-ring-opfer-telefon "
        "polizei-beratung soziale-entschaedigung-sgb-xiv"
    ),
    "die schlampe gehört vergewaltigt stand unter meinem post": (
        "starke-stelle hateaid hilfetelefon-gewalt-gegen-frauen bff-fachberatungsstellen meldestelle-respect "
        "onlinewache-polizei weisser-ring-opfer-telefon"
    ),
    "kopftuch im stadtrat geh zurück wo du herkommst": (
        "starke-stelle antidiskriminierungsstelle-bund claim-i-report vbrg hateaid frauen-vielfalt-politik"
    ),
    "judensau per mail bekommen": (
        "ofek rias-report-antisemitism starke-stelle vbrg hateaid meldestelle-respect onlinewache-polizei"
    ),
    "zigeuner nennen sie mich im kreistag": "mia-antiziganismus starke-stelle antidiskriminierungsstelle-bund vbrg",
    "als schwuler kandidat bespuckt und beschimpft": (
        "starke-stelle vbrg weisser-ring-opfer-telefon antidiskriminierungsstelle-bund onlinewache-polizei "
        "polizei-beratung"
    ),
    "die lokale facebookgruppe verbreitet lügen ich hätte geld unterschlagen": (
        "starke-stelle hateaid meldestelle-respect onlinewache-polizei weisser-ring-opfer-telefon dsc-beschwerdeportal"
    ),
    "mein instagram ist weg da ist jetzt ein anderer drin": (
        "bsi-hotline-csn bsi-mandatstragende polizei-beratung onlinewache-polizei starke-stelle"
    ),
    "shitstorm wegen einem satz zur hundesteuer, hunderte kommentare": (
        "starke-stelle hateaid meldestelle-respect ichbinhier toneshift"
    ),
    "facebook löscht den dreck einfach nicht hab schon dreimal gemeldet": (
        "dsc-beschwerdeportal user-rights meldestelle-respect internet-beschwerdestelle hateaid"
    ),
    "weißes pulver im umschlag im rathaus": (
        "starke-stelle dgb-weisser-ring-hotline polizei-beratung weisser-ring-opfer-telefon dguv-gewaltangehen"
    ),
    "mein exmann stellt mir nach seit ich im ortsbeirat sitze": (
        "hilfetelefon-gewalt-gegen-frauen bff-fachberatungsstellen no-stalk-app weisser-ring-opfer-telefon "
        "starke-stelle auskunftssperre-melderegister polizei-beratung"
    ),
    "verehrerin taucht ständig in meiner sprechstunde auf und schickt geschenke": (
        "starke-stelle no-stalk-app hilfetelefon-gewalt-an-maennern weisser-ring-opfer-telefon "
        "polizei-beratung auskunftssperre-melderegister"
    ),
    "wenn du nicht zurücktrittst passiert was": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung vbrg hilfe-info odabs onlinewache-polizei"
    ),
    "die haben ein foto von unserm haus ins internet gestellt mit wegbeschreibung": (
        "starke-stelle hateaid auskunftssperre-melderegister meldestelle-respect polizei-beratung bsi-mandatstragende"
    ),
    "wer zahlt mir den anwalt": "hateaid weisser-ring-opfer-telefon opferfonds-cura vbrg",
    "ich brauch jemand zum reden": (
        "telefonseelsorge weisser-ring-opfer-telefon starke-stelle hilfetelefon-gewalt-gegen-frauen "
        "hilfetelefon-gewalt-an-maennern"
    ),
    "wie sichere ich screenshots damit sie vor gericht zählen": (
        "hateaid no-stalk-app polizei-beratung ratgeber-bedroht-im-mandat meldestelle-respect"
    ),
    "anzeige erstatten ohne zur wache zu gehen": "onlinewache-polizei meldestelle-respect",
    "meine anschrift soll nicht mehr rausgegeben werden vom einwohnermeldeamt": "auskunftssperre-melderegister",
    "kommentare löschen lassen": (
        "meldestelle-respect internet-beschwerdestelle dsc-beschwerdeportal user-rights hateaid"
    ),
    "schnell einen termin beim psychologen nach dem überfall": (
        "soziale-entschaedigung-sgb-xiv dguv-gewaltangehen weisser-ring-opfer-telefon vbrg"
    ),
    "schmerzensgeld entschädigung nach angriff wo beantragen": (
        "soziale-entschaedigung-sgb-xiv bfj-haerteleistungen weisser-ring-opfer-telefon opferfonds-cura "
        "hilfe-info vbrg dguv-gewaltangehen"
    ),
    "begleitung zur gerichtsverhandlung als zeuge": "weisser-ring-opfer-telefon vbrg hilfe-info odabs",
    "wie mach ich mein handy und meine mails sicher vor der kandidatur": "bsi-mandatstragende bsi-hotline-csn",
    "austausch mit anderen bürgermeistern denen es genauso geht": (
        "netzwerk-junge-buergermeister starke-demokratie frauen-vielfalt-politik stark-im-amt starke-stelle"
    ),
    "seminar für den ganzen gemeinderat umgang mit pöblern": (
        "starke-demokratie kas-kommunalakademie fes-kommunalakademie ichbinhier forumzfd-kommune-konflikt"
    ),
    "jemand neutrales der zwischen den lagern im ort vermittelt": "k3b-konfliktberatung forumzfd-kommune-konflikt",
    "anonym beraten lassen ohne namen": (
        "starke-stelle weisser-ring-opfer-telefon telefonseelsorge hateaid hilfetelefon-gewalt-gegen-frauen "
        "hilfetelefon-gewalt-an-maennern vbrg"
    ),
    "lieber schreiben als telefonieren chat": (
        "hateaid telefonseelsorge hilfetelefon-gewalt-gegen-frauen hilfetelefon-gewalt-an-maennern "
        "weisser-ring-opfer-telefon"
    ),
    "was kann ich als frau in der kommunalpolitik gegen sexistische sprüche tun": (
        "frauen-vielfalt-politik starke-stelle antidiskriminierungsstelle-bund hateaid hilfetelefon-gewalt-gegen-frauen"
    ),
    "broschüre checkliste was tun bei drohungen zum ausdrucken": (
        "ratgeber-bedroht-im-mandat dfk-handreichung-hass-bedrohung stark-im-amt"
    ),
    "zahlen und umfrage wieviele bürgermeister werden angefeindet": (
        "komo-monitoring bpb-bedrohungen-kommunalpolitik boell-kommunalwiki"
    ),
    "beratungsstelle in meiner nähe finden": (
        "odabs hilfe-info weisser-ring-opfer-telefon vbrg bff-fachberatungsstellen polizei-beratung "
        "starke-stelle bundesverband-mobile-beratung"
    ),
    "wie schütze ich mein haus alarmanlage beratung": "polizei-beratung starke-stelle",
    "drohbrief Görlitz": (
        "zastex-lka-sachsen starke-stelle support-raa-sachsen opferhilfe-sachsen weisser-ring-sachsen "
        "weisser-ring-opfer-telefon aktion-zivilcourage-krisenberatung asskomm-sachsen "
        "kulturbuero-sachsen-mbt zora-generalstaatsanwaltschaft-dresden"
    ),
    "ortsbürgermeister bedroht 54290": (
        "starke-stelle mobile-beratung-rlp kommunalbrevier-rlp-hilfe-hass opferschutz-rlp mpower-rlp "
        "weisser-ring-opfer-telefon"
    ),
    "stalker landkreis rosenheim": (
        "schutzkonzept-mandatstraeger-bayern starke-stelle no-stalk-app weisser-ring-opfer-telefon "
        "polizei-beratung hilfetelefon-gewalt-gegen-frauen hilfetelefon-gewalt-an-maennern "
        "auskunftssperre-melderegister bff-fachberatungsstellen"
    ),
    "köln stadtrat morddrohung polizei telefon": (
        "im-nrw-ansprechstelle-politische-verantwortungstraeger starke-stelle opferschutzbeauftragte-nrw "
        "weisser-ring-opfer-telefon opferberatung-rheinland mobile-beratung-nrw"
    ),
    "uckermark hass im netz anzeigen": (
        "onlinemeldeportal-hasskriminalitaet-brandenburg ansprechstelle-mandatstraeger-polizei-brandenburg "
        "onlinewache-polizei meldestelle-respect hateaid starke-stelle"
    ),
    "stuttgart gemeinderätin angegriffen": (
        "lka-bw-ansprechstelle-mandatstraeger starke-stelle leuchtlinie-bw opferbeauftragter-bw "
        "weisser-ring-opfer-telefon landesstiftung-opferschutz-bw mobirex-bw"
    ),
    "30159 hannover hasskommentar": (
        "zhin-hassanzeigen lka-niedersachsen-sicherheit-mandatstraeger starke-stelle hateaid "
        "meldestelle-respect onlinewache-polizei"
    ),
    "Neonazis schüchtern den Bürgermeister ein, Vorpommern-Greifswald": (
        "regionalzentren-demokratische-kultur-mv lobbi-mv starke-stelle vbrg bundesverband-mobile-beratung "
        "opferschutz-landespolizei-mv landeskoordinierungsstelle-demokratie-toleranz-mv weisser-ring-mv"
    ),
    "bezirksverordnete neukölln beschimpft und verfolgt worden": (
        "beratungstelefon-amts-mandatstragende-berlin starke-stelle mbr-berlin opferhilfe-berlin "
        "weisser-ring-berlin reachout-berlin weisser-ring-opfer-telefon opferbeauftragter-berlin "
        "no-stalk-app"
    ),
    "kassel bedroht als stadtverordneter": (
        "polizei-hessen-mandatstraeger beratungsnetzwerk-hessen-kommunalpolitik starke-stelle mbt-hessen "
        "response-hessen opferhilfevereine-hessen weisser-ring-opfer-telefon"
    ),
    "weißer ring nummer": "weisser-ring-opfer-telefon dgb-weisser-ring-hotline",
    "hate aid": "hateaid",
    "116016": "hilfetelefon-gewalt-gegen-frauen",
    "die meldestelle respekt": "meldestelle-respect",
    "das portal von der körber stiftung": "stark-im-amt",
    "vergiss nie hier arbeitet ein mensch": "dgb-weisser-ring-hotline",
    "reichouth berlin": "reachout-berlin",
    "zastex": "zastex-lka-sachsen",
    "forum ziviler friedensdienst": "forumzfd-kommune-konflikt",
    "0800 3009944": "starke-stelle",
    "morddrohng per mail bekomen": (
        "starke-stelle weisser-ring-opfer-telefon hateaid onlinewache-polizei polizei-beratung meldestelle-respect"
    ),
    "beleidgiung im netz": (
        "starke-stelle hateaid meldestelle-respect onlinewache-polizei weisser-ring-opfer-telefon "
        "internet-beschwerdestelle"
    ),
    "burgermeister bedrohtwas tun": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung stark-im-amt ratgeber-bedroht-im-mandat"
    ),
    "stlaking": (
        "no-stalk-app hilfetelefon-gewalt-gegen-frauen hilfetelefon-gewalt-an-maennern "
        "weisser-ring-opfer-telefon starke-stelle auskunftssperre-melderegister polizei-beratung "
        "bff-fachberatungsstellen"
    ),
    "auskunfsperre": "auskunftssperre-melderegister",
    "wieserring": "weisser-ring-opfer-telefon dgb-weisser-ring-hotline",
    "hasskomentareanzeigen": "meldestelle-respect onlinewache-polizei hateaid internet-beschwerdestelle starke-stelle",
    "telefonselsorge": "telefonseelsorge",
    "korperlich angegrifen wahlkapmf": (
        "starke-stelle weisser-ring-opfer-telefon vbrg soziale-entschaedigung-sgb-xiv hilfe-info odabs "
        "dguv-gewaltangehen polizei-beratung"
    ),
    "scheibe eingeschlgen bei mri zuhaus": (
        "starke-stelle weisser-ring-opfer-telefon polizei-beratung onlinewache-polizei vbrg hilfe-info odabs"
    ),
    "I am a city councillor and someone threatens me online": (
        "starke-stelle hateaid weisser-ring-opfer-telefon meldestelle-respect onlinewache-polizei"
    ),
    "beratung auf türkisch": "hilfetelefon-gewalt-gegen-frauen mia-antiziganismus",
    "помощь по телефону мне угрожают": (
        "hilfetelefon-gewalt-gegen-frauen ofek rias-report-antisemitism starke-stelle "
        "weisser-ring-opfer-telefon telefonseelsorge"
    ),
    "help for women english speaking hotline": "hilfetelefon-gewalt-gegen-frauen",
    "leichte sprache hilfe für opfer": "odabs hilfe-info weisser-ring-opfer-telefon",
    "ich kann nicht mehr will nicht mehr leben": "telefonseelsorge",
    "panikattacke mitten in der nacht wegen der drohungen": (
        "telefonseelsorge hilfetelefon-gewalt-gegen-frauen weisser-ring-opfer-telefon starke-stelle"
    ),
    "er steht gerade vor der tür und tritt dagegen": (
        "starke-stelle polizei-beratung weisser-ring-opfer-telefon hilfetelefon-gewalt-gegen-frauen"
    ),
    "schlafe seit der wahl kaum noch muss dauernd heulen": "telefonseelsorge starke-stelle weisser-ring-opfer-telefon",
    "meine tochter hat gesagt sie bringt sich um wegen dem hass gegen mich": (
        "telefonseelsorge starke-stelle weisser-ring-opfer-telefon"
    ),
}


def first_five(query, catalogue):
    offers = OfferFilter(QueryDict(urlencode({"q": query})), Selection(catalogue))
    return [offer.slug for offer in offers.qs[:5]]


@pytest.mark.parametrize(("queries", "most_misses"), [(QUERIES, 0.05), (UNTUNED, 0.15)])
def test_realistic_queries_find_an_expected_offer(queries, most_misses, real_catalogue):
    assert len(queries) >= 60
    misses = {
        query: found
        for query, expected in queries.items()
        if not set(expected.split()) & set(found := first_five(query, real_catalogue))
    }

    assert len(misses) <= most_misses * len(queries), misses


def test_expected_offers_exist(real_catalogue):
    named = {slug for expected in (QUERIES | UNTUNED).values() for slug in expected.split()}

    assert named - set(real_catalogue.by_slug) == set()


@pytest.mark.parametrize("query", ["HateAid", "LOBBI", "116006", "0381/2009379", "Auskunftssperre Meldeamt"])
def test_the_one_that_was_named_comes_first(query, real_catalogue):
    assert first_five(query, real_catalogue)[0] in QUERIES[query].split()
