/*
 * Writers and keepers of one vault: docs/decisions/0003-prune-without-clocks.md gives the argument, this lets Spin look for a hole in it.
 *
 * One chunk stands for all. Every pack holds it, so a snapshot restores as long as one pack is left. Each statement outside an `atomic` is one operation
 * on the store; between two of them anything may happen to the others, and a process that is never scheduled again was killed there or
 * sleeps for a week. A keeper may fence a session at any time, as if every clock were wrong.
 *
 * Each of the definitions below breaks one rule of the protocol; `scripts/test-models` expects Spin to find the loss that follows:
 *   SESSIONS_FIRST        a keeper lists the sessions before it condemns
 *   PACKS_FIRST           a writer lists the packs before what is condemned
 *   KEEPER_PACKS_FIRST    a keeper lists the packs before what is condemned
 *   SNAPSHOTS_FIRST       a keeper lists the snapshots before the sessions have ended
 *   OVERWRITING_COMMIT    the store lets a commit replace a tombstone
 *   BLIND_MEND            a fenced writer commits again without looking at its packs
 *   OWN_CONDEMNED_ONLY    a keeper trusts a pack that another keeper has condemned
 *   FORGIVEN_PACKS        a keeper that needs a condemned pack takes back the condemnation instead of copying
 */
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef KEEPERS
#define KEEPERS 2
#endif
#define SESSIONS 5      /* 0: of the snapshot that is there; two for each writer */
#define PACKS 6         /* as bits; the first is there at the start */
#define NONE 0
#define SNAPSHOT 1
#define TOMBSTONE 2
#define FORGOTTEN 3

byte present = 1;                /* packs/ */
byte made = 1;                   /* how many packs were ever made: no name comes twice */
byte snapshots[SESSIONS];        /* snapshots/ */
byte sessions;                   /* sessions/, as bits */
byte condemned[2];               /* condemned/: the packs that each names, 0 where there is no such object */

#define all_condemned (condemned[0] | condemned[1])
#define listed (snapshots[0] == SNAPSHOT || snapshots[1] == SNAPSHOT || snapshots[2] == SNAPSHOT || snapshots[3] == SNAPSHOT || snapshots[4] == SNAPSHOT)
#define fence(s) if :: (awaited & (1 << s)) && snapshots[s] == NONE -> snapshots[s] = TOMBSTONE :: else fi
#define whole assert(!listed || present != 0)

/* Puts a new pack; which one is left in `which`. A run that needs more packs than there are goes no further. */
inline put_pack(which) {
    atomic { made < PACKS; which = 1 << made; made++; present = present | which }
}

inline some_bit(from, which) {
    if
    :: (from & 1) -> which = 1
    :: (from & 2) -> which = 2
    :: (from & 4) -> which = 4
    :: (from & 8) -> which = 8
    :: (from & 16) -> which = 16
    :: (from & 32) -> which = 32
    fi
}

/* What a session may use: packs that are there and that nothing has condemned. Two operations, in this order. */
inline look() {
#ifdef PACKS_FIRST
    there = present;
    atomic { there = there & ~all_condemned }
#else
    there = all_condemned;
    atomic { there = present & ~there }
#endif
}

proctype writer(byte me) {
    byte there, used;
    bool mended;
    sessions = sessions | (1 << me);
    look();
    if
    :: there -> atomic { some_bit(there, used); there = 0 }
    :: else -> put_pack(used)
    fi;
commit:
    atomic {
        if
#ifdef OVERWRITING_COMMIT
        :: true -> snapshots[me] = SNAPSHOT; whole; goto done
#else
        :: snapshots[me] == NONE -> snapshots[me] = SNAPSHOT; whole; goto done
        :: else
#endif
        fi;
        /* A keeper has ended this session. The writer goes on under another, once. */
        if
        :: mended -> goto done
        :: else -> mended = true; me++
        fi
    };
    sessions = sessions | (1 << me);
    look();
    atomic {
        if
#ifdef BLIND_MEND
        :: true -> there = 0; goto commit
#else
        :: used & there -> there = 0; goto commit
        :: else
#endif
        fi;
        if :: snapshots[me] == NONE -> snapshots[me] = TOMBSTONE :: else fi
    };
done:
    atomic { there = 0; used = 0; mended = false; me = 0 }
}

proctype keeper(byte me) {
    byte there, awaited, dead, owner = me;
    bool live;
    if
    :: me == 0 -> snapshots[0] = FORGOTTEN
    :: true
    fi;
#ifdef SESSIONS_FIRST
    awaited = sessions;
#endif
    /* What it condemns is its own choice: whatever it takes for dead or worth moving, nothing may be lost. */
    atomic {
        if
        :: present -> some_bit(present, dead); condemned[me] = dead
        :: else -> goto done
        fi
    };
sweep:
#ifdef SESSIONS_FIRST
    if :: owner != me -> awaited = sessions :: else fi;
#else
    awaited = sessions;
#endif
#ifdef SNAPSHOTS_FIRST
    live = listed;
#endif
    /* Each of them has ended, or is ended here; a keeper that waits instead is one that is not scheduled. */
    atomic { fence(1); fence(2); fence(3); fence(4) };
    atomic { sessions = sessions & ~awaited; awaited = 0 };
#ifndef SNAPSHOTS_FIRST
    live = listed;
#endif
look_again:
#ifdef KEEPER_PACKS_FIRST
    there = present;
    atomic { there = there & ~all_condemned;
#else
#ifdef OWN_CONDEMNED_ONLY
    there = dead;
#else
    there = all_condemned;
#endif
    atomic { there = present & ~there;
#endif
        if
        :: live && !there -> goto rescue
        :: else -> there = 0
        fi
    };
    atomic { present = present & ~dead; whole };
    condemned[owner] = 0;
    goto next;
rescue:
#ifdef FORGIVEN_PACKS
    condemned[owner] = 0;
#else
    atomic {
        if
        :: present & dead -> made < PACKS; present = present | (1 << made); made++; goto look_again
        :: else        /* another keeper was here before; the next prune looks again */
        fi
    };
#endif
next:
    /* Then what another keeper has condemned and not swept, as after its death. */
    atomic {
        live = false;
        if
        :: owner == me -> owner = 1 - me; dead = condemned[owner]; if :: dead -> goto sweep :: else fi
        :: else
        fi
    };
done:
    atomic { dead = 0; owner = 0; me = 0 }
}

init {
    atomic {
        snapshots[0] = SNAPSHOT;
        run writer(1);
        run keeper(0);
        if :: WRITERS == 2 -> run writer(3) :: else fi;
        if :: KEEPERS == 2 -> run keeper(1) :: else fi
    }
}
