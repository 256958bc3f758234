"""What a photo may be at most. Source: the first release's requirements (20 MB, 50 megapixels)."""

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
