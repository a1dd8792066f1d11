# Models of several changes in brms, in one process that does what it is told on its standard input:
#
#   compile DATA.csv DESIGN       DESIGN is "plain" (changes of marker and score, covariates), "pooled" (groups and sites
#                                 besides) or "visits" (changes of the score to four visits, by arm, given the baseline)
#   sample SEED CORES OUT.csv     4 chains of 2,000 iterations, half of them warm-up
#   refit SEED CORES OUT.csv      the same under another prior, as update() does it
#
# Every answer is one line: "done", seconds, seconds by the sampler's own clock (those of the slowest core), divergences.

options(warn = -1)
suppressPackageStartupMessages(library(brms))
# Some distributions keep the headers of Boost beside those of the system.
if (dir.exists("/usr/include/boost")) rstan::rstan_options(boost_lib = "/usr/include")

answer <- function(seconds, own = 0, divergences = 0) {
  cat("done", seconds, own, divergences, "\n")
  flush(stdout())
}

normal <- function(mean, sd) sprintf("normal(%g, %g)", mean, sd)
slope <- function(response, name, mean, sd) set_prior(normal(mean, sd), class = "b", coef = name, resp = response)

visits <- c("d1", "d2", "d3", "d4")

# Those of the prior set "reference", wherever both models have the parameter.
priors <- function(design) {
  if (design == "visits") {
    of_visit <- function(response) {
      set_prior(normal(0, 15), class = "Intercept", resp = response) +
        slope(response, "base", -0.2, 0.4) + slope(response, "arm", 0, 5) +
        set_prior(normal(0, 12), class = "sigma", resp = response)
    }
    return(Reduce(`+`, lapply(visits, of_visit)) + set_prior("lkj(2)", class = "rescor"))
  }
  of <- function(response, change, m0, y0, covariate, pooled, sigma) {
    all <- set_prior(normal(0, change), class = "Intercept", resp = response) +
      slope(response, "m0", m0[1], m0[2]) + slope(response, "y0", y0[1], y0[2]) +
      slope(response, "age", 0, covariate) + slope(response, "sex", 0, covariate) +
      set_prior(normal(0, sigma), class = "sigma", resp = response)
    if (design == "pooled") all <- all + set_prior(normal(0, pooled), class = "sd", resp = response)
    all
  }
  of("dm", 0.5, c(-0.2, 0.4), c(0, 0.03), 0.5, 0.3, 0.7) +
    of("dy", 15, c(0, 2.5 / log(2)), c(-0.2, 0.4), 2.5, 2, 10) +
    set_prior("lkj(2)", class = "rescor")
}

formulas <- function(design) {
  if (design == "visits") {
    return(Reduce(`+`, lapply(visits, function(response) bf(paste(response, "~ base + arm")))) + set_rescor(TRUE))
  }
  terms <- "m0 + y0 + age + sex"
  if (design == "pooled") terms <- paste(terms, "+ (1 | intensity) + (1 | clinic)")
  bf(paste("dm ~", terms)) + bf(paste("dy ~", terms)) + set_rescor(TRUE)
}

report <- function(fit, seconds, cores, out) {
  write.csv(as.data.frame(posterior::as_draws_df(fit)), out, row.names = FALSE)
  of_chains <- rowSums(rstan::get_elapsed_time(fit$fit))
  # Chains are dealt to the cores in turn.
  own <- max(tapply(of_chains, (seq_along(of_chains) - 1) %% cores, sum))
  answer(seconds, own, rstan::get_num_divergent(fit$fit))
}

elapsed <- function(work) system.time(capture.output(suppressMessages(work)), gcFirst = FALSE)[["elapsed"]]

answer(0)
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) == 1) {
  words <- strsplit(line, " ")[[1]]
  if (words[1] == "compile") {
    design <- words[3]
    data <- read.csv(words[2])
    answer(elapsed(compiled <- brm(formulas(design), data, prior = priors(design), chains = 0)))
  } else {
    seed <- as.integer(words[2])
    cores <- as.integer(words[3])
    seconds <- if (words[1] == "sample") {
      elapsed(fit <- update(
        compiled, recompile = FALSE, chains = 4, iter = 2000, cores = cores, seed = seed, refresh = 0
      ))
    } else {
      # A prior is part of the program, so that another one is compiled anew.
      elapsed(fit <- update(
        compiled, prior = slope("dy", "m0", 0, 0.5 / log(2)), chains = 4, iter = 2000, cores = cores, seed = seed,
        refresh = 0
      ))
    }
    report(fit, seconds, cores, words[4])
  }
}
