"""Functions of the standard normal and gamma distributions, exact far into the tails."""

import math

import numpy as np

from cochange.models.parts.likelihood.native import native

LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)
SQRT2 = math.sqrt(2.0)
TAIL = -5.0
TAIL_TERMS = 80
# Gauss-Legendre rules, one for each range of a correlation's size: a closer one needs more nodes.
RULES = np.array([10, 16, 20, 32])
CLOSENESS = np.array([0.3, 0.7, 0.85])
NODE, WEIGHT = np.zeros((2, len(RULES), RULES[-1]))
for _rule, _size in enumerate(RULES):
    NODE[_rule, :_size], WEIGHT[_rule, :_size] = np.polynomial.legendre.leggauss(_size)
TINY = 1e-300
LOG_TINY = -600.0
# Share of the independent probability under which the difference of two nearly equal ones would be lost to rounding.
KEPT = 1e-5


@native
def normal_density(z: float) -> float:
    """Density of the standard normal distribution."""
    return math.exp(-0.5 * z * z - LOG_SQRT_2PI)


@native
def normal_cdf(z: float) -> float:
    """Probability that a standard normal variable lies under ``z``."""
    return 0.5 * math.erfc(-z / SQRT2)


@native
def log_cdf_and_hazard(z: float) -> tuple[float, float]:
    """Logarithm of the standard normal distribution function, and density over distribution function.

    In the lower tail by the continued fraction of Mills' ratio (Abramowitz and Stegun 1964, 26.2.14).
    """
    if z > TAIL:
        probability = normal_cdf(z)
        return math.log(probability), normal_density(z) / probability
    fraction = -z
    for term in range(TAIL_TERMS, 0, -1):
        fraction = -z + term / fraction
    return -0.5 * z * z - LOG_SQRT_2PI - math.log(fraction), fraction


@native
def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution, for probabilities under a half exact to rounding.

    A rational start (Abramowitz and Stegun 1964, 26.2.23) and four steps of Newton's method on the logarithm.
    """
    if probability > 0.5:
        return -normal_quantile(1 - probability)
    log_probability = math.log(max(probability, TINY))
    t = math.sqrt(-2 * log_probability)
    numerator = 2.515517 + t * (0.802853 + t * 0.010328)
    z = numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in range(4):
        log_cdf, hazard = log_cdf_and_hazard(z)
        z -= (log_cdf - log_probability) / hazard
    return z


@native
def correlation_rules(correlation: float) -> np.ndarray:
    """Quadrature rules for the growth of the bivariate normal integral from other correlations up to this one.

    Parameters
    ----------
    correlation : float
        Not quite 1 in size.

    Returns
    -------
    numpy.ndarray
        From independence, then from -1, shape ``(2, 3, node)``: sines of the nodes, what multiplies the exponent there,
        and weights, 0 where a rule has no more nodes.
    """
    angle = math.asin(correlation)
    rules = np.zeros((2, 3, RULES[-1]))
    for way in range(2):
        low = 0.0 if way == 0 else -math.pi / 2
        reach = max(abs(math.sin(low)), abs(correlation))
        rule = np.searchsorted(CLOSENESS, reach)
        for i in range(RULES[rule]):
            sine = math.sin(low + (angle - low) * (NODE[rule, i] + 1) / 2)
            rules[way, 0, i] = sine
            rules[way, 1, i] = -0.5 / (1 - sine * sine)
            rules[way, 2, i] = (angle - low) / (4 * math.pi) * WEIGHT[rule, i]
    return rules


@native
def log_bivariate_normal_cdf(h: float, k: float, correlation: float, rules: np.ndarray) -> float:
    """Logarithm of the probability that two standard normal variables lie under ``h`` and ``k``.

    The probability at another correlation, whose value is known, and an integral of positive terms up to this one: from
    independence upwards, or from a correlation of -1 where the way down from independence would leave next to nothing.

    Parameters
    ----------
    h, k : float
        The bounds.
    correlation : float
        The correlation.
    rules : numpy.ndarray
        From `correlation_rules`.

    References
    ----------
    Drezner Z, Wesolowsky GO (1990). On the computation of the bivariate normal integral. Journal of Statistical
    Computation and Simulation 35, 101-107. doi:10.1080/00949659008811236
    """
    if correlation >= 0 and min(h, k) > TAIL:
        return math.log(normal_cdf(h) * normal_cdf(k) + _between(h, k, rules[0], 0.0))
    independent = log_cdf_and_hazard(h)[0] + log_cdf_and_hazard(k)[0]
    if correlation < 0 and independent > LOG_TINY:
        apart = math.exp(independent)
        together = apart + _between(h, k, rules[0], 0.0)
        if together > KEPT * apart:
            return math.log(together)
    start, way = independent, 0
    if correlation < 0:
        smaller, larger = min(h, k), max(h, k)
        start, way = -np.inf, 1
        if h + k > 0:
            start = math.log(normal_cdf(smaller) - normal_cdf(-larger))
    top = max(start, -0.5 * max(h * h, k * k))
    return top + math.log(max(math.exp(start - top) + _between(h, k, rules[way], top), TINY))


@native
def _between(h: float, k: float, rule: np.ndarray, top: float) -> float:
    """How much the probability grows along a rule, over the exponential of `top`."""
    squares, product = h * h + k * k, 2 * h * k
    total = 0.0
    for i in range(rule.shape[1]):
        if rule[2, i] == 0.0:
            break
        total += rule[2, i] * math.exp((squares - product * rule[0, i]) * rule[1, i] - top)
    return total


@native
def digamma(x: float) -> float:
    """Derivative of the logarithm of the gamma function (Abramowitz and Stegun 1964, 6.3.5 and 6.3.18)."""
    shift = 0.0
    while x < 8:
        shift -= 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760)))))
    return shift + math.log(x) - 0.5 / x - series
