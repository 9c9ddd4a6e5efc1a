"""A real IMAP mailbox on this machine: what imaplib asks of one, and no more."""

from __future__ import annotations

import re
import socketserver


class Imap(socketserver.ThreadingTCPServer):
    """Holds mails; `seen` are the numbers marked as such, `refuses` makes it refuse every sign-in."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ImapHandler)
        self.mails: list[bytes] = []
        self.seen: set[int] = set()
        self.refuses = False
        self.commands: list[str] = []

    @property
    def url(self) -> str:
        return f"imap://cercle:secret@127.0.0.1:{self.server_address[1]}"


class _ImapHandler(socketserver.StreamRequestHandler):
    server: Imap

    def handle(self) -> None:
        self._say("* OK here")
        while line := self.rfile.readline().decode().strip():
            mark, command = line.split(" ", 1)
            self.server.commands.append(command)
            word = command.split(" ")[0].upper()
            if word == "LOGIN" and self.server.refuses:
                self._say(f"{mark} NO wrong")
                continue
            getattr(self, f"_{word.lower()}", lambda _command: None)(command)
            self._say(f"{mark} OK done")
            if word == "LOGOUT":
                return

    def _capability(self, _command: str) -> None:
        self._say("* CAPABILITY IMAP4REV1")

    def _select(self, _command: str) -> None:
        self._say(f"* {len(self.server.mails)} EXISTS")

    def _search(self, _command: str) -> None:
        unseen = [n for n in range(1, len(self.server.mails) + 1) if n not in self.server.seen]
        self._say("* SEARCH " + " ".join(map(str, unseen)))

    def _fetch(self, command: str) -> None:
        number = int(command.split(" ")[1])
        mail = self.server.mails[number - 1]
        if "RFC822.SIZE" in command:
            self._say(f"* {number} FETCH (RFC822.SIZE {len(mail)})")
            return
        if "BODY.PEEK[HEADER]" in command:
            mail = mail.split(b"\r\n\r\n" if b"\r\n\r\n" in mail else b"\n\n", 1)[0] + b"\r\n\r\n"
        self._say(f"* {number} FETCH (BODY[] {{{len(mail)}}}")
        self.wfile.write(mail + b")\r\n")

    def _store(self, command: str) -> None:
        assert re.search(r"\+FLAGS \(\\Seen\)", command)
        self.server.seen.add(int(command.split(" ")[1]))

    def _logout(self, _command: str) -> None:
        self._say("* BYE")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
