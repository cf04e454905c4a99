import pytest
from . import broken, racing
from .test_broken_stores import *
import inspect, json
def test_disc():
    import time
    out=[]
    rooms=[ArchiveLaws,ClaimLaws,DeliveryLaws,VersionLaws,RestoreLaws,KeyLaws,EventLaws,GuardLaws]
    old={o for o,_,_ in FAULTS}
    names=[c for n,c in vars(broken).items() if inspect.isclass(c) and issubclass(c,broken.Broken) and c is not broken.Broken and c not in old]
    for c in names:
        found={r.__name__: sorted(broken_laws(r,c)) for r in rooms}
        out.append((c.__name__,{k:v for k,v in found.items() if v}))
    names=[c for n,c in vars(racing).items() if inspect.isclass(c) and issubclass(c,racing.ManyWriters)]
    for c in names:
        t=time.time()
        found={r.__name__: sorted(broken_laws(r,c)) for r in (GuardLaws,ExclusionLaws,RaceLaws,ConcurrencyLaws,ClaimLaws)}
        out.append((c.__name__,{k:v for k,v in found.items() if v},time.time()-t))
    for o in out: print(json.dumps(o))
