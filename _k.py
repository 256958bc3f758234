import logging

logging.disable(logging.CRITICAL)
import sys, time
from tests.durability.test_killed_worker import *
from tests.durability.test_killed_worker import _made, _copied, _lived, _Death

m = _made()
u = _lived(_copied(m))
print("base", time.process_time(), flush=True)


def show(f):
    for k in u:
        if u[k] != f[k]:
            a, b = u[k], f[k]
            if isinstance(a, Counter):
                print(k, "-", a - b, "+", b - a)
            elif isinstance(a, dict):
                print(k, {x: (a.get(x), b.get(x)) for x in set(a) | set(b) if a.get(x) != b.get(x)})
            else:
                print(k, str(a)[:1500], "|||", str(b)[:1500])


t = _copied(m)
f = _lived(t, lambda: _Death(0), after=True)
print("after", t.lives, time.process_time())
show(f)
print(t.provider.doubled(), flush=True)
for when in ("before", "after"):
    t = _copied(m)
    seen = set()

    def die(message):
        known = (message.token.rpartition(".")[0], message.channel, message.to)
        if known not in seen:
            seen.add(known)
            raise Killed

    setattr(t.provider, when, die)
    f = _lived(t)
    print(when, t.lives, len(seen), time.process_time())
    show(f)
    print(t.provider.doubled(), flush=True)
t = _copied(m)
f = _lived(t, lambda: _Death(1))
print("before write", t.lives, time.process_time())
show(f)
print(t.provider.doubled(), flush=True)
