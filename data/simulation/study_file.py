"""The commented study file that goes with a simulated exercise trial and teaches the format."""

from cochange.data.simulation.trial import ExerciseTrial

_TEXT = """\
# A study file: what was measured, in which columns, and how it is to be analysed.
# This one describes SYNTHETIC data, simulated with seed {seed}. Keys marked "optional" may be left out.

[study]
title = "Synthetic exercise trial"
design = "single arm"              # or "randomised", "observational", "cross-sectional"
treatment = "exercise three times a week for 12 weeks"   # what happened between the visits
population = "adults with a PHQ-9 above {above:g}"           # optional
synthetic = true                   # optional, false when left out; every report then says so

[data]
file = "{data_file}"                 # relative to this file
layout = "wide"                    # one row a participant; "long": one row a participant and visit
participant = "id"                 # the column that identifies participants; kept as text
visits = ["baseline", "12 weeks"]  # in order; columns below follow this order
delimiter = ","                    # optional, found from the header when left out
decimal = "."                      # optional
encoding = "utf-8"                 # optional; "latin-1" or "cp1252" for older files
missing = ["NA", "."]              # optional; a blank cell is always missing, nothing else is by guess
comment = "#"                      # optional; lines that begin so are skipped

[[marker]]                         # one such table for each marker
name = "IL-6"
unit = "pg/mL"
scale = "raw"                      # what the column holds: "raw", "ln", "log10", "log2" or "log(x+1)"
columns = ["il6_0", "il6_12"]
lower_limit = {lower_limit:g}                  # optional; readings under it are censored, so are cells such as "<0.3"
# upper_limit = 200                # optional; one number, or one a visit
# floors = [0.25]                  # optional; constants written in by the laboratory for "below this value"

[symptom]
scale = "MADRS"                    # a known scale; for another one give range and direction too
remission = 10                     # optional; sources differ between 10 and 12, so there is no default
columns = ["madrs_0", "madrs_12"]

[groups]                           # optional; groups within the arm, partially pooled
column = "intensity"

[sites]                            # optional
column = "clinic"

[covariates]                       # optional; must be complete
numeric = ["age"]
categorical = ["sex"]

[inclusion]                        # optional; participants were included when the score was above the threshold
score = "PHQ-9"
column = "phq9"
above = {above:g}

[estimand]                         # optional
population = "all participants included, whether or not they went on exercising"
intercurrent_events = [
    {{ event = "stopped exercising", strategy = "treatment policy" }},
]

# The smallest important difference of an estimand, with its reason; there is no default.
[estimand.smallest_important.symptom_change]
value = 3
reason = "chosen for this example within the published range of 1.6 to 6 MADRS points"

[analysis]                         # optional; everything here has a default
baseline = "baseline"
follow_up = "12 weeks"
priors = ["reference", "sceptical", "literature", "diffuse"]
ci_prob = 0.95
ci_kind = "eti"                    # equal-tailed; or "hdi", highest density
seed = 20170312
"""


def study_file(trial: ExerciseTrial, data_file: str) -> str:
    """Return the text of the study file.

    Parameters
    ----------
    trial : ExerciseTrial
        Settings of the simulation.
    data_file : str
        Name of the data file.

    Returns
    -------
    str
    """
    return _TEXT.format(seed=trial.seed, above=trial.phq9_above, data_file=data_file, lower_limit=trial.lower_limit)
