"""Which parts of an office file stay, and which of their elements and attributes do not (ISO/IEC
29500; ISO/IEC 26300).
"""

from __future__ import annotations

import re

KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|"
    r"word/(document|styles|stylesWithEffects|settings|fontTable|numbering|footnotes|endnotes|"
    r"header\d*|footer\d*)\.xml|word/theme/theme\d*\.xml|"
    r"xl/(workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/theme/theme\d*\.xml|"
    r"xl/worksheets/sheet\d+\.xml|xl/drawings/drawing\d+\.xml|xl/tables/table\d+\.xml|"
    r"ppt/(presentation|presProps|viewProps|tableStyles)\.xml|ppt/theme/theme\d+\.xml|"
    r"ppt/slides/slide\d+\.xml|ppt/slideLayouts/slideLayout\d+\.xml|"
    r"ppt/slideMasters/slideMaster\d+\.xml|(word|xl|ppt)/media/[\w.-]+|"
    r"(word|xl|ppt)/([\w/]+/)?_rels/[\w.]+\.rels|"
    r"mimetype|content\.xml|styles\.xml|META-INF/manifest\.xml|Pictures/[\w.-]+"
)
DROPPED = re.compile(
    r"docProps/.*|customXml/.*|word/(comments\w*|people|webSettings|commentsIds)\.xml|"
    r"word/glossary/.*|xl/(comments\d*|persons/.*|threadedComments/.*)|xl/comments\d*\.xml|"
    r"xl/printerSettings/.*|word/printerSettings.*|xl/drawings/vmlDrawing\d+\.vml|"
    r"ppt/(commentAuthors|authors)\.xml|ppt/comments/.*|ppt/tags/.*|ppt/notesSlides/.*|"
    r"ppt/notesMasters/.*|ppt/handoutMasters/.*|ppt/changesInfos/.*|ppt/revisionInfo\.xml|"
    r"ppt/printerSettings/.*|_xmlsignatures/.*|meta\.xml|settings\.xml|manifest\.rdf|"
    r"Thumbnails/.*|Configurations2/.*|layout-cache|META-INF/documentsignatures\.xml|.*/"
)
"""Properties, comments, people, notes of a speaker, printers, templates, signatures, thumbnails."""
GONE = {
    "del",
    "moveFrom",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "tblPrExChange",
    "tcPrChange",
    "trPrChange",
    "tblGridChange",
    "numberingChange",
    "cellDel",
    "cellIns",
    "cellMerge",
    "commentRangeStart",
    "commentRangeEnd",
    "commentReference",
    "moveFromRangeStart",
    "moveFromRangeEnd",
    "moveToRangeStart",
    "moveToRangeEnd",
    "rsids",
    "proofErr",
    "docVars",
    "attachedTemplate",
    "mailMerge",
    "docId",
    "documentProtection",
    "writeProtection",
    "fileSharing",
    "fileVersion",
    "revisionPtr",
    "absPath",
    "webPublishing",
    "legacyDrawing",
    "legacyDrawingHF",
    "extLst",
    "custDataLst",
    "notesMasterIdLst",
    "handoutMasterIdLst",
    "modifyVerifier",
    "smartTagType",
    "tracked-changes",
    "change",
    "change-start",
    "change-end",
    "annotation",
    "annotation-end",
}
"""Elements that stay behind with all that they hold."""
UNWRAPPED = {"ins", "moveTo"}
"""Elements that stay behind while what they hold stays: text that somebody added."""
WITHOUT = re.compile(r"rsid\w*|paragraph-rsid|paraId|textId|descr|author|date|initials|userName")
"""Attributes that stay behind, wherever they stand."""
EMPTIED = {"docPr": "name", "cNvPr": "name"}
"""Attributes that must be there and may hold the name of a file."""
EXTERNAL_KEPT = "/hyperlink"
EXTERNAL_DROPPED = "/attachedTemplate"
