"""The command that compares priors, as its user meets it."""

import pandas as pd

from cochange.data.simulate import example_path


def test_it_prints_and_writes_the_comparison(command, tmp_path):
    out = tmp_path / "out"
    words = ["--model", "symptom_change", "--prior", "reference", "--prior", "sceptical"]
    code, printed, err = command("compare-priors", example_path(), *words, "--vary", "prognostic_sd=1,5", "--out", out)
    assert code == 0, err
    for text in ("Change of MADRS per doubling of baseline IL-6", "prognostic_sd=5", "Power-scaling of reference"):
        assert text in printed
    rows = pd.read_csv(out / "tables" / "prior_comparison.csv")
    assert set(rows["prior"]) == {"reference", "sceptical", "prognostic_sd=1", "prognostic_sd=5"}
    assert (rows.loc[rows["prior"] == "reference", "shift"] == 0).all()
    fits = pd.read_csv(out / "tables" / "prior_fits.csv")
    assert fits["how"].tolist()[0] == "sampled"
    assert len(pd.read_csv(out / "tables" / "power_scaling.csv")) == (rows["prior"] == "reference").sum()
    assert list((out / "figures").glob("priors_*.svg"))


def test_a_hyperparameter_that_is_not_ends_with_2(command, tmp_path):
    out = tmp_path / "out"
    for vary, told in (("prognostik_sd=1", "did you mean 'prognostic_sd'"), ("prognostic_sd", "NAME=V1,V2")):
        code, _, err = command(
            "compare-priors", example_path(), "--model", "symptom_change", "--vary", vary, "--out", out
        )
        assert code == 2
        assert told in err
    assert not out.exists()
