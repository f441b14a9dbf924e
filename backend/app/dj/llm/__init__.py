"""Join proposals by a language model: prompt, parsing, validation."""
