"""Words of a question that carry no meaning of their own here, and those that must not be passed over."""

from __future__ import annotations

import re

from qualification.kpi import KPIS
from qualification.plain_vocabulary import DIMENSION_WORDS

NEGATED = re.compile(
    r"(?<![\w-])(?:not (?:from|by|in|of|counting|including|the)|without|except(?: for)?|excluding|exclude"
    r"|excl|other than"
    r"|apart from|aside from|besides|but not|minus|ignoring|leaving out"
    # A number of what happened would be the opposite of what is asked. "No of leads" and "week no 7" count.
    r"|\w+n't|cannot|(?:do|does|did|is|are|was|were|has|have|had|would|could|should)(?:nt| not)"
    r"|never|nobody|no one|none|no(?! (?:of|\d)))(?![\w-])"
)

STOP = frozenset((
    "'d", "'ll", "'re", "'s", "'ve", "a", "about", "across", "actual", "actually", "again", "against",
    "all", "also", "am", "among", "an", "and", "answer", "any", "anybody", "anyone", "are", "as", "at",
    "average", "back", "bad", "be", "because", "been", "being", "best", "better", "both", "bring",
    "brings", "brought", "business", "but", "by", "call", "called", "calls", "came", "can", "come",
    "comes", "coming", "company", "compare", "compared", "comparison", "could", "count", "counts",
    "current", "currently", "customer", "customers", "day", "days", "deal", "develop", "did", "do",
    "does", "doing", "done", "during", "each", "earn", "end", "enough", "ever", "every", "exactly",
    "expect", "expected", "far", "figure", "figures", "find", "fine", "firm", "first", "follow", "for",
    "from", "fully", "gave", "generally", "generate", "generated", "get", "gets", "getting", "give",
    "given", "go", "goes", "going", "good", "got", "had", "half", "happen", "happened", "happening",
    "has", "have", "having", "hello", "here", "hey", "hi", "high", "higher", "highest", "hit",
    "hitting", "how", "i", "if", "important", "in", "inbound", "incoming", "into", "is", "it", "it's",
    "its", "itself", "just", "keep", "keeping", "kept", "kindly", "know", "landing", "last", "latest",
    "lead", "leads", "least", "less", "let", "like", "likely", "list", "little", "long", "look",
    "looked", "looking", "looks", "low", "lower", "lowest", "made", "make", "makes", "many",
    "marketing", "matter", "me", "mean", "median", "meet", "meeting", "most", "mostly", "move", "moved",
    "moving", "much", "my", "need", "needed", "new", "no", "now", "number", "numbers", "of", "off",
    "often", "on", "once", "one", "ones", "only", "or", "our", "ours", "out", "over", "overall", "page",
    "part", "people", "per", "percent", "percentage", "perform", "performed", "performing", "person",
    "phone", "please", "possible", "pretty", "proportion", "question", "quite", "rate", "rates",
    "rather", "ratio", "real", "really", "receive", "received", "right", "run", "running", "sales",
    "say", "see", "seen", "sent", "share", "she", "should", "show", "since", "so", "some", "somebody",
    "someone", "stand", "stands", "still", "such", "take", "taken", "takes", "taking", "talk", "team",
    "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "things", "this",
    "those", "through", "thus", "till", "time", "times", "to", "today's", "together", "too", "top",
    "total", "totals", "toward", "try", "turn", "typical", "typically", "under", "until", "up", "us",
    "use", "used", "using", "usual", "usually", "value", "values", "versus", "very", "vs", "want",
    "wanted", "was", "way", "we", "well", "went", "were", "what", "whats", "when", "where", "which",
    "while", "who", "whole", "whom", "whose", "why", "will", "with", "within", "wonder", "work",
    "worked", "working", "works", "worst", "would", "yet", "you", "your",
))  # fmt: skip
FIRST_PERSON = re.compile(r"(?<![\w'])(?:i|i'm|i've|me|my|mine|myself)(?!\w)")
POLITE = re.compile(
    r"(?<![\w'])(?:(?:show|give|tell|send|get|let|bring|remind|help)(?: to)? me|(?:can|could|may|should"
    r"|shall|might|do) i"
    r" (?:see|get|have|know|look|ask|find|expect|please|trust|worry)|i (?:want|need|would like|wonder"
    r"|was wondering|am looking"
    r"|'d like|'d love|guess|think)(?: to)?(?: (?:know|see|have|get))?|i'd (?:like"
    r"|love)(?: to)?(?: (?:know|see|have|get))?"
    r"|my (?:team|reps|people|group|guys|department)(?:'s)?|for me"
    r"|me(?= (?:an?|the|all|some|our|how|what|which|where|who|why)\b))(?!\w)"
)
EVERY_WORD: tuple[str, ...] = tuple(
    sorted(
        {
            *KPIS, *DIMENSION_WORDS, "conversion", "funnel", "cost", "growth", "response", "overview",
            "sources", "acceptance", "rejected", "quality", "velocity", "speed", "deals",
            "customers", "leads", "reps",
            "january", "february", "march", "april", "june", "july", "august", "september", "october",
            "november", "december", "yesterday", "today", "month", "week", "quarter", "year", "convert",
            "campaign", "channel", "summary", "promise", "claimed", "compared", "versus", "against",
            "weeks", "months", "days", "quarters", "bottleneck", "leaderboard", "respond", "accepted",
        }
    )
)  # fmt: skip
"""What a misspelt word may have been meant as."""
