"""What the strict S3 server keeps: buckets, objects, users and their policies."""

import fnmatch
import hashlib
import threading
import time
import uuid

LOCK = threading.RLock()


class Bucket:
    """Objects by key, each a list of versions, oldest first; and how the bucket misbehaves."""

    def __init__(self, name):
        self.name = name
        self.objects = {}
        self.uploads = {}
        self.options = {
            "region": "us-east-1",
            "versioning": False,
            "object_lock": False,
            # A rule of the bucket keeps everything: the code with which a delete is refused.
            "worm": None,
            # Which keys that rule is about, as a pattern.
            "worm_keys": "",
            # Bytes in all; null: no limit.
            "quota": None,
            # If-None-Match is passed over, as some stores do.
            "forgets_conditions": False,
            # Whether checksums in headers are verified and given back; "refuses": a header it does not know is an error.
            "checksums": True,
            # "md5", or "opaque", as with some kinds of encryption at rest.
            "etag": "md5",
            # Seconds that its clock is ahead.
            "clock": 0,
            # Seconds before each answer; bytes a second, in all.
            "latency": 0,
            "bandwidth": None,
            # Keys of one page at most.
            "page": 1000,
            # Lists in another order than that of the bytes, or passes over ranges.
            "unsorted": False,
            # Of versions: those of a page first, then its markers.
            "markers_last": False,
            "forgets_ranges": False,
            # After so many requests every session has expired.
            "expires_after": None,
            # What goes wrong: {"kind", "at": number of the request from 0 on, "times", "method", "key", "retry_after"}.
            "faults": [],
        }
        self.log = []
        self.busy_until = 0.0

    def newest(self, key):
        versions = self.objects.get(key)
        return versions[-1] if versions and not versions[-1]["marker"] else None

    def size(self):
        return sum(len(v["bytes"]) for versions in self.objects.values() for v in versions) + sum(
            len(p["bytes"]) for u in self.uploads.values() for p in u["parts"].values()
        )

    def age_locks(self, seconds):
        """Lets every lock end so much earlier: time passes for them alone."""
        for versions in self.objects.values():
            for found in versions:
                if found["lock"]:
                    found["lock"] = {**found["lock"], "until": found["lock"]["until"] - seconds}

    def described_versions(self):
        return [
            {
                "key": key,
                "id": v["id"],
                "marker": v["marker"],
                "bytes": len(v["bytes"]),
                "mode": v["lock"]["mode"] if v["lock"] else None,
                "until": v["lock"]["until"] if v["lock"] else None,
            }
            for key, versions in sorted(self.objects.items())
            for v in versions
        ]

    def pass_bytes(self, count):
        """Waits as long as a line of the bucket's bandwidth would take."""
        rate = self.options["bandwidth"]
        if not rate or not count:
            return
        with LOCK:
            start = max(time.monotonic(), self.busy_until)
            self.busy_until = start + count / rate
            wait = self.busy_until - time.monotonic()
        time.sleep(max(0, wait))


class Refusal(Exception):
    def __init__(self, status, code, message, headers=None, **fields):
        super().__init__(code)
        self.status, self.code, self.message, self.headers, self.fields = status, code, message, headers or {}, fields


class Cut(Exception):
    """The connection ends here."""


def version(data, etag=None, marker=False):
    return {
        "id": uuid.uuid4().hex,
        "bytes": data,
        "etag": etag or hashlib.md5(data).hexdigest(),
        "time": time.time(),
        "marker": marker,
        "lock": None,
    }


def allows(user, action, bucket, key, conditions):
    """What the user's policy says; without one everything is allowed."""
    if user.get("policy") is None:
        return True
    resource = "arn:aws:s3:::" + bucket + ("" if key is None else "/" + key)
    allowed = False
    for statement in user["policy"]["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if not any(fnmatch.fnmatchcase(action, a) for a in actions) or not any(fnmatch.fnmatchcase(resource, r) for r in resources):
            continue
        if not meets(statement.get("Condition", {}), conditions):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed


def meets(wanted, conditions):
    for operator, tests in wanted.items():
        for name, values in tests.items():
            values = values if isinstance(values, list) else [values]
            found = conditions.get(name)
            if operator == "StringEquals":
                if found not in values:
                    return False
            elif operator in ("NumericGreaterThan", "NumericLessThan"):
                # A key that is not there meets no such condition.
                if found is None or not any(float(found) > float(v) if operator == "NumericGreaterThan" else float(found) < float(v) for v in values):
                    return False
            elif operator == "StringLike":
                if found is None or not any(fnmatch.fnmatchcase(found, v) for v in values):
                    return False
            elif operator == "Null":
                if (found is None) != (str(values[0]).lower() == "true"):
                    return False
            else:
                raise Refusal(500, "UnknownCondition", operator)
    return True
