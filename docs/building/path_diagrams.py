"""The path diagram of every model. Labels of arrows are parameters of the model, which a test holds them to."""

from drawing import Diagram, Edge, Node

DESIGN = "covariates, arm, group, site"

DIAGRAMS = {
    "marker_change": Diagram(
        "Path diagram of marker_change",
        {
            "m0": Node("log marker m0", 140, 0),
            "m1": Node("log marker m1", 420, 0),
            "mean0": Node("mean at baseline", 140, 110, "latent"),
            "mean1": Node("mean at follow-up", 420, 110, "latent"),
            "design": Node(DESIGN, 280, 200, "given"),
        },
        (
            Edge("m0", "m1", "retest_z", bend=50),
            Edge("mean0", "m0"),
            Edge("mean1", "m1"),
            Edge("mean0", "mean1", "change"),
            Edge("design", "mean0"),
            Edge("design", "mean1"),
        ),
    ),
    "symptom_change": Diagram(
        "Path diagram of symptom_change in its ANCOVA form; the change-score form lacks baseline_symptom",
        {
            "m0": Node("baseline marker m0", 110, 0),
            "y0": Node("baseline score y0", 110, 100),
            "design": Node(DESIGN, 110, 200, "given"),
            "dy": Node("change of the score y1 - y0", 500, 100),
        },
        (
            Edge("m0", "y0", bend=100),
            Edge("m0", "dy", "prognostic"),
            Edge("y0", "dy", "baseline_symptom"),
            Edge("design", "dy"),
        ),
    ),
    "parallel_change": Diagram(
        "Path diagram of parallel_change; the arc is the raw correlation, estimated apart",
        {
            "dm": Node("change of the marker m1 - m0", 130, 0),
            "m0": Node("baseline marker m0", 130, 90),
            "y0": Node("baseline score y0", 130, 180),
            "design": Node(DESIGN, 130, 265, "given"),
            "dy": Node("change of the score y1 - y0", 560, 135),
        },
        (
            Edge("dm", "dy", "raw_z", bend=80, at=0.5),
            Edge("dm", "dy", "parallel"),
            Edge("m0", "dy", "baseline_marker"),
            Edge("y0", "dy", "baseline_symptom"),
            Edge("design", "dy"),
        ),
    ),
    "joint_change": Diagram(
        "Path diagram of joint_change; parallel is the effect of what both baselines leave of the marker's change",
        {
            "M0": Node("marker at baseline", 90, 0),
            "M1": Node("marker at follow-up", 560, 0),
            "m0": Node("true m0", 90, 110, "latent"),
            "dm": Node("true m1 - m0", 560, 110, "latent"),
            "y0": Node("true y0", 90, 330, "latent"),
            "dy": Node("true y1 - y0", 560, 330, "latent"),
            "Y0": Node("score at baseline", 90, 440),
            "Y1": Node("score at follow-up", 560, 440),
            "screening": Node("screening score", -160, 330),
        },
        (
            Edge("m0", "M0", "marker_reliability"),
            Edge("y0", "Y0", "score_reliability"),
            Edge("m0", "M1"),
            Edge("dm", "M1"),
            Edge("y0", "Y1"),
            Edge("dy", "Y1"),
            Edge("m0", "y0", "baseline_slope", at=0.36),
            Edge("m0", "dm", "marker_on_marker"),
            Edge("y0", "dm", "marker_on_score", at=0.74),
            Edge("m0", "dy", "prognostic", at=0.74),
            Edge("y0", "dy", "score_on_score"),
            Edge("dm", "dy", "parallel"),
            Edge("y0", "screening", "screening_slope"),
            Edge("M0", "Y0", "state_z", bend=-120, at=0.36),
            Edge("M1", "Y1", "state_z", bend=120),
        ),
    ),
    "growth": Diagram(
        "Path diagram of growth",
        {
            "level_m": Node("level of the marker", 80, 0, "latent"),
            "slope_m": Node("slope of the marker", 290, 0, "latent"),
            "slope_y": Node("slope of the score", 540, 0, "latent"),
            "level_y": Node("level of the score", 750, 0, "latent"),
            "m": Node("marker at every visit", 185, 120),
            "y": Node("score at every visit", 645, 120),
        },
        (
            Edge("level_m", "m"),
            Edge("slope_m", "m"),
            Edge("level_y", "y"),
            Edge("slope_y", "y"),
            Edge("level_m", "level_y", "levels_z", bend=130),
            Edge("slope_m", "slope_y", "slopes_z", bend=30),
            Edge("level_m", "slope_m", "level_and_slope_z", bend=40),
            Edge("slope_y", "level_y", "level_and_slope_z", bend=40),
            Edge("level_m", "slope_y", "level_and_slope_z", bend=75),
            Edge("slope_m", "level_y", "level_and_slope_z", bend=75),
            Edge("m", "y", "within_z", bend=-40),
        ),
    ),
    "repeated_measures": Diagram(
        "Path diagram of repeated_measures with the baselines as covariates, for one later visit; "
        "with constrained baselines all four are correlated freely",
        {
            "m0": Node("baseline marker m0", 90, 0),
            "y0": Node("baseline score y0", 90, 200),
            "mt": Node("change of the marker mt - m0", 560, 0),
            "yt": Node("change of the score yt - y0", 560, 200),
            "arm": Node("arm at each visit, covariates", 560, 290, "given"),
        },
        (
            Edge("m0", "mt", "marker_on_marker"),
            Edge("m0", "yt", "prognostic", at=0.72),
            Edge("y0", "mt", "marker_on_score", at=0.72),
            Edge("y0", "yt", "score_on_score"),
            Edge("mt", "yt", "partial_share", bend=90),
            Edge("arm", "yt"),
        ),
    ),
    "pooled": Diagram(
        "Path diagram of pooled",
        {
            "mean": Node("mean over studies", 60, 0, "latent"),
            "effect": Node("effect of study i", 330, 0, "latent"),
            "estimate": Node("published estimate i", 610, 0),
            "new": Node("effect of a new study", 330, 100, "latent"),
        },
        (
            Edge("mean", "effect", "heterogeneity"),
            Edge("effect", "estimate"),
            Edge("mean", "new", "heterogeneity"),
        ),
    ),
}
