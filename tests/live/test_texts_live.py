"""Three hundred hostile texts: kept in meaning by a Moodle, or refused before sending.

Runs against the sandbox, always, and against the site that MOODLE_URL names.
"""

from __future__ import annotations

import pytest
from moodle_hostile_texts import framework_of, hostile_texts, words
from moodle_slice import Slice

from adapters.moodle.languages import in_languages
from connector.framework.model import Competency, Framework, Text
from connector.kit.errors import FrameworkError
from connector.kit.values import Foreign, Record, Ref
from connector.sync.mapper import map_records
from connector.sync.mapping import load_mapping

MAPPING = """\
version: 1
adapter: moodle
prefix: {prefix}
kinds:
  scale:
    records:
      - key: proficiency
        fields: {{values: [Not yet, Proficient]}}
  framework:
    records:
      - key: hostile
        fields:
          shortname: "{{{{ framework.name }}}}"
          scale: "{{{{ ref('scale', 'proficiency') }}}}"
          proficient_from: "{{{{ 2 }}}}"
  competency:
    records:
      - each: competency in framework.competencies.values()
        key: "{{{{ competency.key }}}}"
        fields:
          shortname: "{{{{ competency.name }}}}"
          description: "{{{{ competency.description }}}}"
          framework: "{{{{ ref('framework', 'hostile') }}}}"
"""


def test_hostile_texts_are_kept_or_refused_with_their_key(moodle: Slice) -> None:
    texts = hostile_texts()
    assert len({text.key for text in texts}) == 300
    kinds = list(moodle.connection.catalogue.kinds())
    mapping = load_mapping(MAPPING.format(prefix=moodle.prefix), "m.yaml", kinds)

    with pytest.raises(FrameworkError) as caught:
        map_records(mapping, framework_of(texts), kinds)
    refused = {problem.key for problem in caught.value.problems}
    assert refused == {f"competency {text.key}" for text in texts if text.is_refused}

    kept = {text.key: text for text in texts if not text.is_refused}
    mapped = map_records(mapping, framework_of(list(kept.values())), kinds).records
    scale, framework, *competencies = mapped
    moodle.remote_ids[scale.ref] = moodle.read("scale")[0].remote_id
    moodle.create(framework)
    moodle.create(*competencies)

    shown = {found.identity: found.fields for found in moodle.read("competency")}
    for record in competencies:
        text, fields = kept[record.key], shown[record.identity]
        assert fields["shortname"] == text.kept_name
        assert words(str(fields["description"])) == " ".join(text.words.split())
        # What is read is what was wanted, so the next plan finds nothing to do.
        assert {name: fields[name] for name in record.fields} == as_shown(
            record, moodle
        )


def as_shown(record: Record, moodle: Slice) -> dict[str, object]:
    """Return the wanted fields with references as the target shows them."""
    return {
        name: Foreign(value.kind, moodle.remote_ids[value])
        if isinstance(value, Ref)
        else value
        for name, value in record.fields.items()
    }


def test_texts_in_several_languages_are_kept(moodle: Slice) -> None:
    kinds = in_languages(moodle.connection.catalogue.kinds(), ["en", "pl", "ar"])
    mapping = load_mapping(MAPPING.format(prefix=moodle.prefix), "m.yaml", kinds)
    spoken = Framework(
        key="hostile",
        name=versions("Data", "Dane", ""),
        competencies={
            "alike": Competency(
                key="alike",
                name=versions("R&D", "B+R", "R&D"),
                description=versions("- *a* & b\n- c", "- *ą* & b\n- ć", "- ع\n- c"),
            ),
            "unlike": Competency(
                key="unlike",
                name=versions("Only English", "", ""),
                description=versions("One `x < y`.\n\nTwo.", "Raz.", ""),
            ),
        },
    )
    scale, framework, *competencies = map_records(mapping, spoken, kinds).records
    moodle.remote_ids[scale.ref] = moodle.read("scale")[0].remote_id
    moodle.create(framework)
    moodle.create(*competencies)
    shown = {found.identity: found.fields for found in moodle.read("competency")}
    for record in competencies:
        fields = shown[record.identity]
        assert {name: fields[name] for name in record.fields} == as_shown(
            record, moodle
        )
    alike = shown[competencies[0].identity]
    assert str(alike["description"]).count('class="multilang"') == 5
    assert shown[competencies[1].identity]["shortname"] == "Only English"


def versions(english: str, polish: str, arabic: str) -> Text:
    spoken = {"en": english, "pl": polish, "ar": arabic}
    return Text(tuple((code, text) for code, text in spoken.items() if text))
