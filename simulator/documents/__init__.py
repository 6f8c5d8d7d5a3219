"""An annex for a prospectus and a page for each cluster, in five formats from one model."""
