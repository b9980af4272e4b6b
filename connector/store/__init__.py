"""The state of one deployment: links, journal, releases, people, audit."""
