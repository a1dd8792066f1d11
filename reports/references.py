"""The papers behind the methods, as a methods paragraph cites them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A published source.

    Attributes
    ----------
    short : str
        Authors and year, as cited in a sentence.
    full : str
        The entry of the list, without the identifier.
    doi : str
        Its digital object identifier.
    """

    short: str
    full: str
    doi: str

    def __str__(self) -> str:
        return f"{self.full} doi:{self.doi}"


NUTS = Reference(
    "Hoffman and Gelman 2014",
    "Hoffman MD, Gelman A (2014). The no-U-turn sampler: adaptively setting path lengths in Hamiltonian Monte Carlo. "
    "Journal of Machine Learning Research 15, 1593-1623.",
    "10.48550/arXiv.1111.4246",
)
PYMC = Reference(
    "Abril-Pla et al. 2023",
    "Abril-Pla O, Andreani V, Carroll C et al. (2023). PyMC: a modern, and comprehensive probabilistic programming "
    "framework in Python. PeerJ Computer Science 9, e1516.",
    "10.7717/peerj-cs.1516",
)
ARVIZ = Reference(
    "Kumar et al. 2019",
    "Kumar R, Carroll C, Hartikainen A, Martin O (2019). ArviZ a unified library for exploratory analysis of Bayesian "
    "models in Python. Journal of Open Source Software 4, 1143.",
    "10.21105/joss.01143",
)
R_HAT = Reference(
    "Vehtari et al. 2021",
    "Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner PC (2021). Rank-normalization, folding, and localization: an "
    "improved R-hat for assessing convergence of MCMC. Bayesian Analysis 16, 667-718.",
    "10.1214/20-BA1221",
)
REFERENCE_BASED = Reference(
    "Carpenter et al. 2013",
    "Carpenter JR, Roger JH, Kenward MG (2013). Analysis of longitudinal trials with protocol deviation: a framework "
    "for relevant, accessible assumptions, and inference via multiple imputation. Journal of Biopharmaceutical "
    "Statistics 23, 1352-1371.",
    "10.1080/10543406.2013.834911",
)
ANCHORED = Reference(
    "Cro et al. 2019",
    "Cro S, Carpenter JR, Kenward MG (2019). Information-anchored sensitivity analysis: theory and application. "
    "Journal of the Royal Statistical Society A 182, 623-645.",
    "10.1111/rssa.12423",
)
LOO = Reference(
    "Vehtari et al. 2017",
    "Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and "
    "WAIC. Statistics and Computing 27, 1413-1432.",
    "10.1007/s11222-016-9696-4",
)
STACKING = Reference(
    "Yao et al. 2018",
    "Yao Y, Vehtari A, Simpson D, Gelman A (2018). Using stacking to average Bayesian predictive distributions. "
    "Bayesian Analysis 13, 917-1007.",
    "10.1214/17-BA1091",
)
CHECKS = Reference(
    "Gabry et al. 2019",
    "Gabry J, Simpson D, Vehtari A, Betancourt M, Gelman A (2019). Visualization in Bayesian workflow. Journal of the "
    "Royal Statistical Society Series A 182, 389-402.",
    "10.1111/rssa.12378",
)
LATENT_CHANGE = Reference(
    "McArdle 2009",
    "McArdle JJ (2009). Latent variable modeling of differences and changes with longitudinal data. Annual Review of "
    "Psychology 60, 577-605.",
    "10.1146/annurev.psych.60.110707.163612",
)
GROWTH = Reference(
    "Laird and Ware 1982",
    "Laird NM, Ware JH (1982). Random-effects models for longitudinal data. Biometrics 38, 963-974.",
    "10.2307/2529876",
)
REPEATED = Reference(
    "Mallinckrodt et al. 2008",
    "Mallinckrodt CH, Lane PW, Schnell D, Peng Y, Mancuso JP (2008). Recommendations for the primary analysis of "
    "continuous endpoints in longitudinal clinical trials. Drug Information Journal 42, 303-319.",
    "10.1177/009286150804200402",
)
CONSTRAINED = Reference(
    "Lu 2010",
    "Lu K (2010). On efficiency of constrained longitudinal data analysis versus longitudinal analysis of covariance. "
    "Biometrics 66, 891-896.",
    "10.1111/j.1541-0420.2009.01332.x",
)
CHANGE_SCORE = Reference(
    "van Breukelen 2006",
    "van Breukelen GJP (2006). ANCOVA versus change from baseline had more power in randomized studies and more bias "
    "in nonrandomized studies. Journal of Clinical Epidemiology 59, 920-925.",
    "10.1016/j.jclinepi.2006.02.007",
)
CENSORING = Reference(
    "Lubin et al. 2004",
    "Lubin JH, Colt JS, Camann D et al. (2004). Epidemiologic evaluation of measurement data in the presence of "
    "detection limits. Environmental Health Perspectives 112, 1691-1696.",
    "10.1289/ehp.7199",
)
TO_THE_MEAN = Reference(
    "Barnett et al. 2005",
    "Barnett AG, van der Pols JC, Dobson AJ (2005). Regression to the mean: what it is and how to deal with it. "
    "International Journal of Epidemiology 34, 215-220.",
    "10.1093/ije/dyh299",
)
STUDENT_T = Reference(
    "Juárez and Steel 2010",
    "Juárez MA, Steel MFJ (2010). Model-based clustering of non-Gaussian panel data based on skew-t distributions. "
    "Journal of Business & Economic Statistics 28, 52-66.",
    "10.1198/jbes.2009.07145",
)
ROPE = Reference(
    "Kruschke 2018",
    "Kruschke JK (2018). Rejecting or accepting parameter values in Bayesian estimation. Advances in Methods and "
    "Practices in Psychological Science 1, 270-280.",
    "10.1177/2515245918771304",
)
BARG = Reference(
    "Kruschke 2021",
    "Kruschke JK (2021). Bayesian analysis reporting guidelines. Nature Human Behaviour 5, 1282-1291.",
    "10.1038/s41562-021-01177-7",
)
WAMBS = Reference(
    "Depaoli and van de Schoot 2017",
    "Depaoli S, van de Schoot R (2017). Improving transparency and replication in Bayesian statistics: the "
    "WAMBS-checklist. Psychological Methods 22, 240-261.",
    "10.1037/met0000065",
)
