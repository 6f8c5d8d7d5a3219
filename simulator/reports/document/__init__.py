"""Documents for a prospectus: one model, a renderer for each format."""
