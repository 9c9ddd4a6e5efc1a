"""Names of communes inside a sentence: « au Creusot », « du Creusot », « à La Clayette »."""

from __future__ import annotations

from django.utils.translation import get_language

_AT = {"Le ": "au ", "Les ": "aux "}
_FROM = {"Le ": "du ", "Les ": "des "}
_VOWELS = "AEIOUYÀÂÉÈÊËÎÏÔÖÙÛÜŒH"


def at(name: str) -> str:
    """Return « à Digoin », « au Creusot », « aux Guerreaux »; « in Digoin » in English."""
    if _is_english():
        return f"in {name}"
    return _contracted(name, _AT) or f"à {name}"


def of(name: str) -> str:
    """Return « de Digoin », « du Creusot », « d’Oyé »; « of Digoin » in English."""
    if _is_english():
        return f"of {name}"
    return _contracted(name, _FROM) or (f"d’{name}" if name[:1].upper() in _VOWELS else f"de {name}")


def _contracted(name: str, articles: dict[str, str]) -> str:
    for article, merged in articles.items():
        if name.startswith(article):
            return merged + name.removeprefix(article)
    return ""


def _is_english() -> bool:
    return (get_language() or "fr").startswith("en")
