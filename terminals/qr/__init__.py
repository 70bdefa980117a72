"""Guest codes: signed, small, drawn as QR; on a phone for minutes, on a card until taken back."""
