"""The text of papers, mail, chats and transcripts, with locators; OCR; search; comparing lists."""
