"""Countries by the names people give them."""

from __future__ import annotations

import unicodedata

from phonenumbers import SUPPORTED_REGIONS

CODES = frozenset(SUPPORTED_REGIONS) | {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}
"""ISO 3166 alpha-2. phonenumbers knows those with telephones; these seven have none of their own."""

# English and own-language names and alpha-3 codes of where leads mostly come from; codes cover the rest.
_NAMES = """
AE: are, uae, united arab emirates, emirates
AR: arg, argentina
AT: aut, austria, osterreich, oesterreich
AU: aus, australia
BE: bel, belgium, belgie, belgique, belgien
BG: bgr, bulgaria, bulgarien
BR: bra, brazil, brasil, brasilien
CA: can, canada, kanada
CH: che, switzerland, schweiz, suisse, svizzera, swiss
CL: chl, chile
CN: chn, china, prc, peoples republic of china
CO: col, colombia
CZ: cze, czechia, czech republic, cesko, tschechien
CY: cyp, cyprus, zypern
DE: deu, ger, germany, deutschland, allemagne, alemania, brd
DK: dnk, denmark, danmark, danemark
EE: est, estonia, eesti, estland
EG: egy, egypt, agypten
ES: esp, spain, espana, spanien, espagne
FI: fin, finland, suomi, finnland
FR: fra, france, frankreich, francia
GB: gbr, uk, great britain, united kingdom, britain, england, scotland, wales, grossbritannien
GR: grc, el, greece, hellas, griechenland
HK: hkg, hong kong
HR: hrv, croatia, hrvatska, kroatien
HU: hun, hungary, magyarorszag, ungarn
ID: idn, indonesia
IE: irl, ireland, eire, irland, republic of ireland
IL: isr, israel
IN: ind, india, indien, bharat
IS: isl, iceland
IT: ita, italy, italia, italien, italie
JP: jpn, japan
KE: ken, kenya
KR: kor, south korea, korea, republic of korea
LI: lie, liechtenstein
LT: ltu, lithuania, lietuva, litauen
LU: lux, luxembourg, luxemburg
LV: lva, latvia, latvija, lettland
MA: mar, morocco, maroc
MT: mlt, malta
MX: mex, mexico
MY: mys, malaysia
NG: nga, nigeria
NL: nld, netherlands, the netherlands, nederland, holland, niederlande
NO: nor, norway, norge, norwegen
NZ: nzl, new zealand, aotearoa
PE: per, peru
PH: phl, philippines
PK: pak, pakistan
PL: pol, poland, polska, polen
PT: prt, portugal
RO: rou, romania, rumanien
RS: srb, serbia, srbija, serbien
RU: rus, russia, russian federation
SA: sau, saudi arabia, ksa
SE: swe, sweden, sverige, schweden
SG: sgp, singapore
SI: svn, slovenia, slovenija, slowenien
SK: svk, slovakia, slovensko, slowakei
TH: tha, thailand
TR: tur, turkey, turkiye, turkei
TW: twn, taiwan
UA: ukr, ukraine
US: usa, united states, united states of america, america, vereinigte staaten
VN: vnm, vietnam, viet nam
ZA: zaf, south africa, rsa
"""
BY_NAME = {
    name: code
    for line in _NAMES.strip().splitlines()
    for code, _, names in [line.partition(": ")]
    for name in names.split(", ")
}


def country_code(said: str) -> str | None:
    """The ISO 3166 alpha-2 code for a code or common name in any case or accents, or None if unknown."""
    upper = said.upper()
    if upper in CODES:
        return upper
    bare = unicodedata.normalize("NFKD", said.casefold())
    letters = "".join(
        c if c.isalpha() else " " for c in bare if c not in ".'’" and not unicodedata.combining(c)
    )
    return BY_NAME.get(" ".join(letters.split()))
