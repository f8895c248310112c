"""Versions and object locks of the strict S3 server, as AWS documents them."""

import datetime
import re
import time
import urllib.parse
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from strict_bucket import LOCK, Refusal


class Locks:
    """The part of a request's handler that knows of them."""

    def now(self):
        return time.time()

    def bypasses(self):
        return (self.headers.get("x-amz-bypass-governance-retention") or "").lower() == "true"

    def retention_asked(self, operation):
        """The lock that a request asks for, as far as it can be read; its rights are judged before its form."""
        if operation in ("Put", "CreateUpload"):
            mode, until = self.headers.get("x-amz-object-lock-mode"), self.headers.get("x-amz-object-lock-retain-until-date")
        elif operation == "PutRetention":
            try:
                root = ElementTree.fromstring(self.body)
            except ElementTree.ParseError:
                return None
            mode, until = root.findtext("{*}Mode"), root.findtext("{*}RetainUntilDate")
        else:
            return None
        try:
            return {"mode": mode, "until": datetime.datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp()} if mode else None
        except (ValueError, AttributeError):
            return None

    def lock_rights(self, operation, conditions):
        """The rights that a request needs besides its own; adds what it asks for to the conditions."""
        rights = []
        asked = self.retention_asked(operation)
        if asked:
            conditions["s3:object-lock-mode"] = asked["mode"]
            conditions["s3:object-lock-remaining-retention-days"] = str((asked["until"] - self.now()) / 86400)
            # To put an object with a lock is to put it and to lock it.
            if operation != "PutRetention":
                rights.append("s3:PutObjectRetention")
        if self.bypasses():
            rights.append("s3:BypassGovernanceRetention")
        return rights

    def lock_headers(self, found):
        if not found["lock"] or not self.may_see_locks:
            return {}
        until = datetime.datetime.fromtimestamp(found["lock"]["until"], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {"x-amz-object-lock-mode": found["lock"]["mode"], "x-amz-object-lock-retain-until-date": until}

    def require_lock_configuration(self):
        if not self.bucket.options["object_lock"]:
            raise Refusal(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")

    def require_checksum(self):
        if not any(h.lower() in ("content-md5", "x-amz-sdk-checksum-algorithm") for h in self.headers):
            raise Refusal(400, "InvalidRequest", "Content-MD5 OR x-amz-sdk-checksum-algorithm HTTP header is required for Put Object requests with Object Lock parameters")

    def sound_lock(self, asked):
        if asked is None or asked["mode"] not in ("GOVERNANCE", "COMPLIANCE"):
            raise Refusal(400, "InvalidArgument", "Unknown wormMode directive, or a date that is not in ISO 8601 format.")
        if asked["until"] <= self.now():
            raise Refusal(400, "InvalidArgument", "The retain until date must be in the future!")
        return asked

    def lock_of_request(self):
        if self.headers.get("x-amz-object-lock-mode") is None and self.headers.get("x-amz-object-lock-retain-until-date") is None:
            return None
        self.require_lock_configuration()
        if self.operation() == "Put":
            self.require_checksum()
        return self.sound_lock(self.retention_asked(self.operation()))

    def on_GetRetention(self):
        self.require_lock_configuration()
        lock = self.found()["lock"]
        if not lock:
            raise Refusal(404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")
        until = datetime.datetime.fromtimestamp(lock["until"], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.xml("Retention", f"<Mode>{lock['mode']}</Mode><RetainUntilDate>{until}</RetainUntilDate>")

    def on_PutRetention(self):
        self.require_lock_configuration()
        self.checked_checksums()
        if not any(h.lower() == "content-md5" or h.lower().startswith("x-amz-checksum-") for h in self.headers):
            raise Refusal(400, "InvalidRequest", "Missing required header for this request: Content-MD5")
        try:
            is_removal = len(ElementTree.fromstring(self.body)) == 0
        except ElementTree.ParseError:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
        asked = None if is_removal else self.sound_lock(self.retention_asked("PutRetention"))
        with LOCK:
            found = self.found()
            lock = found["lock"]
            if lock and lock["until"] > self.now():
                is_weaker = asked is None or asked["until"] < lock["until"] or (lock["mode"] == "COMPLIANCE" and asked["mode"] != "COMPLIANCE")
                if is_weaker and not (lock["mode"] == "GOVERNANCE" and self.bypasses()):
                    raise Refusal(403, "AccessDenied", "Access Denied because object protected by object lock.")
            found["lock"] = asked
        self.answer(200, b"", {})

    def require_no_rule(self, versions):
        """Stores whose locks are rules of the bucket refuse to delete and replace, each in words of its own."""
        code = self.bucket.options["worm"]
        if code and versions and re.search(self.bucket.options["worm_keys"], self.key):
            raise Refusal(409, code, "The object is locked by a rule of the bucket.")

    def require_unlocked(self, candidate):
        lock = candidate["lock"]
        if lock and lock["until"] > self.now() and not (lock["mode"] == "GOVERNANCE" and self.bypasses()):
            raise Refusal(403, "AccessDenied", "Access Denied because object protected by object lock.")

    def on_versions(self):
        query = self.query
        prefix = query.get("prefix", "")
        limit = min(int(query.get("max-keys", 1000)), self.bucket.options["page"], 1000)
        after = (query.get("key-marker", ""), query.get("version-id-marker", ""))
        encode = (lambda k: urllib.parse.quote_plus(k, safe="/-_.~*")) if query.get("encoding-type") == "url" else escape
        with LOCK:
            found = []
            for key in sorted((k for k in self.bucket.objects if k.startswith(prefix)), key=lambda k: k.encode()):
                newest = self.bucket.objects[key][-1]
                # Newest first, as AWS lists them.
                found += [(key, v, v is newest) for v in reversed(self.bucket.objects[key])]
            if after[0]:
                at = next((i for i, (k, v, _) in enumerate(found) if k == after[0] and v["id"] == after[1]), None)
                if at is None:
                    found = [f for f in found if f[0].encode() > after[0].encode()]
                else:
                    found = found[at + 1 :]
        page, more = found[:limit], len(found) > limit
        parts = [f"<Name>{escape(self.bucket.name)}</Name><Prefix>{encode(prefix)}</Prefix><IsTruncated>{'true' if more else 'false'}</IsTruncated>"]
        if query.get("encoding-type") == "url":
            parts.append("<EncodingType>url</EncodingType>")
        if more:
            parts.append(f"<NextKeyMarker>{encode(page[-1][0])}</NextKeyMarker><NextVersionIdMarker>{page[-1][1]['id']}</NextVersionIdMarker>")
        if self.bucket.options["markers_last"]:
            page = sorted(page, key=lambda item: item[1]["marker"])
        for key, found, is_latest in page:
            modified = datetime.datetime.fromtimestamp(found["time"], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            common = f"<Key>{encode(key)}</Key><VersionId>{found['id']}</VersionId><IsLatest>{'true' if is_latest else 'false'}</IsLatest><LastModified>{modified}</LastModified>"
            if found["marker"]:
                parts.append(f"<DeleteMarker>{common}</DeleteMarker>")
            else:
                parts.append(f"<Version>{common}<ETag>&quot;{found['etag']}&quot;</ETag><Size>{len(found['bytes'])}</Size><StorageClass>STANDARD</StorageClass></Version>")
        self.xml("ListVersionsResult", "".join(parts))
