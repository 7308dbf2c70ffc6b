"""Templates of sentences about documents: search, two lists, readers' notes, moved quotations.

They are part of :mod:`noonmark.session.sentence_list`.
"""

from __future__ import annotations

from typing import Final

_SEARCH = {
    "search.case": "capital and small letters",
    "search.forms": "presentation, full-width or composed forms",
    "search.invisible": "signs that show nothing",
    "search.marks": "marks on letters",
    "search.digits": "digits of another script",
    "search.letters": "letters of one family",
    "search.han": "traditional and simplified characters",
    "search.spaces": "spaces or line ends",
    "search.hyphens": "a hyphen",
    "search.look-alikes": "letters of another alphabet that look alike",
    "search.zawgyi": "Burmese in the code of Zawgyi",
    "search.uyghur-arabic": "Uyghur in Arabic letters",
    "search.uyghur-cyrillic": "Uyghur in Cyrillic letters",
    "search.uyghur-latin": "Uyghur in Latin letters",
    "search.kazakh-arabic": "Kazakh in Arabic letters",
    "search.kazakh-cyrillic": "Kazakh in Cyrillic letters",
    "search.kazakh-latin": "Kazakh in Latin letters",
    "search.either": "{how} or {said}",
}

_PAIR = {
    "pair.number": "shared number {value}",
    "pair.word": "shared beginning of a word {value}",
    "pair.place": "about the same place in the order",
    "pair.another-place": "another place in the order",
}

_NOTE = {
    "note.read-before": "read before; --again reads it once more",
    "note.pdfium-alone": "read by PDFium alone: apt install poppler-utils adds a second reader",
    "note.poppler-alone": (
        "read by poppler alone: labels of pages and attached files are not read; pip install "
        "'noonmark[documents]' adds a second reader"
    ),
    "note.pdf-scripts": "the PDF holds scripts; none was run",
    "note.pdf-form": "the PDF holds a form; what is filled in is read only where it is painted",
    "note.attachment-unread": "attachment {number:d} can't be read ({error})",
    "note.pages-without-text": "{count:d} pages have no text: --ocr LANGUAGES reads them",
    "note.picture": "a picture: --ocr LANGUAGES reads its text",
    "note.attachments-large": (
        "attachments that are too large are named with their digest and not kept"
    ),
    "note.tracked-changes": (
        "the file keeps {deleted:d} deleted and {inserted:d} inserted pieces of text as "
        "tracked changes; the page shows the text with the changes taken"
    ),
    "note.macros": "the file holds macros; none was run",
    "note.pictures-inside": "the file holds {count:d} pictures, whose text is not read",
    "note.some-times-local": (
        "some times have no offset from UTC: they are those of the exporting device's clock"
    ),
    "note.times-local": (
        "times have no offset from UTC: they are those of the exporting device's clock"
    ),
    "note.times-of-device": (
        "times are those of the clock of the device that exported the chat; its zone is not stated"
    ),
    "note.no-order": (
        "no one order of day and month fits all dates; each message keeps those it can"
    ),
    "note.one-order": "dates are {order}: no other order fits all of them",
    "note.several-orders": (
        "dates can be read in several orders, and all are kept; messages that would come "
        "before the one above them: {orders}"
    ),
    "note.before-first": "{count:d} lines before the first message are not part of any",
    "note.from-lines": "{count:d} lines begin with 'From ' and were not taken for a new mail",
    "note.date-unread": "the date {date} can't be read",
    "note.date-span": "a date has no offset from UTC, so it is a span of 26 hours",
    "note.parts-nested": "parts nested more than {levels:d} deep are not read",
    "note.mails-nested": "mails nested more than {levels:d} deep are not read",
    "note.behind-end": "parts stand behind the end that the mail states; they are read too",
    "note.mail-elsewhere": "the mail names pictures elsewhere; nothing was loaded",
    "note.mail-hides": "the mail hides a part of its HTML text, which is shown here",
    "note.charset-asked": "a part says {charset}, does not fit it, and was read as asked",
    "note.charset-utf8": "a part says {charset} and is UTF-8",
    "note.charset-guess": (
        "a part says {charset} and does not fit it: read as {chosen}; --encoding decides"
    ),
    "note.charset-guesses": (
        "a part says {charset} and does not fit it: read as {chosen}; it would fit {others} "
        "too; --encoding decides"
    ),
    "note.time-of-program": (
        "the time of sending is the one that the program kept; no header states it"
    ),
    "note.attachment-named": (
        "an attachment is only named: it is a link, or an object of another program"
    ),
    "note.deleted": "{characters:d} characters are marked as deleted and left out",
    "note.hidden": "{characters:d} characters are marked as hidden, and shown here",
    "note.formulas": "formulas are kept beside the values that the file has stored for them",
    "note.sheet-hidden": "the sheet {name} is hidden in the file",
    "note.sheet-missing": "the sheet {name} is named in the workbook and not there",
    "note.dates-as-days": (
        "dates in a workbook are numbers of days; they are shown as they are stored"
    ),
    "note.not-html": "{answers:d} answers that are no HTML page are not read as text",
    "note.answer-large": "an answer that is too large was left out",
    "note.answer-coded": "an answer is coded as {coding}, which is not read",
    "note.page-charset": "some pages do not fit the character set that they name; signs are lost",
    "note.page-elsewhere": "the page names pictures or other files elsewhere; nothing was loaded",
    "note.page-scripts": "the page holds scripts; none was run, so what they would show is missing",
    "note.page-hides": "the page holds text that it hides itself; it is in the text, and marked",
}

_ANCHOR = {
    "anchor.words-here": "the same words on the same page, {how}",
    "anchor.words-elsewhere": "the same words on another page, {how}",
    "anchor.letters-here": "the same letters on the same page, {how}",
    "anchor.letters-elsewhere": "the same letters on another page, {how}",
    "anchor.between-same": "between the same words",
    "anchor.beside-same": "beside the same words on one side",
    "anchor.between-others": "between other words",
}

DOCUMENT_TEMPLATES: Final[dict[str, str]] = {**_SEARCH, **_PAIR, **_NOTE, **_ANCHOR}
"""The sentences of documents by their codes."""
