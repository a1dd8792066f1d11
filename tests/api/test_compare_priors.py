"""The command that compares priors, as its user meets it."""

import re

import pandas as pd
import pytest

from cochange.console import OUT
from cochange.data.simulate import example_path
from cochange.reports.numbers import MINUS


def test_it_prints_and_writes_the_comparison(command, tmp_path, monkeypatch):
    monkeypatch.setattr(OUT, "width", 80)
    out = tmp_path / "out"
    # An earlier comparison had what this one has not.
    for earlier in ("tables/prior_loo.csv", "tables/prior_loo.tex", "figures/tipping_of_another.svg", "mine.txt"):
        (out / earlier).parent.mkdir(parents=True, exist_ok=True)
        (out / earlier).write_text("")
    words = ["--model", "symptom_change", "--prior", "reference", "--prior", "sceptical"]
    code, printed, err = command(
        "compare-priors",
        example_path(),
        *words,
        "--vary",
        "prognostic_sd=1,5,2,2.5",
        "--null",
        "prognostic_slope=0",
        "--null",
        "symptom_change=-8",
        "--prior-odds",
        "0.5",
        "--tipping",
        "prognostic_slope=prognostic",
        "--out",
        out,
    )
    assert code == 0, err
    for text in ("Change of MADRS per doubling of baseline IL-6", "prognostic_sd=5", "Power-scaling of reference"):
        assert text in printed
    assert max(len(line) for line in printed.splitlines() if line != str(out / "compare-priors.html")) <= 80
    # The limits of every set stand on one line beside its name.
    assert len(re.findall(r"│ prognostic_sd=5 .* to ", printed)) == printed.count("95% ETI") > 3
    # How the draws of a set came about is told once.
    assert len(re.findall(r"│ reference +│ sampled +│", printed)) == 1
    assert len(re.findall(rf"│ sceptical +│ reweighted, k {MINUS}?\d\.\d\d +│", printed)) == 1
    # What only the files have is named.
    said = " ".join(printed.split())
    assert "Compared too, but not printed nor drawn: symptom_change (change score; light, ANCOVA;" in said
    assert "prognostic_slope (change score);" in said
    # The value of the main set itself is not done twice.
    assert "Note: prognostic_sd=2.5 is the main set, reference, and stands in its row" in " ".join(err.split())
    told = re.findall(r"(\d) of (\d) prior sets done", err)
    assert (told[0], told[-1]) == (("0", "5"), ("5", "5"))
    assert {total for _, total in told} == {"5"}
    assert "sceptical priors done: 0; symptom_change: ever more sceptical priors of prognostic" in err
    assert f"Page, tables and figures are in {out}; the page:" in err
    assert printed.splitlines()[-1] == str(out / "compare-priors.html")
    page = (out / "compare-priors.html").read_text("utf-8")
    # The page and its Markdown say what the tables do, and the page needs no other file.
    for text in (page, (out / "compare-priors.md").read_text("utf-8")):
        assert "SYNTHETIC DATA:" in text
        for title in ("Every estimand under every prior set", "The prior sets", "How the draws came about"):
            assert title in text
        # Names with a hyphen are marked in the page.
        words = re.sub(r'<span class="name">(.*?)</span>', r"\1", text)
        assert "per doubling of baseline IL-6 (ANCOVA) under reference: " in words
        assert "Tipping prior: " in text
        assert "Note: prognostic_sd=2.5 is the main set, reference, and stands in its row." in text.replace("\\_", "_")
    assert page.count("<figure") == len({path.stem for path in (out / "figures").iterdir()}) > 3
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(source.startswith(("data:image/svg+xml,", "#")) for source in sources)
    rows = pd.read_csv(out / "tables" / "prior_comparison.csv")
    assert set(rows["prior"]) == {"reference", "sceptical", "prognostic_sd=1", "prognostic_sd=5", "prognostic_sd=2"}
    assert (rows.loc[rows["prior"] == "reference", "shift"] == 0).all()
    fits = pd.read_csv(out / "tables" / "prior_fits.csv")
    assert fits["how"].tolist()[0] == "sampled"
    assert len(pd.read_csv(out / "tables" / "power_scaling.csv")) == (rows["prior"] == "reference").sum()
    drawn = {path.stem for path in (out / "figures").iterdir()}
    assert {path.name for path in (out / "figures").iterdir()} == {
        f"{name}.{ending}" for name in drawn for ending in ("svg", "pdf", "png")
    }
    assert "tipping_of_another" not in drawn
    assert any(name.startswith("tipping_") for name in drawn)
    assert (out / "mine.txt").exists()
    kept = {path.stem for path in (out / "tables").iterdir()}
    assert kept == {"prior_comparison", "prior_sets", "prior_fits", "power_scaling", "bayes_factors"}
    for name in kept:
        assert set(pd.read_csv(out / "tables" / f"{name}.csv")["data"]) == {"synthetic"}
        text = (out / "tables" / f"{name}.tex").read_text("utf-8")
        assert text.startswith("% \\usepackage{booktabs}")
        assert "\n% SYNTHETIC DATA:" in text
        assert f"\\label{{tab:{name}}}" in text
    assert re.search(r"& reweighted, k ", (out / "tables" / "prior_comparison.tex").read_text("utf-8"))
    assert list((out / "figures").glob("priors_*.svg"))
    assert list((out / "figures").glob("varied_prognostic_sd_*.svg"))
    factors = pd.read_csv(out / "tables" / "bayes_factors.csv", keep_default_na=False, na_values=["nan", ""])
    known = factors[factors["null"] == "prognostic_slope (ancova)"].set_index("prior")
    # The wider the prior of the slope, the better the null fares.
    assert known.loc[["prognostic_sd=1", "prognostic_sd=2", "prognostic_sd=5"], "factor"].is_monotonic_increasing
    odds = 0.5 * known["factor"]
    assert known["probability"].tolist() == pytest.approx((odds / (1 + odds)).tolist())
    assert factors.loc[factors["null"].str.startswith("symptom_change"), "factor"].isna().all()
    assert re.search("No Bayes factor of symptom_change [^:]*under any of the sets:", " ".join(printed.split()))


def test_a_hyperparameter_that_is_not_ends_with_2(command, tmp_path):
    out = tmp_path / "out"
    for vary, told in (
        ("prognostik_sd=1", "found 'prognostik_sd'; did you mean 'prognostic_sd'? Others are"),
        ("nonsense=1", "--vary: a parameter of the main prior set with one of its hyperparameters is required"),
        ("prognostic_sd", "--vary: NAME=V1,V2"),
    ):
        code, _, err = command(
            "compare-priors", example_path(), "--model", "symptom_change", "--vary", vary, "--out", out
        )
        assert code == 2
        assert told in err
    assert not out.exists()


def test_what_is_asked_of_a_null_or_a_tip_is_checked_before_sampling(command, tmp_path):
    for words, told in (
        (("--null", "prognostik=0"), "did you mean 'prognostic'"),
        (("--null", "prognostic"), "NAME=VALUE"),
        (("--tipping", "symptom_change=intercep"), "did you mean 'intercept'"),
    ):
        code, _, err = command("compare-priors", example_path(), "--model", "symptom_change", *words)
        assert code == 2
        assert told in err
        assert " done" not in err


def test_the_joint_model_is_compared_by_leaving_one_out(command, tmp_path):
    out = tmp_path / "out"
    words = ["--model", "joint_change", "--prior", "reference", "--vary", "parallel_sd=2", "--out", out]
    code, printed, err = command("compare-priors", example_path(), *words)
    assert code == 0, err
    assert "Leave-one-out cross-validation of 116 participants" in printed
    assert "The data do not tell these priors apart" in printed
    loo = pd.read_csv(out / "tables" / "prior_loo.csv")
    assert loo["how"].tolist() == ["sampled", "reweighted"]
    assert loo["weight"].sum() == pytest.approx(1)
    assert abs(loo["difference"][1]) < 1
