"""The fixed words around a review form, in the languages that people work in.

Texts of the framework are not translated here: they come in the languages that their
authors wrote. A language without words of its own gets the English ones.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = {
    "preview": "Preview of a review form",
    "framework": "Job framework",
    "family": "Job family",
    "track": "Track",
    "level": "Level",
    "no_level": "no level: only the family's, the role's and the focus area's"
    " requirements apply",
    "focus_area": "Focus area",
    "employee": "Employee",
    "manager": "Manager",
    "criteria": "What this review asks about",
    "no_criteria": "Nothing is required here, so a review would show no competency.",
    "responsibilities": "Responsibilities",
    "no_responsibilities": "The framework names no responsibility here.",
    "expected": "Expected now",
    "above": "The step above",
    "no_step": "no step of a scale is named",
    "highest": "This is the highest step.",
    "no_indicators": "No behaviour is described for this step.",
    "rating": "Assessment",
    "comment": "Comment",
    "goals": "Development goals towards next moves",
    "no_moves": "The framework names no next move from here.",
    "no_goals": "Everything that this role asks for is asked for today already.",
    "from": "from",
    "to": "to",
    "new": "new",
    "activities": "Ways there",
    "certifications": "Certifications",
    "pathways": "Pathways",
    "retired": "This role is out of use: its job profile is no longer kept up, so a new"
    " review would take what stood there last.",
    "kept": "A new review takes its content from the job profile at the moment it is"
    " set. A review that was started keeps what it has.",
    "individual_contributor": "Individual contributor",
    "manager_track": "Manager",
    "required": "required",
    "optional": "optional",
    "emerging": "emerging",
    "vertical": "upwards",
    "lateral": "sideways, same level",
    "diagonal": "diagonal",
    "origin_level": "Level",
    "origin_family": "Job family",
    "origin_role": "Role",
    "origin_focus_area": "Focus area",
    "origin_move": "Move",
}
_POLISH = {
    "preview": "Podgląd formularza oceny",
    "framework": "Model stanowisk",
    "family": "Rodzina stanowisk",
    "track": "Ścieżka",
    "level": "Poziom",
    "no_level": "bez poziomu: obowiązują tylko wymagania rodziny, roli i obszaru",
    "focus_area": "Obszar specjalizacji",
    "employee": "Pracownik",
    "manager": "Przełożony",
    "criteria": "O co pyta ta ocena",
    "no_criteria": "Nic nie jest tu wymagane, więc ocena nie pokaże kompetencji.",
    "responsibilities": "Obowiązki",
    "no_responsibilities": "Model nie wymienia tu żadnych obowiązków.",
    "expected": "Oczekiwane teraz",
    "above": "Stopień wyżej",
    "no_step": "nie wskazano stopnia skali",
    "highest": "To najwyższy stopień.",
    "no_indicators": "Dla tego stopnia nie opisano zachowań.",
    "rating": "Ocena",
    "comment": "Komentarz",
    "goals": "Cele rozwojowe w kierunku kolejnych ról",
    "no_moves": "Model nie wskazuje stąd kolejnej roli.",
    "no_goals": "Wszystko, czego wymaga ta rola, jest wymagane już dziś.",
    "from": "od",
    "to": "do",
    "new": "nowe",
    "activities": "Jak to osiągnąć",
    "certifications": "Certyfikaty",
    "pathways": "Ścieżki uczenia się",
    "retired": "Ta rola jest wycofana: jej profil stanowiska nie jest już zmieniany,"
    " więc nowa ocena przejmie to, co było w nim ostatnio.",
    "kept": "Nowa ocena pobiera treść z profilu stanowiska w chwili jej ustalenia."
    " Rozpoczęta ocena zachowuje to, co ma.",
    "individual_contributor": "Ekspert",
    "manager_track": "Menedżer",
    "required": "wymagane",
    "optional": "opcjonalne",
    "emerging": "zyskujące na znaczeniu",
    "vertical": "w górę",
    "lateral": "w bok, ten sam poziom",
    "diagonal": "na ukos",
    "origin_level": "Poziom",
    "origin_family": "Rodzina stanowisk",
    "origin_role": "Rola",
    "origin_focus_area": "Obszar",
    "origin_move": "Zmiana roli",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "pl": _POLISH}


def words_in(language: str) -> tuple[str, Mapping[str, str]]:
    """Return the words for a language, and the language that they are in."""
    base = language.partition("-")[0].partition("_")[0].lower()
    return (base, _WORDS[base]) if base in _WORDS else ("en", _ENGLISH)
