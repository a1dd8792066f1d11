"""Priors taken from published studies of IL-6 and the MADRS that several models share, each with its source.

Effects of a baseline marker and of arms are symmetric: studies disagree on the sign. Published effects of small studies
are inflated, so spreads are wider than their standard errors.
"""

from cochange.models.parts.families import Gamma, HalfNormal, Normal

MARKER_CHANGE = Normal(
    mean=-0.1,
    sd=0.2,
    source="IL-6 after treatment: standardised changes of -0.16 (exercise, healthy adults, "
    "doi:10.3389/fpsyg.2023.1253329) to -0.42 (antidepressants, doi:10.1017/S0033291712000128), "
    "discounted because published effects of small studies are inflated",
)
MARKER_ARM = Normal(mean=0, sd=0.2, source="exercise left IL-6 unaffected, doi:10.1038/tp.2017.76")
MARKER_SD = HalfNormal(sd=1, source="SD of ln IL-6 0.7 to 1.2 over data sets")

SCORE_CHANGE = Normal(
    mean=-9, sd=3, source="MADRS under treatment, doi:10.1192/bjp.bp.114.160101, doi:10.5281/zenodo.7254845"
)
SCORE_ARM = Normal(mean=0, sd=3, source="doi:10.1016/j.ypmed.2016.08.011, either sign allowed")
SCORE_CHANGE_SD = HalfNormal(sd=9, source="SD of MADRS change about 8")

PROGNOSTIC = Normal(
    mean=0,
    sd=1.5,
    source="symmetric: higher IL-6 went with a larger fall (doi:10.1016/j.psychres.2017.03.012), TNF-alpha likewise "
    "(doi:10.1038/mp.2012.125), but the lowest IL-6 remitted best among 1,094 outpatients",
)
# Which arm a marker favours differs with the treatments compared, so either sign.
BENEFIT = Normal(
    mean=0,
    sd=1.5,
    source="symmetric: with CRP under 1 mg/L escitalopram did better than nortriptyline by 3 MADRS points, over it "
    "worse by 3, doi:10.1176/appi.ajp.2014.14010094",
)
PARALLEL = Normal(
    mean=0,
    sd=1.5,
    source="symmetric; a fall of IL-6 went with a fall of the score (doi:10.1016/j.psychres.2017.03.012), "
    "discounted because only |r| >= 0.18 reaches p < 0.05 at n = 116",
)

# Of Student-t residuals, in every set.
DEGREES_OF_FREEDOM = Gamma(shape=2, rate=0.1, source="Juarez and Steel 2010, doi:10.1198/jbes.2009.07145")
