# One mixed regression of the change of the score, in one process from start to end: Rscript THIS DATA.csv CORES

arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(rstanarm))
data <- read.csv(arguments[1])
fit <- stan_lmer(dy ~ m0 + y0 + age + sex + (1 | intensity) + (1 | clinic), data, chains = 4, iter = 2000,
                 cores = as.integer(arguments[2]), seed = 1, refresh = 0)
print(fit)
