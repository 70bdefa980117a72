"""ZVT as bytes and frozen values: frames, fields, texts and words; no sockets, no decisions."""
