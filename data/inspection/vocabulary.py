"""The words by which columns are known: markers, scales, roles and visits, in English, Swedish and German.

Patterns are matched against the words of a name joined by "_", see `words_of`.
"""

import re

LAST_INTERLEUKIN = 41
_MARKERS = {
    "IL-1beta": r"il_?1_?(?:b|beta)",
    "IL-1ra": r"il_?1_?ra",
    **{f"IL-{n}": rf"(?:il|interleukin)_?{n}" for n in range(2, LAST_INTERLEUKIN + 1)},
    **{f"IL-17{letter}": rf"il_?17_?{letter.lower()}" for letter in "ABCDEF"},
    "CRP": r"(?:hs_?)?crp",
    "TNF-alpha": r"tnf(?:_?(?:a|alpha))?",
    "IL-12 p70": r"il_?12_?p_?70",
    "GM-CSF": r"gm_?csf",
    "IFN-gamma": r"ifn_?(?:g|gamma)",
    "MCP-1": r"mcp_?1|ccl_?2",
    "BDNF": r"bdnf",
    "VEGF": r"vegf",
    "suPAR": r"su_?par",
    "cortisol": r"[ck]ortisol",
    "leptin": r"leptin",
}
_SCALES = {
    "MADRS": r"madrs",
    "MADRS-S": r"madrs_?s(?:elf)?",
    "HAMD-17": r"(?:ham_?d|hdrs|hrsd|hamilton)(?:_?17)?",
    "PHQ-9": r"phq(?:_?9)?",
    "BDI-II": r"bdi(?:2|_?ii)?",
    "HADS-D": r"hads_?d(?:ep(?:ression)?)?",
    "CES-D": r"ces_?d",
}
MARKERS = {name: re.compile(pattern) for name, pattern in _MARKERS.items()}
SCALES = {name: re.compile(pattern) for name, pattern in _SCALES.items()}

UNIT = re.compile(r"\([^)]*\)|\[[^\]]*\]|(?<![a-z])[pnmuµ]?g[ _./]?[md]?l(?![a-z])(?:-1)?", re.IGNORECASE)
# Words of a column of a marker or a scale that say nothing of which one it is.
FILLERS = frozenset(
    {"serum", "plasma", "conc", "concentration", "level", "value", "result", "raw", "total", "tot"}
    | {"score", "sum", "summa", "sumscore", "points", "ln", "log", "log10", "log2", "loge"}
)
LOGARITHMS = frozenset({"ln", "log", "log10", "log2", "loge"})
# Words before the number of an item.
ITEM = r"item|question|fraga|frage|it|q|i|f"
WELL = re.compile(r"[a-d]|(?:rep|dup|well|r)\d")

IDENTIFIER = (
    re.compile(
        r"(?:u?subj(?:ect)?|participant|patient|pat|person|record|case|study|client|respondent|proband(?:en)?|pp|p|fp)?"
        r"_?(?:id|idnr|id_?(?:no|nr|num|number)|nr|no|number|nummer|code|kod)|seqn|lopnr|lopnummer|loepnr"
    ),
    re.compile(r"(?:u?subj(?:ect)?|participant|patient|person|record|case|proband|respondent|deltagare|fp|id\w*)"),
)
VISIT = re.compile(
    r"(?:visit|time_?point|time|week|wk|wave|occasion|month|day|phase|assessment|session|period|besok|vecka|manad|dag|"
    r"matning|matpunkt|tidpunkt|tid|visite|woche|monat|tag|zeitpunkt|messzeitpunkt|event|redcap_event_name|t|avisit)"
    r"(?:s|_?(?:no|nr|num|number|id|name|code|label))?"
)
ROLES = {
    "site": r"(?:site|cent(?:er|re)|clinic|hospital|klinik|zentrum|mottagning|vardcentral|sjukhus|praxis|standort)"
    r"s?(?:_?(?:id|no|nr|name|code))?",
    "arm": r"(?:study_?|studien_?|treatment_?|trial_?|actual_?|planned_?)?arms?(?:_?(?:name|code|cd))?"
    r"|(?:treatment|trt|treat|trtp|allocation|allocated|condition|intervention|therapy|behandling|behandlung|randomi[sz]ed"
    r"|randomi[sz]ation|studiengruppe|gruppe|grupp|group)(?:_?(?:group|name|code|to|arm))?",
    "group": r"(?:training_?|exercise_?|traningsgrupp_?)?(?:intensity|intensitet|intensitat)|dose(?:_?group)?|dosis"
    r"|sub_?group|cohort|stratum|strata",
    "numeric": r"age(?:_?(?:years?|yrs?|y|at_baseline|bl))?|alder|alter|bmi(?:_?(?:bl|baseline))?",
    "categorical": r"sex|gender|male|female|kon|geschlecht|smok(?:er|ing)(?:_?status)?|rokare|raucher",
    "reason": r"why_?left|(?:drop_?out|withdrawal|discontinuation|early_?termination)_?reason|avbrotts?_?orsak"
    r"|abbruch_?grund|reasons?(?:_?(?:for|of))?(?:_?(?:leaving|drop_?out|withdrawal|discontinuation|missing|left))?",
    "plate": r"plates?(?:_?(?:id|no|nr))?|platta|platte",
}
ROLE_PATTERNS = {role: re.compile(pattern) for role, pattern in ROLES.items()}

_OF_DETECTION = r"detection_?limits?|(?:limits?|level)_?of_?(?:detection|quantification|quantitation)"
_LIMITS = {
    "lower": rf"(?:lower_?)?(?:l?lo[dq]|lld|mdl|mdd|{_OF_DETECTION}|nachweisgrenze|detektionsgrans)|lower_?limits?",
    "upper": rf"upper_?(?:lo[dq]|{_OF_DETECTION})|ulo[dq]|upper_?limits?",
}
LIMITS = {side: re.compile(rf"(?:^|_|(?<=\d))(?:{pattern})(?=_|\d|$)") for side, pattern in _LIMITS.items()}

BASELINE, FOLLOW_UP, SCREENING = 0.0, 1000.0, -1.0
_UNIT = (
    r"(?:w|wk|wks|week|weeks|v|visit|t|time|m|mo|mon|month|months|d|day|days|y|yr|year|wave|besok|vecka|manad|woche)"
)
SCREENED = re.compile(r"scr|screen|screening")
BEFORE = re.compile(r"bl|base|baseline|pre|before|entry|intake|start|fore|vor|prae")
AFTER = re.compile(r"(?:post|fu|follow_?up|followup|after|end|eot|endpoint|final|efter|nach|slut|ende)_?(\d{0,2})")
NUMBERED = re.compile(rf"{_UNIT}?_?(\d{{1,3}})|(\d{{1,3}})_?{_UNIT}")
