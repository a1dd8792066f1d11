"""One mixed regression of the change of the score, in one process from start to end: python THIS DATA.csv CORES."""

import sys

import bambi
import pandas as pd

if __name__ == "__main__":
    data = pd.read_csv(sys.argv[1])
    model = bambi.Model("dy ~ m0 + y0 + age + sex + (1|intensity) + (1|clinic)", data)
    print(
        model.fit(
            draws=1000,
            tune=1000,
            chains=4,
            cores=int(sys.argv[2]),
            random_seed=1,
            inference_method="nutpie",
            progressbar=False,
        )
    )
