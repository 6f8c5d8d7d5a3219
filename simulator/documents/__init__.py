"""An annex for a prospectus and a page for each cluster, in four formats from one model."""
