"""Copy an uploaded picture in a confined process."""
