"""What an address, a form or a file may carry: one entry a kind, the kinds that real bug reports name."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

#: A row of another territory, and one of another patient: the number of both in every table that has them.
OF_A_NEIGHBOUR, OF_ANOTHER = 5_000_001, 6_000_001

#: Kind → the value of a parameter; a list is a parameter said several times.
KINDS: dict[str, str | list[str]] = {
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "no day": "0000-00-00",
    "day of next millennium": "2990-06-15",
    "last moment": "9999-12-31T23:59",
    "first moment": "0001-01-01T00:00",
    "an hour past midnight": "25:61",
    "huge number": "9" * 30,
    "thousands of digits": "9" * 5_000,
    "past a signed 64-bit number": "9223372036854775808",
    "past a 32-bit number": "2147483648",
    "negative": "-1",
    "zero": "0",
    "not a number": "nan",
    "infinite": "1e400",
    "minus infinity": "-inf",
    "decimal": "1,5",
    "superscript": "²",
    "Arabic digits": "٢٠٢٦",
    "null character": "a\x00b",
    "right-to-left marks": "\u202egnp.exe\u200f",
    "lone surrogate": "\ud800",
    "invisible": "\u200b\ufeff",
    "other script": "王晓明 Ольга مريم",
    "emoji": "👩🏽‍⚕️🏴‍☠️",
    "combining": "Z̸̢̛͎̥" + "̀" * 200,
    "long text": "x" * 40_000,
    "long line of words": "é " * 10_000,
    "list for a scalar": ["1", "", "2026-03-14", "x"],
    "empty": "",
    "blank": " \t\r\n\u00a0",
    "object": '{"$ne": null, "__class__": "x"}',
    "SQL": "' OR 1=1; DROP TABLE people_patient; --",
    "HTML": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "template": "{{ settings.SECRET_KEY }}{% debug %}%(x)s{0.__class__}",
    "path": "../../../../etc/passwd",
    "address elsewhere": "//evil.example/\\@x",
    "header": "a\r\nSet-Cookie: x=1",
    "row of a neighbour": str(OF_A_NEIGHBOUR),
    "row of another patient": str(OF_ANOTHER),
    "row of nobody": "4000000000",
}
#: What stands for a part of an address; those without a null character also as they are.
IN_AN_ADDRESS = (
    "0",
    "9" * 30,
    "²",
    "%00",
    "%ED%A0%80",
    "王",
    "%E2%80%AE",
    "'",
    "x" * 2_000,
    "..%2f..",
    "-1",
    "A1",
)
UNKNOWN = {"__class__": "x", "\x00": "x", "é" * 50: "x", "constructor[prototype]": "x", "": "x"}


def files() -> dict[str, SimpleUploadedFile]:
    """Return one new file of each kind that no page expects."""
    return {
        "empty file": SimpleUploadedFile("vide.csv", b""),
        "binary file": SimpleUploadedFile("x.csv", bytes(range(256)) * 64, "text/csv"),
        "file of another type": SimpleUploadedFile(
            "x.exe", b"MZ" + b"\x00" * 500, "application/x-msdownload"
        ),
        "large file": SimpleUploadedFile("x.csv", b"a;b\n" * 2_500_000, "text/csv"),
        "file with a hostile name": SimpleUploadedFile("..\u202e<b>.csv", "é;\ud7ff\n".encode(), "text/csv"),
    }
