"""What a test cell calls: pure functions that return in silence or raise ``ClaimFailed``."""
