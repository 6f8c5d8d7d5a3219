# One cluster's year by R's package actuar: `Rscript benchmarks/one_year.R YEARS`. Prints mean, SD, 95% and 99% quantile.
if (!requireNamespace("actuar", quietly = TRUE)) {
  cat("R is there, its package actuar is not\n", file = stderr())
  quit(status = 1)
}
suppressMessages(library(actuar))
years <- as.integer(commandArgs(trailingOnly = TRUE)[1])
set.seed(1)
log_sd <- sqrt(log1p(1.6^2))
# Some 6,000,000 costs at a time, so that memory holds them, as numpy's are drawn.
sizes <- c(rep(1000, years %/% 1000), years %% 1000)
totals <- unlist(lapply(sizes[sizes > 0], function(some) {
  rcompound(some, rnbinom(size = 2000, prob = 0.25), rlnorm(log(1800) - log_sd^2 / 2, log_sd))
}))
cat(format(c(mean(totals), sd(totals), quantile(totals, c(0.95, 0.99))), digits = 15), "\n")
