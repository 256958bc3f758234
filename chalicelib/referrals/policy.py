"""The business numbers of referrals. Source: requirements part 8 and the promise of the share page; what they leave
open is ours, and says so."""

from datetime import timedelta

#: Ours: ten letters of 31 are 49 bits. At the caps on claims nobody guesses one in a thousand years; without 0, 1, i, l
#: and o they can be read aloud and typed.
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10

#: How long a claim waits for its person to sign in, on whatever device; then the number's hash is deleted.
CLAIM_FOR = timedelta(days=30)
#: Between qualifying and the reward: time to see that something is wrong.
HOLD_FOR = timedelta(days=14)
#: More claims than these of one inviter are looked at by a manager: within (window, at most).
VELOCITY = ((timedelta(days=1), 5), (timedelta(days=30), 20))
#: Ours: caps against abuse of the public page are counted by the hour.
CAP_WINDOW = timedelta(hours=1)
#: Ours: how long it is kept what became of a referral that came to nothing.
KEEP_VOID = timedelta(days=180)
#: The words that a person agrees to; another text is another version, and each claim keeps which one it was.
CONSENT = "2026-11-25"
