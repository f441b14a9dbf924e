"""Draw cards and thumbnails, and render a mix's film."""
