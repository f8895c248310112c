"""A strict S3 server for the tests: it holds clients to the protocol, and does wrong what a test tells it to do wrong.

    strict_s3.py PORTFILE [CERTIFICATE KEY]   serves on a free loopback port, which it writes to PORTFILE; with TLS where named

What it is strict about: signatures and payload hashes, checksums and Content-MD5, clock skew, regions, conditions, ranges,
multipart uploads, versions and locks, and the policies of its users. Nothing is kept on disk.

Its control side, for tests alone, is JSON below /_control/: PUT /_control/bucket/NAME makes a bucket or changes its options, GET
tells what was asked of it, DELETE forgets it; PUT /_control/user/KEY makes a user.
"""

import base64
import binascii
import collections
import datetime
import email.utils
import hashlib
import hmac
import http.server
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import uuid
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from strict_bucket import LOCK, Bucket, Cut, Refusal, allows, version
from strict_locks import Locks

BUCKETS = {}
USERS = {}
SKEW_LIMIT = 900
SMALLEST_PART = 5 << 20


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


CHECKSUMS = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "crc32": lambda data: struct.pack(">I", binascii.crc32(data)),
}


class Handler(Locks, http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "strict-s3"
    timeout = 120

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + getattr(self, "clock", 0), usegmt=True)

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except Cut:
            self.reset()
        except (ConnectionError, TimeoutError, ssl.SSLError):
            self.close_connection = True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        try:
            self.connection.close()
        except OSError:
            pass

    def do(self):
        self.clock = 0
        path, _, query = self.path.partition("?")
        if path.startswith("/_control/"):
            return self.control(path)
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        host = self.headers.get("host", "").rsplit(":", 1)[0]
        name, key = urllib.parse.unquote(path, errors="strict").lstrip("/").partition("/")[::2]
        if host.endswith(".localhost"):
            name, key = host[: -len(".localhost")], urllib.parse.unquote(path, errors="strict")[1:]
        self.bucket = BUCKETS.get(name)
        self.key = key or None
        self.fault = None
        self.body = None
        try:
            if self.bucket is None:
                self.take_body()
                self.authenticate("us-east-1")
                raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=name)
            self.clock = self.bucket.options["clock"]
            self.begin()
            self.take_body()
            user = self.authenticate(self.bucket.options["region"])
            self.misbehave()
            self.perform(user)
        except Refusal as refusal:
            self.refuse(refusal)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do

    # What a test asks for

    def control(self, path):
        kind, name = path.split("/")[2:4]
        data = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or "{}")
        with LOCK:
            if kind == "user":
                USERS[name] = data
                answer = {}
            elif self.command == "PUT":
                bucket = BUCKETS.setdefault(name, Bucket(name))
                unknown = set(data) - set(bucket.options) - {"objects", "forget_log", "age_uploads", "age_locks"}
                if unknown:
                    raise ValueError(f"unknown options {unknown}")
                if data.pop("forget_log", False):
                    bucket.log = []
                for upload in bucket.uploads.values():
                    upload["time"] -= data.get("age_uploads", 0)
                data.pop("age_uploads", None)
                bucket.age_locks(data.pop("age_locks", 0))
                for key, text in data.pop("objects", {}).items():
                    bucket.objects[key] = [version(text.encode())]
                bucket.options.update(data)
                for fault in bucket.options["faults"]:
                    fault.setdefault("times", 1)
                answer = {}
            elif self.command == "DELETE":
                BUCKETS.pop(name, None)
                answer = {}
            else:
                bucket = BUCKETS[name]
                answer = {
                    "requests": bucket.log,
                    "counts": collections.Counter(entry["operation"] for entry in bucket.log),
                    "bytes": bucket.size(),
                    "uploads": len(bucket.uploads),
                    "keys": sorted(k for k in bucket.objects if bucket.newest(k)),
                    "busy": getattr(self.server, "most_at_once", 0),
                    "versions": bucket.described_versions(),
                }
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    # One request

    def operation(self):
        query = self.query
        if self.key is None:
            for name in ("versioning", "object-lock", "uploads", "location", "versions"):
                if name in query:
                    return "Get:" + name
            return {"GET": "List", "HEAD": "HeadBucket"}.get(self.command, self.command)
        if "retention" in query:
            return {"GET": "GetRetention", "PUT": "PutRetention"}.get(self.command, self.command)
        if "uploads" in query:
            return "CreateUpload"
        if "uploadId" in query:
            return {"PUT": "UploadPart", "POST": "CompleteUpload", "DELETE": "AbortUpload"}.get(self.command, self.command)
        return {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head"}.get(self.command, self.command)

    def begin(self):
        """Counts the request and finds out whether it is to go wrong."""
        options = self.bucket.options
        with LOCK:
            number = len(self.bucket.log)
            asked = {"operation": self.operation(), "key": self.key, "range": self.headers.get("range")}
            self.bucket.log.append(asked | {"prefix": self.query.get("prefix")})
            for fault in options["faults"]:
                if fault["times"] == 0 or ("at" in fault and number < fault["at"]):
                    continue
                if fault.get("method", self.command) != self.command or not re.search(fault.get("key", ""), self.key or ""):
                    continue
                if fault.get("operation", self.operation()) != self.operation():
                    continue
                fault["times"] -= 1
                self.fault = fault
                break
            expires = options["expires_after"]
            self.has_expired = expires is not None and number >= expires
        if options["latency"]:
            time.sleep(options["latency"])

    def take_body(self):
        if "transfer-encoding" in self.headers or (self.headers.get("content-encoding") or "").startswith("aws-chunked"):
            self.close_connection = True
            raise Refusal(501, "NotImplemented", "Chunked uploads are not taken here.")
        length = int(self.headers.get("content-length") or 0)
        if self.fault and self.fault["kind"] == "reset" and length:
            self.rfile.read(min(length // 2, 1 << 20))
            raise Cut()
        if self.bucket:
            self.bucket.pass_bytes(length)
        self.body = self.rfile.read(length)
        if len(self.body) != length:
            raise Cut()

    def misbehave(self):
        kind = self.fault and self.fault["kind"]
        after = {"Retry-After": str(self.fault["retry_after"])} if kind and "retry_after" in self.fault else {}
        if kind in ("reset", "silent"):
            raise Cut()
        if kind == "slowdown":
            raise Refusal(503, "SlowDown", "Please reduce your request rate.", after)
        if kind == "too_many":
            raise Refusal(429, "TooManyRequests", "Too many requests.", after)
        if kind == "error":
            raise Refusal(500, "InternalError", "We encountered an internal error. Please try again.", after)
        if kind == "unavailable":
            raise Refusal(503, "ServiceUnavailable", "Service is unable to handle request.", after)
        if kind == "conflict":
            raise Refusal(409, "ConditionalRequestConflict", "A conflicting operation occurred during the request.")
        if kind in ("denied", "echo"):
            raise Refusal(403, "AccessDenied", "Access Denied" if kind == "denied" else self.headers["authorization"])

    def authenticate(self, region):
        text = self.headers.get("authorization")
        if not text:
            raise Refusal(403, "AccessDenied", "Anonymous requests are not taken here.")
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/s3/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
            text,
        )
        if not found:
            raise Refusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
        access, day, signed_region, names, signature = found.groups()
        user = USERS.get(access)
        if user is None:
            raise Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        if signed_region != region:
            raise Refusal(
                400,
                "AuthorizationHeaderMalformed",
                f"The authorization header is malformed; the region '{signed_region}' is wrong; expecting '{region}'",
                Region=region,
            )
        stamp = self.headers.get("x-amz-date", "")
        now = time.time() + self.clock
        try:
            told = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            raise Refusal(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
        if abs(told - now) > SKEW_LIMIT:
            raise Refusal(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                RequestTime=stamp,
                ServerTime=datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
        signed = names.split(";")
        must = {"host"} | {h.lower() for h in self.headers if h.lower().startswith("x-amz-")}
        if not must <= set(signed) or signed != sorted(signed):
            raise Refusal(403, "AccessDenied", "There were headers present in the request which were not signed")
        payload = self.headers.get("x-amz-content-sha256", "")
        if payload == "UNSIGNED-PAYLOAD":
            raise Refusal(400, "InvalidRequest", "Unsigned payloads are not taken here.")
        lines = [f"{n}:{' '.join((self.headers.get(n) or '').split())}\n" for n in signed]
        path = quote(urllib.parse.unquote(self.path.partition("?")[0]), "/-_.~")
        query = "&".join(sorted(f"{quote(k)}={quote(v)}" for k, v in self.query.items()))
        canonical = "\n".join([self.command, path, query, "".join(lines), names, payload])
        scope = f"{day}/{region}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + user["secret"]).encode()
        for part in (day, region, "s3", "aws4_request"):
            key = sign(key, part)
        if stamp[:8] != day or not hmac.compare_digest(sign(key, to_sign).hex(), signature):
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
                AWSAccessKeyId=access,
                StringToSign=to_sign,
            )
        if user.get("token") != self.headers.get("x-amz-security-token"):
            raise Refusal(403, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        if user.get("expired") or (getattr(self, "has_expired", False) and user.get("token") and not user.get("fresh")):
            raise Refusal(400, "ExpiredToken", "The provided token has expired.")
        if hashlib.sha256(self.body).hexdigest() != payload:
            raise Refusal(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
        return user

    RIGHTS = {
        "List": "s3:ListBucket",
        "HeadBucket": "s3:ListBucket",
        "Get:versioning": "s3:GetBucketVersioning",
        "Get:object-lock": "s3:GetBucketObjectLockConfiguration",
        "Get:uploads": "s3:ListBucketMultipartUploads",
        "Get:location": "s3:GetBucketLocation",
        "Get:versions": "s3:ListBucketVersions",
        "GetRetention": "s3:GetObjectRetention",
        "PutRetention": "s3:PutObjectRetention",
        "Get": "s3:GetObject",
        "Head": "s3:GetObject",
        "Put": "s3:PutObject",
        "Delete": "s3:DeleteObject",
        "CreateUpload": "s3:PutObject",
        "UploadPart": "s3:PutObject",
        "CompleteUpload": "s3:PutObject",
        "AbortUpload": "s3:AbortMultipartUpload",
    }

    def perform(self, user):
        operation = self.operation()
        if operation not in self.RIGHTS:
            raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        rights = [self.RIGHTS[operation]]
        if "versionId" in self.query and "Retention" not in operation:
            rights[0] += "Version"
        conditions = {"s3:if-none-match": self.headers.get("if-none-match")}
        if operation in ("List", "Get:uploads", "Get:versions"):
            conditions["s3:prefix"] = self.query.get("prefix", "")
        rights += self.lock_rights(operation, conditions)
        for right in rights:
            if not allows(user, right, self.bucket.name, self.key, conditions):
                raise Refusal(403, "AccessDenied", f"User is not authorized to perform: {right}")
        self.may_see_locks = allows(user, "s3:GetObjectRetention", self.bucket.name, self.key, {})
        # Without the right to list, what is not there looks like what may not be seen.
        self.may_list = allows(user, "s3:ListBucket", self.bucket.name, None, {"s3:prefix": self.key or ""})
        getattr(self, "on_" + operation.replace("Get:", "").replace("-", "_"))()

    # Objects

    def checked_checksums(self):
        """Verifies what the request says of its body; gives back the headers of the answer."""
        md5 = self.headers.get("content-md5")
        if md5 is not None:
            try:
                told = base64.b64decode(md5, validate=True)
            except binascii.Error:
                told = b""
            if len(told) != 16:
                raise Refusal(400, "InvalidDigest", "The Content-MD5 you specified is not valid.")
            if told != hashlib.md5(self.body).digest():
                raise Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        answer = {}
        for header in self.headers:
            name = header.lower()
            if not name.startswith("x-amz-checksum-") or name in ("x-amz-checksum-algorithm", "x-amz-checksum-mode"):
                continue
            if self.bucket.options["checksums"] == "refuses":
                raise Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
            if not self.bucket.options["checksums"]:
                continue
            algorithm = CHECKSUMS.get(name[len("x-amz-checksum-") :])
            if algorithm is None:
                raise Refusal(501, "NotImplemented", "This checksum is not known here.")
            if base64.b64encode(algorithm(self.body)).decode() != self.headers[header]:
                raise Refusal(400, "BadDigest", f"The {name} you specified did not match the calculated checksum.")
            answer[name] = self.headers[header]
        return answer

    def check_conditions(self):
        """Under the lock, right before an object takes its name."""
        none, some = self.headers.get("if-none-match"), self.headers.get("if-match")
        if self.bucket.options["forgets_conditions"]:
            return
        found = self.bucket.newest(self.key)
        if none is not None:
            if none != "*":
                raise Refusal(501, "NotImplemented", "Only If-None-Match: * is known.")
            if found:
                raise Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", Condition="If-None-Match")
        if some is not None:
            if not found:
                raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
            if found["etag"] != some.strip('"'):
                raise Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", Condition="If-Match")

    def check_quota(self, count):
        quota = self.bucket.options["quota"]
        if quota is not None and self.bucket.size() + count > quota:
            raise Refusal(403, "QuotaExceeded", "The quota of this bucket is used up.")

    def store(self, data, etag, lock):
        with LOCK:
            self.check_conditions()
            self.require_no_rule(self.bucket.objects.get(self.key))
            self.check_quota(len(data))
            new = version(data, etag)
            new["lock"] = lock
            if self.bucket.options["etag"] == "opaque":
                new["etag"] = uuid.uuid4().hex
            versions = self.bucket.objects.setdefault(self.key, [])
            if not self.bucket.options["versioning"]:
                versions.clear()
                new["id"] = "null"
            versions.append(new)
        if self.fault and self.fault["kind"] == "lost_answer":
            raise Cut()
        return new

    def on_Put(self):
        if "x-amz-copy-source" in self.headers:
            raise Refusal(501, "NotImplemented", "No copies here.")
        checksums = self.checked_checksums()
        new = self.store(self.body, None, self.lock_of_request())
        headers = {"ETag": f'"{new["etag"]}"', **checksums}
        if self.bucket.options["versioning"]:
            headers["x-amz-version-id"] = new["id"]
        self.answer(200, b"", headers)

    def found(self):
        wanted = self.query.get("versionId")
        with LOCK:
            if wanted is not None:
                for candidate in self.bucket.objects.get(self.key, []):
                    if candidate["id"] == wanted:
                        return candidate
                raise Refusal(404, "NoSuchVersion", "The specified version does not exist.")
            found = self.bucket.newest(self.key)
        if not found:
            if not self.may_list:
                raise Refusal(403, "AccessDenied", "Access Denied")
            hidden = {"x-amz-delete-marker": "true"} if self.bucket.objects.get(self.key) else {}
            raise Refusal(404, "NoSuchKey", "The specified key does not exist.", hidden, Key=self.key)
        return found

    def on_Get(self):
        found = self.found()
        if found["marker"]:
            raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {"x-amz-delete-marker": "true"})
        data, status = found["bytes"], 200
        headers = {"ETag": f'"{found["etag"]}"', "Last-Modified": email.utils.formatdate(found["time"], usegmt=True), "Accept-Ranges": "bytes"}
        if self.bucket.options["versioning"]:
            headers["x-amz-version-id"] = found["id"]
        headers |= self.lock_headers(found)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range") or "")
        if wanted and not self.bucket.options["forgets_ranges"]:
            start, end = int(wanted[1]), int(wanted[2] or len(data) - 1)
            if start >= len(data) or end < start:
                raise Refusal(416, "InvalidRange", "The requested range is not satisfiable", {"Content-Range": f"bytes */{len(data)}"})
            end = min(end, len(data) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            data, status = data[start : end + 1], 206
        self.answer(status, data, headers)

    on_Head = on_Get

    def on_Delete(self):
        headers = {}
        with LOCK:
            versions = self.bucket.objects.get(self.key, [])
            wanted = self.query.get("versionId")
            if wanted is not None:
                for candidate in versions:
                    if candidate["id"] == wanted:
                        self.require_unlocked(candidate)
                        versions.remove(candidate)
                        headers = {"x-amz-version-id": wanted, **({"x-amz-delete-marker": "true"} if candidate["marker"] else {})}
                        break
                if not versions:
                    self.bucket.objects.pop(self.key, None)
            elif self.bucket.options["versioning"]:
                marker = version(b"", marker=True)
                self.bucket.objects.setdefault(self.key, []).append(marker)
                headers = {"x-amz-version-id": marker["id"], "x-amz-delete-marker": "true"}
            else:
                self.require_no_rule(versions)
                self.bucket.objects.pop(self.key, None)
        if self.fault and self.fault["kind"] == "lost_answer":
            raise Cut()
        self.answer(204, b"", headers)

    # The bucket

    def on_HeadBucket(self):
        self.answer(200, b"", {"x-amz-bucket-region": self.bucket.options["region"]})

    def on_location(self):
        self.xml("LocationConstraint", escape(self.bucket.options["region"]))

    def on_versioning(self):
        self.xml("VersioningConfiguration", "<Status>Enabled</Status>" if self.bucket.options["versioning"] else "")

    def on_object_lock(self):
        if not self.bucket.options["object_lock"]:
            raise Refusal(404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
        self.xml("ObjectLockConfiguration", "<ObjectLockEnabled>Enabled</ObjectLockEnabled>")

    def on_List(self):
        query = self.query
        if query.get("list-type") != "2":
            raise Refusal(501, "NotImplemented", "Only version 2 of the list is known here.")
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        limit = int(query.get("max-keys", 1000))
        if not 0 <= limit <= 2**31 - 1:
            raise Refusal(400, "InvalidArgument", "max-keys")
        limit = min(limit, self.bucket.options["page"], 1000)
        after = query.get("start-after", "")
        if "continuation-token" in query:
            try:
                after = base64.urlsafe_b64decode(query["continuation-token"].encode()).decode()
            except ValueError:
                raise Refusal(400, "InvalidArgument", "The continuation token provided is incorrect")
        with LOCK:
            keys = sorted((k for k in self.bucket.objects if self.bucket.newest(k)), key=lambda k: k.encode())
            if self.bucket.options["unsorted"]:
                keys.reverse()
                keys = [k for k in keys if k.startswith(prefix)]
            else:
                keys = [k for k in keys if k.startswith(prefix) and k.encode() > after.encode()]
            items, prefixes, last, more = [], [], "", False
            for key in keys:
                rest = key[len(prefix) :]
                common = prefix + rest[: rest.index(delimiter) + 1] if delimiter and delimiter in rest else None
                if common and (common in prefixes or common == after):
                    last = key
                    continue
                if len(items) + len(prefixes) >= limit:
                    more = True
                    break
                last = key
                if common:
                    prefixes.append(common)
                else:
                    found = self.bucket.newest(key)
                    items.append((key, found["etag"], len(found["bytes"]), found["time"]))
        encode = (lambda k: urllib.parse.quote_plus(k, safe="/-_.~*")) if query.get("encoding-type") == "url" else escape
        parts = [f"<Name>{escape(self.bucket.name)}</Name><Prefix>{encode(prefix)}</Prefix><KeyCount>{len(items) + len(prefixes)}</KeyCount>"]
        parts.append(f"<MaxKeys>{limit}</MaxKeys><IsTruncated>{'true' if more and limit else 'false'}</IsTruncated>")
        if query.get("encoding-type") == "url":
            parts.append("<EncodingType>url</EncodingType>")
        if more and limit:
            parts.append(f"<NextContinuationToken>{base64.urlsafe_b64encode(last.encode()).decode()}</NextContinuationToken>")
        for key, etag, size, instant in items:
            modified = datetime.datetime.fromtimestamp(instant, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            parts.append(
                f"<Contents><Key>{encode(key)}</Key><LastModified>{modified}</LastModified>"
                f"<ETag>&quot;{etag}&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            )
        parts += [f"<CommonPrefixes><Prefix>{encode(p)}</Prefix></CommonPrefixes>" for p in prefixes]
        self.xml("ListBucketResult", "".join(parts))

    # Uploads in parts

    def upload(self):
        upload = self.bucket.uploads.get(self.query["uploadId"])
        if upload is None or upload["key"] != self.key:
            raise Refusal(404, "NoSuchUpload", "The specified upload does not exist.")
        return upload

    def on_CreateUpload(self):
        identifier = uuid.uuid4().hex
        with LOCK:
            self.bucket.uploads[identifier] = {"key": self.key, "parts": {}, "time": time.time() + self.clock, "lock": self.lock_of_request()}
        self.xml("InitiateMultipartUploadResult", f"<Bucket>{self.bucket.name}</Bucket><Key>{escape(self.key)}</Key><UploadId>{identifier}</UploadId>")

    def on_UploadPart(self):
        checksums = self.checked_checksums()
        number = int(self.query.get("partNumber", 0))
        if not 1 <= number <= 10000:
            raise Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
        with LOCK:
            upload = self.upload()
            self.check_quota(len(self.body))
            etag = hashlib.md5(self.body).hexdigest()
            upload["parts"][number] = {"bytes": self.body, "etag": etag}
        self.answer(200, b"", {"ETag": f'"{etag}"', **checksums})

    def on_CompleteUpload(self):
        try:
            root = ElementTree.fromstring(self.body)
            told = [(int(p.findtext("{*}PartNumber")), p.findtext("{*}ETag").strip('"')) for p in root.findall("{*}Part")]
        except (ElementTree.ParseError, TypeError, ValueError, AttributeError):
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed")
        with LOCK:
            upload = self.upload()
            parts = upload["parts"]
            if not told or [n for n, _ in told] != sorted({n for n, _ in told}):
                raise Refusal(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
            if any(n not in parts or parts[n]["etag"] != tag for n, tag in told):
                raise Refusal(400, "InvalidPart", "One or more of the specified parts could not be found.")
            if any(len(parts[n]["bytes"]) < SMALLEST_PART for n, _ in told[:-1]):
                raise Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
            if self.fault and self.fault["kind"] == "late_error":
                return self.answer(200, b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>late</Message></Error>", {})
            digests = b"".join(bytes.fromhex(parts[n]["etag"]) for n, _ in told)
            self.check_conditions()
            del self.bucket.uploads[self.query["uploadId"]]
            new = self.store(b"".join(parts[n]["bytes"] for n, _ in told), f"{hashlib.md5(digests).hexdigest()}-{len(told)}", upload["lock"])
        self.xml("CompleteMultipartUploadResult", f"<Key>{escape(self.key)}</Key><ETag>&quot;{new['etag']}&quot;</ETag>")

    def on_AbortUpload(self):
        with LOCK:
            self.upload()
            del self.bucket.uploads[self.query["uploadId"]]
        self.answer(204, b"", {})

    def on_uploads(self):
        prefix = self.query.get("prefix", "")
        with LOCK:
            found = sorted((u["key"], i, u["time"]) for i, u in self.bucket.uploads.items() if u["key"].startswith(prefix))
        marker = (self.query.get("key-marker", ""), self.query.get("upload-id-marker", ""))
        found = [f for f in found if (f[0], f[1]) > marker]
        page = found[: self.bucket.options["page"]]
        parts = []
        for key, identifier, instant in page:
            begun = datetime.datetime.fromtimestamp(instant, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            parts.append(f"<Upload><Key>{escape(key)}</Key><UploadId>{identifier}</UploadId><Initiated>{begun}</Initiated></Upload>")
        more = len(found) > len(page)
        parts.append(f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>")
        if more:
            parts.append(f"<NextKeyMarker>{escape(page[-1][0])}</NextKeyMarker><NextUploadIdMarker>{page[-1][1]}</NextUploadIdMarker>")
        self.xml("ListMultipartUploadsResult", "".join(parts))

    # Answers

    def xml(self, name, content):
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{content}</{name}>'
        self.answer(200, text.encode(), {"Content-Type": "application/xml"})

    def refuse(self, refusal):
        if self.body is None:
            # What was not read would be taken for the next request.
            self.close_connection = True
        fields = {"Code": refusal.code, "Message": refusal.message, **refusal.fields, "RequestId": uuid.uuid4().hex}
        text = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in fields.items())
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{text}</Error>'.encode()
        self.fault = None
        self.answer(refusal.status, text, {"Content-Type": "application/xml", **refusal.headers})

    def answer(self, status, data, headers):
        kind = self.fault and self.fault["kind"]
        if kind == "lost_answer":
            raise Cut()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD" or status == 204:
            return
        if kind in ("truncate", "reset_body"):
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            if kind == "reset_body":
                raise Cut()
            self.close_connection = True
            return
        for start in range(0, len(data), 1 << 16):
            piece = data[start : start + (1 << 16)]
            if self.bucket:
                self.bucket.pass_bytes(len(piece))
            self.wfile.write(piece)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        kind = sys.exc_info()[0]
        if not issubclass(kind, (OSError, ValueError)):
            super().handle_error(request, client_address)


def end_with_parent():
    """Who started this may be killed: its standard input then ends."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    threading.Thread(target=end_with_parent, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
