"""What people call our numbers, and the words of a question that carry no meaning of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qualification.kpi import KPIS, Dimension

COUNT = "count"
"""No number of its own: how many leads, SQLs or customers, which the overview or the funnel tells."""

# Put in place before anything else is read, so that the patterns below need one word for one thing.
_SAME: tuple[tuple[str, str], ...] = (
    (r"marketing[ -]qualified(?: leads?)?", "mqls"),
    (r"sales[ -]qualified(?: leads?)?|opportunit(?:y|ies)|opps?", "sqls"),
    (r"sales[ -]accepted(?: leads?)?", "accepted leads"),
    (r"prospects|enquiries|inquiries|sign[ -]?ups|contacts(?= from| in| by| last| this)", "leads"),
    (r"clients?|buyers?|paying accounts?", "customers"),
    (r"sales ?(?:reps?|persons?|people|man|men|agents?)|sellers?|account (?:executives?|managers?)"
        r"|sdrs?|bdrs?|aes?", "reps"),
    (r"conv\.?(?: rate)?|cvr", "conversion"),
    (r"avg\.?", "average"),
    (r"hows", "how is"),
    (r"(?:who|which reps?)(?: is| are| has| have)? (?:reject(?:s|ed|ing)?|turn(?:s|ed) down)",
     "acceptance by rep"),
    (r"okay|ok|pls|plz|thx|thanks|thank you|cheers", "please"),
)  # fmt: skip
SAME = tuple((re.compile(rf"(?<![\w-])(?:{shape})(?![\w-])"), word) for shape, word in _SAME)

_PAID_FOR = (
    r"(?:costs?|costing|spend|spent|spending|pay|paid|paying|price|expensive|cheap\w*|charged?"
    r"|burn\w*|budget)"
)
_EACH = r"(?:per|for|of|each|every|an?|one|on|to (?:get|win|acquire|land|gain)|new|paying|single)"
_ASK = r"(?:which|what|who|whose)"
_FEW = r"(?: \w+){0,4}?"

# (weight, number, shape): the heaviest that is found wins, two of one weight are asked about. Numbers whose
# words touch no other's have theirs in their entry.
_SHAPES: tuple[tuple[int, str, str], ...] = (
    (9, "sources", rf"{_ASK} (?:sources?|channels?|campaigns?)(?: \w+)? (?:worth|deserves?|pays?|brings?"
        rf"|brought|performs?"
        r"|performed|works?|worked|earns?|earned|generates?|generated|delivers?|delivered|drives?|drove)"),
    (9, "sources", rf"{_ASK} (?:is|are|was|were) (?:our |the |my )*(?:best|worst|top"
        rf"|strongest) (?:sources?|channels?|campaigns?)"),
    (9, "sources", r"where (?:do|did|does|are|have|were|was|has|'s|is)(?: \w+){0,4} (?:come|coming|came"
        r"|originate)(?: from)?"),
    (6, "sources", r"(?:best|worst|top|strongest|weakest) (?:sources?|channels?|campaigns?)|revenue"
        r"|(?:sources?"
        r"|channels?) (?:performance|comparison"
        r"|report|ranking|mix|overview)|roi|roas|return on|revenue per leads?|attribut\w+"
        r"|worth the (?:money|spend|price)"),
    (9, "sources", r"(?:sources?|channels?|campaigns?) (?:is|are|was|were) (?:the |our )*(?:best|worst|top"
        r"|strongest)"),
    (2, "sources", r"sources?|channels?"),
    (9, "mql-sql", r"mqls? (?:to|into|and|2|vs|that|which|who)? ?(?:\w+ ){0,3}?(?:an? )?sqls?"),
    (7, "mql-sql", r"mqls?(?: to sqls?)? conversion|conversion (?:rate )?of (?:our |the )?mqls?"
        r"|mqls? (?:convert\w*|survive\w*)"
        r"|survive\w* sales"),
    (7, "mql-sql", r"(?:become|became|becoming|turn(?:ed|ing)? in ?to|reach\w*|make it to|made it to"
        r"|get to|got to|qualif\w+ as)"
        r" (?:an? )?sqls?"),
    (7, "funnel", r"(?:become|became|becoming|turn(?:ed|ing)? in ?to|reach\w*|make it to"
        r"|made it to) (?:an? )?mqls?"),
    (9, "cac", rf"{_PAID_FOR}{_FEW} {_EACH}(?: \w+)?? customers?|customers?(?: acquisition)? costs?"),
    (8, "cac", r"acquisition costs?|costs? of (?:customer )?acqui\w+|cac|(?:customer )?acquisition"),
    (8, "cpl", rf"{_PAID_FOR}{_FEW} {_EACH}(?: \w+)?? (?:leads?|mqls?|sqls?)|cpl|(?:leads?|mqls?"
        rf"|sqls?){_FEW} {_PAID_FOR}"),
    (8, "cpl", r"how (?:expensive|cheap|dear|pricey)(?: \w+){0,4}"),
    (4, "cpl", _PAID_FOR),
    (7, "conversion", r"(?:turn(?:ed|ing|s)?|become|became|becoming|end(?:ed|ing)? up|make it|made it"
        r"|go on)"
        r"(?: \w+)? (?:\w+ ){0,2}?customers?|leads? (?:to|2|into) (?:customers?|sales?|deals?)"),
    (7, "conversion", r"(?:share|percent\w*|proportion|fraction|part|rate|how many) (?:of )?(?:\w+ ){0,5}?"
        r"(?:buys?|bought|purchase[ds]?|(?:are|were|is) customers?)"),
    (6, "conversion", r"conversions?(?: rates?)?|convert\w*|yield"),
    (7, "acceptance", r"accept\w*|sals?|(?:sales|reps|they) (?:want|take|took|like|pick|picked|work"
        r"|worked|use)\b"
        r"|does sales want|hand ?(?:off|over)s?"),
    (8, "lvr", r"lvr|lead velocity(?: rate)?|(?:leads?|pipeline|mqls?|demand) (?:growth|grow\w*|grew"
        r"|increas\w*)"),
    (6, "lvr", r"growth(?: rate)?|growing|grow|grows|grew"),
    (3, "lvr", r"(?:new )?mqls?"),
    (8, "velocity", r"(?:pipeline|sales|deals?|money|revenue) velocity|sales cycle|cycle (?:time|length)"
        r"|time to close"
        r"|how long(?: \w+){0,8} (?:close|closed|win|won|customers?)|moving through"
        r"|money(?: \w+){0,3} mov\w+|revenue (?:per|a) day"),
    # From creation on, or from SQL on: both are told, by different numbers.
    (9, "conversion", r"how long(?: \w+){0,4} leads?(?: \w+){0,6} customers?"),
    (9, "velocity", r"how long(?: \w+){0,4} leads?(?: \w+){0,6} customers?"),
    (5, "velocity", r"velocity"),
    (8, "speed", r"(?:response|reaction|reply|answer|answering|contact|follow up|first touch|pick up"
        r"|call ?back|first call)"
        r" (?:times?|speeds?|rates?)|time (?:to|until|till|before) (?:the |a )?(?:first )?"
        r"(?:contact|call|touch|response|respond|reply|answer|claim)|speed to leads?"),
    (6, "speed", r"fast|faster|fastest|quick\w*|slow\w*|speed\w*|prompt\w*|how long(?: \w+){0,8}"),
    (4, "speed", r"respon\w+|answer\w*|repl(?:y|ies|ied|ying)|react\w*|call(?:ed|ing"
        r"|s)? (?:\w+ ){0,3}?back|get(?:ting)? back"
        r"|got back|follow(?:ed|ing)? up|wait\w*|untouched|contacted"),
    (7, "sla", r"slas?|service levels?|promis\w*|commitments?|deadlines?|(?:on|in) time|too late"
        r"|breach\w*|break\w*|broke\w*|overdue|our word"),
    (8, "win", r"(?:win|close|closing|winning|success) (?:rates?|ratios?)|won (?:and|or|vs|versus"
        r"|against) lost"
        r"|wins? (?:and|or|vs|versus) loss\w*|lost (?:and|or|vs) won|lost deals?"
        r"|sqls?(?: \w+){0,3} (?:buy|bought|win|won|close\w*)"),
    (5, "win", r"deals?|wins?|won|winning|clos(?:e|ed|es|ing)|losing|lost|sqls? (?:\w+ )?lose|sold|sell"),
    (9, "reps", rf"(?:{_ASK}|which of the|who of the) ?(?:reps? )?(?:\w+ )?(?:the )?(?:most|fewest"
        rf"|least)(?: \w+)?(?= |$)"
        r"|who (?:is|are|was) (?:the |my |our )?(?:best|top|busiest|strongest|worst)"),
    (9, "reps", r"leader ?boards?|team performance|(?:best|top|worst|strongest|star) (?:reps?"
        r"|performers?|closers?)|workloads?"
        r"|reps? (?:performance|ranking|numbers|stats|activity|report|comparison|scorecards?)"
        r"|who (?:carries|does|did) what"),
    (7, "reps", r"claim|claims|claimed|claiming"),
    (3, "reps", r"reps|team"),
    (8, "quality", r"(?:leads? )?quality|reject\w*|disqualif\w*|unqualified|turn(?:ed|s|ing)? down"
        r"|turn(?:ed|s|ing)? away"
        r"|throw\w* (?:away|out)|junk|bad leads|poor leads|garbage|reasons?"),
    (9, "funnel", r"funnels?|drop(?:s|ped|ping)? ?(?:off|out|offs|outs)|bottle ?necks?|stage by stage"
        r"|step by step"
        r"|(?:where|at which|which stage|what stage|in which)(?: \w+){0,5} (?:lose|losing|lost|leak\w*"
        r"|stuck|stop\w*|die|dying|fall|falling)"),
    (6, "funnel", r"stages?|leak\w*"),
    (2, "funnel", r"pipeline"),
    (2, COUNT, r"leads?|sqls?|customers?"),
    (7, "overview", r"overview|summary|summari[sz]e|dashboard|headlines?|big picture|snapshot|kpis?"
        r"|scorecard"),
    (7, "overview", r"how (?:is|are|'s|was|were|did|have|'ve|has|'re) (?:we|it|things|everything"
        r"|business|stuff|sales|marketing"
        r"|the (?:team|business|company|funnel|numbers))(?: been)? (?:doing|going|go|do|done|performing"
        r"|looking|look|running)"),
    (7, "overview", r"how (?:is|'s|was|were|are) (?:business|things)|how (?:is|'s) it going"),
    (3, "overview", r"numbers|figures|stats|statistics|results|metrics|performance|report|status|update"),
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """How a number may be asked for: its weight, the words, and which of those it is about.

    Between them any words may stand; those are not explained by it.
    """

    weight: int
    name: str
    words: re.Pattern[str]
    own: re.Pattern[str]


def shaped(weight: int, name: str, shape: str) -> Shape:
    """A shape, compiled; a value that was taken out of the sentence (¤) counts as a word in it."""
    bare = re.sub(r"\\b|\(\?[:!<=]+", "(", shape)
    joined = re.findall(r"(?:[a-z0-9']\??| \?)+(?:\\w[*+])?", bare)
    literals = {word for one in joined for word in (one, *one.split(" ?")) if word.strip(" ?")}
    own = "|".join(sorted(literals, key=len, reverse=True))
    whole = shape.replace(r"\w+", r"[\w¤]+")
    return Shape(
        weight,
        name,
        re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])"),
        re.compile(rf"(?:{own})(?:s|es|e|d|ed|ing|er|r)?"),
    )


_OF_ENTRIES = ((weight, kpi.name, shape) for kpi in KPIS.values() for weight, shape in kpi.asked_as)
SHAPES = tuple(shaped(*parts) for parts in (*_SHAPES, *_OF_ENTRIES))
OPEN_ENDED: tuple[tuple[Shape, tuple[str, ...]], ...] = (
    (
        shaped(0, "", r"how good|any good|how strong|good leads|good enough|best leads|better leads"),
        ("acceptance", "conversion", "quality"),
    ),
    (
        shaped(
            0,
            "",
            r"how (?:am|is|are|'s|was|were|did|do|does)(?: \w+){0,4} (?:doing|do|going|perform\w*"
            r"|working|work)",
        ),
        ("funnel", "conversion", "cpl"),
    ),
)
"""Questions that several numbers answer: these are offered."""

# What a word after "by" means. A name of its own in `_BY` of many words is matched before a single one.
DIMENSION_WORDS: Mapping[str, Dimension] = {
    "source": "source", "channel": "source", "origin": "source", "medium": "source",
    "campaign": "campaign", "ad": "campaign", "advert": "campaign",
    "rep": "rep", "owner": "rep", "person": "rep", "colleague": "rep", "team member": "rep", "head": "rep",
    "variant": "variant", "version": "variant", "landing page": "variant", "page": "variant",
    "form": "variant", "arm": "variant",
}  # fmt: skip
_DIMENSION = "|".join(sorted(DIMENSION_WORDS, key=len, reverse=True))
SPLIT = re.compile(
    rf"(?<!\w)(?:(?:split|broken down|break(?:ing)? (?:it |this |that )?down|grouped|group|separated"
    rf"|sorted|divided)? ?"
    rf"\b(?:by|per|for each|for every|each|every|across|between|among)(?: all| each| our| the| different"
    rf"| lead)* "
    rf"({_DIMENSION})s?|({_DIMENSION})s? (?:breakdown|split|comparison|wise)"
    rf"|(?:best|worst|top|strongest|weakest) (campaign)s?"
    rf"|(?:which|what|whose) (?:of (?:the|our) )?(?:lead )?({_DIMENSION})s?|compare (?:our |the "
    rf"|all )?({_DIMENSION})s)\b"
)
UNSPLIT = re.compile(
    r"(?<!\w)(?:(?:split|broken down|grouped) )?(?:by|per|for each|for every|each|every) (\w[\w-]*)"
)
MODEL = re.compile(
    r"(?<!\w)(?:with |using |by |model )*(first|last|linear|u|w|decay)(?:[ -]shaped)?(?:[ -]touch)?"
    r"(?: attribution| model| credit)+"
)
