"""The process at a gate: it reads codes, opens with the centre or without it, and tells later."""
