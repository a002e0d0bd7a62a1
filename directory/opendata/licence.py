"""The licence of all public data (docs/decisions/0013-open-data.md says why this one)."""

NAME = "Creative Commons Namensnennung 4.0 International"
SHORT = "CC BY 4.0"
SPDX = "CC-BY-4.0"
URL = "https://creativecommons.org/licenses/by/4.0/"
GOVDATA = "http://dcat-ap.de/def/licenses/cc-by/4.0"
ATTRIBUTION = (
    "starke Stelle, CC BY 4.0. Kreise und ihre Schlüssel: © Statistisches Bundesamt (Destatis), 2019, aufbereitet von "
    "Alexander Wunschik, CC BY 4.0, bearbeitet."
)
