"""Names as users write them, in every figure and file: slashes, dollar signs, marks of HTML, letters beyond ASCII."""

from dataclasses import replace

import pytest
import xarray as xr
from matplotlib import pyplot

from cochange.inference.results import Results
from cochange.inference.stored_names import storable
from cochange.reports.plots.canvas import in_a_name, picture_of
from cochange.reports.plots.chains import headline_draws, rank_plot, trace_plot
from cochange.reports.plots.forest import forest_plot
from cochange.reports.plots.replications import replicate_plot
from cochange.reports.replicates import checks, outcomes

NAME = r"CRP/albumin $\\frac{a}$ <b> & _x_"


@pytest.fixture(scope="module")
def named(fabricate, variant) -> Results:
    return fabricate(variant({'name = "IL-6"': f'name = "{NAME}"'}), priors=("reference",))


@pytest.mark.parametrize("plot", [trace_plot, rank_plot])
def test_panels_of_chains_stand_under_the_names_as_they_are(plot, named: Results) -> None:
    fit = named.fits["parallel_change", "reference"]
    judged = next(item for item in named.diagnostics if item.model == fit.model)
    plan = plot(fit, named, judged).plan
    drawing = plan.draw(*plan.given)
    pyplot.close(drawing)
    titles = [axis.get_title() for axis in drawing.axes if axis.get_title()]
    assert titles == list(headline_draws(fit, named))
    assert any("CRP/albumin" in title for title in titles)


def test_a_figure_takes_no_name_for_a_formula(named: Results) -> None:
    rows = named.estimates_of(model="marker_change", estimand="geometric_mean_ratio")
    assert picture_of(forest_plot(rows, named).plan).png.startswith(b"\x89PNG")


def test_replications_of_an_outcome_with_a_slash_are_drawn_in_its_unit(named: Results) -> None:
    marker = named.study.marker
    fit = named.fits["marker_change", "reference"]
    groups = {name: fit.tree[name].to_dataset() for name in ("observed_data", "posterior_predictive")}
    for name, group in groups.items():
        values = group["log_marker"].isel(visit=0, drop=True).rename(pair="participant")
        groups[name] = storable(xr.Dataset({f"{marker} at baseline": values}))
    fit = replace(fit, tree=xr.DataTree.from_dict(groups))
    for name in groups:
        assert list(outcomes(fit, name)) == [f"{marker} at baseline"]
    plan = replicate_plot(fit, named, checks(fit)).plan
    drawing = plan.draw(*plan.given)
    pyplot.close(drawing)
    assert [axis.get_title() for axis in drawing.axes] == [f"log {marker} at baseline"]
    assert drawing.axes[0].get_xlabel().endswith("in pg/mL")


@pytest.mark.parametrize(
    ("one", "other"), [("IFN-\N{GREEK SMALL LETTER ALPHA}", "IFN-\N{GREEK SMALL LETTER GAMMA}"), ("< 30", "> 30")]
)
def test_files_of_two_names_are_two_files(one: str, other: str) -> None:
    assert in_a_name(one) != in_a_name(other)
    assert in_a_name(one).replace("_", "").isalnum()
    assert in_a_name(one).isascii()


def test_usual_names_stay_as_they_are_in_files() -> None:
    assert [in_a_name(text) for text in ("IL-6", "12 weeks", "CRP/albumin")] == ["IL_6", "12_weeks", "CRP_albumin"]
