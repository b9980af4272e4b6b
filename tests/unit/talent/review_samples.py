"""A small framework whose reviews differ by level, track and focus area."""

from __future__ import annotations

LONG = "Donaudampfschifffahrtsgesellschaft" * 8
TEXT = f"""\
framework: {{key: harbour, name: Harbour}}
scales:
  - key: craft
    name: Craft
    steps: [{{key: low, name: Low}}, {{key: mid, name: Mid}}, {{key: high, name: High}}]
domains: [{{key: boats, name: Boats}}]
competencies:
  - key: knots
    name: {{en: Knots, ar: عقد, ja: 結び}}
    description: "Ties *knots* <script>alert(1)</script> [here](http://x.example)."
    domain: boats
    scale: craft
    indicators:
      low: Ties a bowline.
      mid: [Ties it blind., "{LONG}"]
      high: Teaches knots.
  - {{key: sails, name: Sails, domain: boats, scale: craft}}
  - {{key: luck, name: Luck, domain: boats}}
groups: [{{key: afloat, name: Afloat}}]
families:
  - key: sailing
    name: Sailing
    group: afloat
    requirements: {{sails: low}}
levels:
  - {{key: ic1, name: IC 1, track: individual_contributor, expects: {{knots: low}}}}
  - key: ic2
    name: IC 2
    track: individual_contributor
    above: [ic1]
    parity: m2
    expects: {{knots: high, sails: mid}}
  - {{key: m2, name: M 2, track: manager, parity: ic2, expects: {{knots: mid}}}}
roles:
  - key: sailor
    name: Sailor
    family: sailing
    track: individual_contributor
    level: ic1
    focus_areas:
      - {{key: diving, name: Diving, requirements: {{knots: mid}}}}
      - {{key: racing, name: Racing, requirements: {{sails: high}}}}
  - key: mate
    name: Mate
    family: sailing
    track: individual_contributor
    level: ic2
  - {{key: skipper, name: Skipper, family: sailing, track: manager, level: m2}}
  - {{key: guest, name: Guest, family: sailing}}
pathways:
  - key: start
    name: Start
    activities:
      - {{key: a, name: Rope day, gives: {{knots: mid}}}}
      - {{key: b, name: Rope year, gives: {{knots: high}}}}
      - {{key: c, name: Rope hour, gives: {{knots: low}}}}
moves:
  - key: across
    from: sailor
    to: skipper
    kind: diagonal
    requirements: {{luck: {{importance: optional}}}}
"""
