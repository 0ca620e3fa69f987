import type { Language } from "./words";

/** German, with "du". Times arrive with their zone where it is not the shopper's, so no "Uhr" follows them. */
export const de: Language = {
  "shop.promise": "Wir reservieren es {duration} lang für dich.",
  "shop.promiseAll":
    "Artikel in deinem Warenkorb reservieren wir {duration} lang für dich. Niemand sonst kann sie kaufen.",
  "shop.sandboxLabel": "Hinweis zur Demo",
  "shop.sandboxBanner": "Demo-Shop: Es wird nichts abgebucht und nichts verschickt",
  "shop.skipLink": "Zum Inhalt springen",
  "shop.links": "Informationen",
  "shop.contact": "Fragen? Schreib uns an {email}",

  "nav.cart": "Warenkorb",
  "nav.cartCount": "Warenkorb · {count, number}",
  "nav.cartCountLabel": "Warenkorb · {count, number} Artikel",
  "nav.search": "Suchen",
  "nav.searchFor": "Produkte suchen",
  "nav.allProducts": "Alle Produkte",
  "nav.continueShopping": "Weiter einkaufen",
  "nav.viewCart": "Warenkorb ansehen",
  "nav.tryAgain": "Erneut versuchen",
  "nav.reload": "Neu laden",

  "duration.seconds": "{count, plural, one {# Sekunde} other {# Sekunden}}",
  "duration.minutes": "{count, plural, one {# Minute} other {# Minuten}}",

  "products.title": "Produkte",
  "products.searchTitle": "Ergebnisse für „{search}“",
  "products.found": "{total, plural, one {# Produkt} other {# Produkte}}",
  "products.foundFor": "{total, plural, one {# Produkt} other {# Produkte}} für „{search}“",
  "products.none": "Noch keine Produkte",
  "products.noneFound": "Keine Ergebnisse für „{search}“",
  "products.noSuchPage": "Diese Seite gibt es nicht",
  "products.pages": "Seiten",
  "products.pageOf": "Seite {page, number} von {pages, number}",
  "products.previous": "Vorherige Seite",
  "products.next": "Nächste Seite",

  "product.purchase": "Bestand und Kauf",
  "product.quantity": "Menge",
  "product.add": "In den Warenkorb",
  "product.addLabel": "In den Warenkorb: {name}",
  "product.adding": "Wird hinzugefügt\u00A0…",
  "product.added": "{name} hinzugefügt und für dich reserviert.",
  "product.notForSale": "Zurzeit nicht verfügbar",
  "product.noPrice": "Preis nicht verfügbar",
  "product.each": "je {price}",

  "quantity.label": "Menge: {name}",
  "quantity.less": "Eins weniger: {name}",
  "quantity.more": "Eins mehr: {name}",

  "stock.soldOut": "Aus\u00ADverkauft",
  "stock.inOtherCarts": "In anderen Waren\u00ADkörben",
  "stock.inOtherCartsUntil": "In anderen Waren\u00ADkörben. Vielleicht um {time} wieder da.",
  "stock.lastOne": "Letztes Stück",
  "stock.few": "Nur noch {available, number} verfügbar",
  "stock.left": "{available, number} auf Lager",
  "stock.heldLast":
    "{held, plural, one {Für dich reserviert. Es ist das letzte Stück.} other {# für dich reserviert. Es sind die letzten.}}",
  "stock.heldAll": "{held, number} für dich reserviert · mehr gerade nicht verfügbar",
  "stock.heldMore": "{held, number} für dich reserviert · noch {more, number} verfügbar",
  "stock.heldTooMany":
    "Der Bestand hat sich geändert: {available, plural, =0 {nicht mehr verfügbar} other {nur noch # verfügbar}}. Bitte passe deinen Warenkorb an.",
  "stock.lapsed": "Nicht mehr reserviert · noch verfügbar",
  "stock.lapsedFewer": "Nicht mehr reserviert · nur noch {available, number} verfügbar",
  "stock.lapsedNone": "Nicht mehr reserviert · {stock}",

  "cart.title": "Dein Warenkorb",
  "cart.empty": "Dein Warenkorb ist leer.",
  "cart.update": "Ändern",
  "cart.updateLabel": "Menge ändern: {name}",
  "cart.updating": "Wird geändert\u00A0…",
  "cart.updated": "{name}: {quantity, number} Stück für dich reserviert.",
  "cart.remove": "Entfernen",
  "cart.removeLabel": "{name} entfernen",
  "cart.removing": "Wird entfernt\u00A0…",
  "cart.removed": "{name} entfernt.",
  "cart.removedSeveral": "{quantity, number} × {name} entfernt.",
  "cart.undo": "Rückgängig",
  "cart.undoLabel": "Rückgängig: {name} zurück in den Warenkorb",
  "cart.clear": "Warenkorb leeren",
  "cart.clearing": "Wird geleert\u00A0…",
  "cart.gone": "Nicht mehr verfügbares Produkt",
  "cart.times": "{quantity, number} × {price}",
  "cart.subtotal": "Zwischensumme",
  "cart.total": "Gesamt",
  "cart.pay": "Zur Kasse",
  "cart.resumePayment": "Weiter zur Zahlung",
  "cart.payHint": "Du bezahlst sicher mit Stripe. Währenddessen bleiben deine Artikel bis zu {duration} reserviert.",
  "cart.recentCheckouts": "Letzte Bestellvorgänge",
  "cart.close": "Schließen",
  "cart.closeLabel": "Warenkorb schließen",
  "cart.loading": "Dein Warenkorb wird geladen\u00A0…",
  "cart.changed": "Dein Warenkorb hat sich inzwischen geändert. Bitte prüfe ihn, bevor du bezahlst.",
  "cart.changedCurrency": "Die Preise sind jetzt in {currency} angegeben.",
  "cart.changedPrice": "{name} kostet jetzt {price}.",
  "cart.changedQuantity": "Jetzt in deinem Warenkorb: {quantity, number} × {name}.",
  "cart.changedGone": "{name} liegt nicht mehr in deinem Warenkorb.",
  "cart.unsettled":
    "Deine letzte Zahlung wird noch bestätigt. Bitte sieh dir diese Bestellung an, bevor du noch einmal bezahlst.",
  "cart.viewOrder": "Bestellung ansehen",

  "checkout.shippingAndTax": "Versand und MwSt. werden an der Kasse berechnet.",
  "checkout.shipping": "Der Versand wird an der Kasse berechnet.",
  "checkout.tax": "Die MwSt. wird an der Kasse berechnet.",
  "checkout.discountCode": "Einen Rabattcode kannst du an der Kasse eingeben.",

  "hold.label": "Deine Reservierung",
  "hold.timeLeft": "Verbleibende Zeit",
  "hold.payingTimeLeft": "Verbleibende Zeit zum Bezahlen",
  "hold.ended": "Reservierung abgelaufen",
  "hold.until": "Für dich reserviert bis {time}",
  "hold.left": "noch {duration}",
  "hold.endsSoon": "Deine Reservierung läuft gleich ab.",
  "hold.extend": "Länger reservieren",
  "hold.extending": "Wird verlängert\u00A0…",
  "hold.cannotExtend": "Diese Reservierung lässt sich nicht noch einmal verlängern. Geh zur Kasse, bevor sie abläuft.",
  "hold.lapsedAll": "Deine Reservierung ist abgelaufen. Alles ist noch verfügbar, aber nicht mehr reserviert.",
  "hold.lapsedSome":
    "Einige Reservierungen sind abgelaufen. Die Artikel sind noch verfügbar, aber nicht mehr reserviert.",
  "hold.lapsedShort":
    "Deine Reservierung ist abgelaufen. In dieser Menge nicht mehr verfügbar: {names}. Ändere die Menge oder entferne sie, dann kannst du den Rest reservieren.",
  "hold.again": "Erneut reservieren",
  "hold.reserving": "Wird reserviert\u00A0…",
  "hold.payment":
    "Deine Zahlung läuft. Deine Artikel sind bis {time} reserviert. Wenn du den Warenkorb änderst, brichst du die Zahlung ab.",
  "hold.announceUntil": "Deine Artikel sind bis {time} für dich reserviert.",
  "hold.announceMinute": "Deine Reservierung läuft in einer Minute ab.",
  "hold.announceSeconds": "Deine Reservierung läuft in 30 Sekunden ab.",
  "hold.announceSecondsExtend": "Deine Reservierung läuft in 30 Sekunden ab. Du kannst sie verlängern.",
  "hold.announceEnded":
    "Deine Reservierung ist abgelaufen. Deine Artikel liegen noch im Warenkorb. Solange es sie gibt, kannst du sie erneut reservieren.",

  "payment.readyTitle": "Bereit zum Bezahlen",
  "payment.readyText": "Deine Artikel sind reserviert. Auf der Zahlungsseite kannst du deine Bestellung abschließen.",
  "payment.continue": "Weiter zur Zahlung",

  "lostCookie.onceMore": "{name} konnten wir beim ersten Mal nicht hinzufügen. Bitte versuche es noch einmal.",
  "lostCookie.again": "Das ist nicht in deinem Warenkorb angekommen. Bitte versuche es noch einmal.",
  "lostCookie.onceMoreHere":
    "Bitte versuche es noch einmal. Wenn diese Meldung wieder erscheint, blockiert dein Browser Cookies. Dein Warenkorb braucht sie.",
  "lostCookie.blocked":
    "Dein Browser blockiert Cookies. Ohne Cookie funktioniert dein Warenkorb nicht: Bitte erlaube Cookies für diesen Shop und leg deine Artikel dann noch einmal hinein.",

  "failure.badQuantity": "Gib eine Menge von 1 bis {max, number} ein.",
  "failure.refused": "Das konnten wir nicht reservieren. Dein Warenkorb ist unverändert.",
  "failure.unknownProduct": "Dieses Produkt ist nicht mehr verfügbar.",
  "failure.unitsPerLine": "Du kannst höchstens {max, number} Stück pro Produkt kaufen.",
  "failure.linesPerCart":
    "In deinen Warenkorb {max, plural, one {passt höchstens # Produkt} other {passen höchstens # verschiedene Produkte}}.",
  "failure.unitsPerClient":
    "In deinem Netzwerk ist die Grenze von {max, plural, one {# reserviertem Artikel} other {# reservierten Artikeln}} erreicht. Geh zur Kasse, entferne etwas oder versuche es in ein paar Minuten noch einmal.",
  "failure.cartFull": "Dein Warenkorb ist voll. Geh zuerst zur Kasse oder entferne etwas.",
  "failure.checkoutOpen":
    "Deine Zahlungsseite ist noch offen, deshalb können wir deinen Warenkorb noch nicht ändern. Schließe die Zahlung dort ab oder versuche es gleich noch einmal.",
  "failure.unsettled": "Deine letzte Zahlung wird noch bestätigt. Bitte versuche es gleich noch einmal.",
  "failure.nothingHeld": "Deine Reservierung ist abgelaufen. Weiter unten kannst du deine Artikel erneut reservieren.",
  "failure.rateLimited": "Zu viele Anfragen. Versuche es in {duration} noch einmal. Dein Warenkorb bleibt erhalten.",
  "failure.checkoutBusy":
    "An der Kasse ist gerade viel los. Versuche es in {duration} noch einmal. Dein Warenkorb bleibt erhalten.",
  "failure.paymentWait":
    "Du hast mehrere Zahlungen begonnen und nicht abgeschlossen. Versuche es in {duration} noch einmal. Dein Warenkorb bleibt erhalten.",
  "failure.sellingPaused":
    "Wir nehmen gerade keine Bestellungen an. Bitte versuche es in ein paar Minuten noch einmal.",
  "failure.sellingPausedMayPay":
    "Wir können gerade nichts weiter reservieren. Was für dich reserviert ist, kannst du bezahlen.",
  "failure.unavailable":
    "Gerade antwortet etwas nicht. Dein Warenkorb bleibt erhalten. Bitte versuche es gleich noch einmal.",
  "failure.offline": "Du bist anscheinend offline. Sieh in deinem Warenkorb nach, sobald du wieder online bist.",
  "failure.noPrice":
    "Für einen Artikel in deinem Warenkorb gibt es gerade keinen Preis. Entferne ihn, um zur Kasse zu gehen.",
  "failure.mixedCurrencies": "Diese Artikel haben Preise in verschiedenen Währungen. Bitte bestelle sie getrennt.",
  "failure.noLongerSold":
    "Ein Artikel in deinem Warenkorb wird nicht mehr verkauft. Entferne ihn, um zur Kasse zu gehen.",
  "failure.amountTooSmall":
    "Dein Einkauf liegt unter dem Mindestbetrag für Kartenzahlung. Bitte leg noch einen Artikel dazu.",
  "failure.rejectedByStripe":
    "Die Zahlung konnte nicht gestartet werden. Es wurde nichts abgebucht und wir wissen Bescheid.",
  "failure.onlyAvailable": "Nur {available, number} verfügbar, deinen Warenkorb mitgerechnet.",
  "failure.onlyAvailableYet":
    "Gerade nur {available, number} verfügbar, deinen Warenkorb mitgerechnet. Vielleicht sind es um {time} wieder mehr.",
  "failure.heldByOthers": "Jemand war schneller und hat den Artikel im Warenkorb.",
  "failure.heldByOthersUntil":
    "Jemand war schneller und hat den Artikel im Warenkorb. Vielleicht ist er um {time} wieder da.",

  "order.number": "Bestellung {number}",
  "order.quote": "Nenne bei Fragen bitte die Bestellnummer {number}.",
  "order.quoteAt": "Fragen? Schreib uns an {email} und nenne die Bestellnummer {number}.",
  "order.next": "So geht es weiter",
  "order.next.receipt": "Stripe schickt den Beleg an die E-Mail-Adresse, die du beim Bezahlen angegeben hast.",
  "order.next.demo": "Das ist eine Demo: Es kommt kein Beleg und es wird nichts verschickt.",
  "order.next.bank":
    "Sobald deine Bank geantwortet hat, zeigt diese Seite das Ergebnis. Bitte bezahle nicht noch einmal. Schlägt die Zahlung fehl, wird nichts abgebucht.",
  "order.next.open":
    "Es wurde noch nichts abgebucht. Sobald du bezahlt hast, zeigt diese Seite deine bestätigte Bestellung.",
  "order.product": "Produkt",
  "order.price": "Preis",
  "order.addedAtCheckout": "An der Kasse hinzugefügt",
  "order.removedAtCheckout": "An der Kasse entfernt",
  "order.discount": "Rabatt",
  "order.shipping": "Versand",
  "order.tax": "MwSt.",
  "order.includedTax": "Enthaltene MwSt.",
  "order.refunded": "Erstattet",
  "order.refundPending": "Erstattung unterwegs",
  "order.refundFailed": "Erstattung fehlgeschlagen",
  "order.stillInCart": "Deine Artikel liegen noch im Warenkorb.",
  "order.noLongerReserved":
    "Deine Artikel sind nicht mehr reserviert. Leg sie noch einmal in den Warenkorb, um sie zu bestellen.",
  "order.paid.title": "Vielen Dank! Deine Bestellung ist bestätigt.",
  "order.paid.text": "Deine Bestellung ist bei uns eingegangen und vollständig bezahlt.",
  "order.refunded.title": "Wir haben deine Zahlung erstattet",
  "order.refunded.text":
    "Wir konnten deine Bestellung nicht ausführen und haben dir den vollen Betrag erstattet. Bis er ankommt, kann es ein paar Tage dauern. Das passiert, wenn ein Artikel ausverkauft ist, bevor die Zahlung bei uns ankommt.",
  "order.refunded_by_shop.title": "Deine Bestellung wurde erstattet",
  "order.refunded_by_shop.text":
    "Wir haben dir den vollen Betrag erstattet. Bis er ankommt, kann es ein paar Tage dauern.",
  "order.refund_pending.title": "Deine Erstattung ist unterwegs",
  "order.refund_pending.text":
    "Wir haben dein Geld zurückgeschickt. Bis es ankommt, kann es ein paar Tage dauern. Du musst nichts tun.",
  "order.refund_failed.title": "Deine Erstattung hat nicht geklappt",
  "order.refund_failed.text":
    "Das Geld ist nicht auf deinem Konto angekommen. Wir wissen Bescheid und kümmern uns darum. Du musst nichts tun.",
  "order.needs_review.title": "Wir prüfen deine Bestellung",
  "order.needs_review.text":
    "Deine Zahlung ist bei uns eingegangen. Wir sorgen dafür, dass du deine Artikel bekommst oder dein Geld zurückerhältst. Du musst nichts tun. Bitte bezahle nicht noch einmal.",
  "order.awaiting_payment.title": "Zahlung in Bearbeitung",
  "order.awaiting_payment.text":
    "Deine Bank muss die Zahlung noch bestätigen. Bis dahin bleiben deine Artikel reserviert.",
  "order.not_charged.title": "Zahlung nicht abgeschlossen",
  "order.not_charged.text": "Es wurde nichts abgebucht.",
  "order.open.title": "Noch nicht bezahlt",
  "order.open.text": "Deine Artikel sind reserviert. Mit der Zahlung schließt du deine Bestellung ab.",
  "order.another_browser.title": "Wir können diese Bestellung hier nicht anzeigen",
  "order.another_browser.text":
    "Du kannst sie nur in dem Browser ansehen, in dem du bezahlt hast. Wenn du bezahlt hast, sieh in deinen E-Mails nach dem Beleg.",
  "order.being_confirmed.title": "Deine Bestellung wird gerade bestätigt",
  "order.being_confirmed.text":
    "Wenn du bezahlt hast, ist deine Zahlung sicher. Wir bestätigen sie gerade: Lade diese Seite in einem Moment neu.",

  "error.offline.title": "Du bist offline",
  "error.offline.text": "Dein Warenkorb ist gespeichert. Bitte versuche es noch einmal, wenn du wieder online bist.",
  "error.notFound.title": "Seite nicht gefunden",
  "error.notFound.text": "Prüfe die Adresse oder sieh dir alle Produkte an.",
  "error.unknownProduct.title": "Produkt nicht gefunden",
  "error.unknownProduct.text": "Vielleicht wird es nicht mehr verkauft. Sieh dir alle Produkte an.",
  "error.notPossible.title": "Das geht hier nicht",
  "error.notPossible.text": "Diese Seite kann das nicht. Bitte geh zurück und versuche es noch einmal.",
  "error.unavailable.title": "Wir sind gleich wieder da",
  "error.unavailable.text":
    "Dein Warenkorb bleibt erhalten. Bitte versuche es gleich noch einmal. Wenn du gerade bezahlt hast, bezahle bitte nicht noch einmal.",
  "error.busy.text":
    "Im Shop ist gerade sehr viel los. Dein Warenkorb bleibt erhalten. Bitte versuche es in ein paar Sekunden noch einmal. Wenn du gerade bezahlt hast, bezahle bitte nicht noch einmal.",
  "error.internal.title": "Da ist leider etwas schiefgelaufen",
  "error.internal.text": "Dein Warenkorb bleibt erhalten. Bitte versuche es gleich noch einmal.",
  "error.rateLimited.title": "Einen Moment bitte",
  "error.refused.title": "Das hat nicht geklappt",
  "error.refused.text": "Es wurde nichts geändert. Bitte geh zurück und versuche es noch einmal.",
  "error.crossOrigin.text":
    "Diese Anfrage kam von einer anderen Website, deshalb haben wir sie ignoriert. Bitte versuche es hier noch einmal.",

  "sandboxPayment.note": "Diese Seite ersetzt hier die Zahlungsseite von Stripe. Es wird nichts abgebucht.",
  "sandboxPayment.suffix": "Demo",
  "sandboxPayment.title": "Zahlung",
  "sandboxPayment.heading": "{amount} bezahlen",
  "sandboxPayment.item": "Artikel",
  "sandboxPayment.amount": "Betrag",
  "sandboxPayment.taxLater": "Die MwSt. kommt beim Bezahlen dazu.",
  "sandboxPayment.pay": "Bezahlen",
  "sandboxPayment.completeFree": "Bestellung abschließen",
  "sandboxPayment.decline": "Ablehnen",
  "sandboxPayment.payLater": "Später bezahlen",
  "sandboxPayment.discount": "Rabattcode einlösen: 10\u00A0% Rabatt",
  "sandboxPayment.cancel": "Abbrechen",
  "sandboxPayment.explainDecline": "„Ablehnen“ simuliert eine Karte, die von der Bank abgelehnt wird.",
  "sandboxPayment.explainLater":
    "„Später bezahlen“ simuliert eine Bankzahlung, die nach der Bestellung gelingt oder fehlschlägt.",
  "sandboxPayment.declined":
    "Deine Karte wurde abgelehnt. Es wurde nichts abgebucht. Du kannst es noch einmal versuchen.",
  "sandboxPayment.notOffered": "Diese Zahlungsart gibt es hier nicht.",
  "sandboxPayment.back": "Zurück zum Shop",
  "sandboxPayment.expiredTitle": "Zahlungsseite abgelaufen",
  "sandboxPayment.expiredHeading": "Diese Zahlungsseite ist abgelaufen. Es wurde nichts abgebucht.",
  "sandboxPayment.expiredText": "Geh zurück zum Shop und sieh nach, ob deine Artikel noch verfügbar sind.",
  "sandboxPayment.completeTitle": "Schon bezahlt",
  "sandboxPayment.completeHeading": "Diese Bestellung ist schon abgeschlossen.",
  "sandboxPayment.completeText": "Es wird nichts weiter abgebucht.",
  "sandboxPayment.viewOrder": "Bestellung ansehen",
  "sandboxPayment.unknownHeading": "Wir haben diese Zahlungsseite nicht gefunden.",
  "sandboxPayment.unknownText": "Die Demo vergisst ihre Zahlungen, wenn sie neu startet.",
  "sandboxPayment.pendingTitle": "Zahlung in Bearbeitung",
  "sandboxPayment.processing": "Diese Zahlung ist noch in Bearbeitung.",
  "sandboxPayment.arrived": "Diese Zahlung war erfolgreich.",
  "sandboxPayment.failed": "Diese Zahlung ist fehlgeschlagen.",
  "sandboxPayment.paidBy": "{amount} per {methods}.",
  "sandboxPayment.succeed": "Simulieren: Zahlung gelingt",
  "sandboxPayment.fail": "Simulieren: Zahlung schlägt fehl",
};
