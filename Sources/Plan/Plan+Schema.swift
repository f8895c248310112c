extension Plan {
    /// The JSON Schema (2020-12) of version 1 of the plan file, for editors. The parser refuses more than a schema can say: time
    /// zones that do not exist, names used twice, passwords in unusual places.
    public static let schema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Reprise plan, version 1",
          "description": "What is protected, where, and to which objectives.",
          "type": "object",
          "required": ["version", "project", "vaults", "assets"],
          "additionalProperties": false,
          "properties": {
            "version": { "description": "The version of this file's format.", "const": 1 },
            "project": {
              "description": "The application that the plan is for.",
              "type": "object",
              "required": ["name"],
              "additionalProperties": false,
              "properties": {
                "name": { "description": "For people; one line.", "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^\\n\\r]*\\S[^\\n\\r]*$" },
                "timezone": {
                  "description": "In which times are told: UTC, or an IANA name such as Europe/Paris.",
                  "type": ["string", "null"],
                  "pattern": "^(UTC|GMT|[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)+)$",
                  "default": "UTC"
                },
                "language": { "description": "Of documents and messages.", "enum": ["en", "fr", null] }
              }
            },
            "vaults": {
              "description": "Where snapshots are kept.",
              "type": "object",
              "minProperties": 1,
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "required": ["url"],
                "additionalProperties": false,
                "properties": {
                  "url": {
                    "description": "A folder: a path, from the plan's own folder on, or a file:// URL. Or a bucket: s3://bucket/prefix?endpoint=https://host&region=…&style=path|host, never with credentials in it.",
                    "type": "string",
                    "minLength": 1,
                    "pattern": "^(file:///|[sS]3://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]([/?]|$)|(?!.*://))"
                  },
                  "key": {
                    "description": "Where the key that opens the vault is to be found.",
                    "type": ["string", "null"],
                    "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:(?!//).+)$"
                  },
                  "credentials": {
                    "description": "Of a bucket: env:PREFIX (PREFIX_ACCESS_KEY_ID, PREFIX_SECRET_ACCESS_KEY, PREFIX_SESSION_TOKEN), file:PATH (of the form of ~/.aws/credentials) or profile:NAME. Without it they are looked for as the tools of AWS do.",
                    "type": ["string", "null"],
                    "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:(?!//).+|profile:[A-Za-z0-9_.@+-]{1,100})$"
                  },
                  "parity": {
                    "description": "Whether backups add parity: an eighth more, and up to two lost packs of each sixteen come back. For a vault on a single disk.",
                    "type": "boolean"
                  },
                  "lock": {
                    "description": "Of a bucket with object lock: nobody can delete what a backup has written or relies on, for so long. In compliance mode not even the account's owner.",
                    "type": ["object", "null"],
                    "required": ["mode", "for"],
                    "additionalProperties": false,
                    "properties": {
                      "mode": { "enum": ["governance", "compliance"] },
                      "for": { "$ref": "#/$defs/duration" }
                    }
                  },
                  "keep": { "description": "Which snapshots this vault keeps, of every asset; without it what the assets say.", "$ref": "#/$defs/keep" },
                  "medium": {
                    "description": "What the bytes lie on. Without it: disk for a folder, object-storage for a bucket.",
                    "enum": ["disk", "object-storage", "tape", "optical", null]
                  },
                  "site": { "description": "Where it is: what one fire or flood takes.", "$ref": "#/$defs/line" },
                  "account": { "description": "With whom it is: what one cancelled contract or stolen login takes.", "$ref": "#/$defs/line" },
                  "removable": {
                    "description": "Of a folder: a disk that is plugged in to be written to and then kept elsewhere. That it is not there is no error.",
                    "type": "boolean"
                  }
                }
              }
            },
            "assets": {
              "description": "What is protected.",
              "type": "object",
              "minProperties": 1,
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "required": ["kind"],
                "additionalProperties": false,
                "oneOf": [
                  {
                    "required": ["kind", "url"],
                    "properties": { "kind": { "const": "postgres" }, "path": { "not": {} }, "exclude": { "not": {} } }
                  },
                  {
                    "required": ["kind", "path"],
                    "properties": {
                      "kind": { "const": "files" },
                      "url": { "not": {} },
                      "lock_timeout": { "not": {} },
                      "checks": { "not": {} }
                    }
                  }
                ],
                "properties": {
                  "kind": { "enum": ["postgres", "files"] },
                  "url": { "description": "Of kind postgres.", "$ref": "#/$defs/connection" },
                  "path": {
                    "description": "Of kind files: a folder, from the plan's own folder on.",
                    "type": "string",
                    "minLength": 1,
                    "pattern": "^(?!.*://)[^\\u0000]*\\S[^\\u0000]*$"
                  },
                  "exclude": {
                    "description": "Of kind files: what is left out, in patterns as in a .gitignore at the root of the folder.",
                    "type": ["array", "null"],
                    "items": { "type": "string", "pattern": "^[^\\n\\r\\u0000]*[^\\s\\u0000][^\\n\\r\\u0000]*$" }
                  },
                  "objectives": {
                    "description": "What was promised for this asset.",
                    "type": ["object", "null"],
                    "additionalProperties": false,
                    "properties": {
                      "rpo": { "description": "The most that may be lost.", "$ref": "#/$defs/duration" },
                      "rto": { "description": "The longest a recovery may take.", "$ref": "#/$defs/duration" }
                    }
                  },
                  "lock_timeout": {
                    "description": "How long a backup waits for a table's lock before it gives up.",
                    "$ref": "#/$defs/duration",
                    "default": "10s"
                  },
                  "jobs": {
                    "description": "How many connections or threads read at once.",
                    "type": ["integer", "null"],
                    "minimum": 1,
                    "maximum": 64,
                    "default": 2
                  },
                  "keep": { "description": "Which snapshots are worth keeping.", "$ref": "#/$defs/keep" },
                  "checks": {
                    "description": "What a drill asks the restored copy.",
                    "type": ["array", "null"],
                    "items": {
                      "type": "object",
                      "required": ["name", "sql", "expect"],
                      "additionalProperties": false,
                      "properties": {
                        "name": { "$ref": "#/$defs/name" },
                        "sql": { "description": "A query; its first row and column is the answer.", "type": "string", "pattern": "\\S" },
                        "expect": {
                          "description": "> 0, >= 10, < 5, <= 5, = 3, != x, between 1 and 5, is empty, is not empty, is null, is not null, or the text itself.",
                          "type": ["string", "number", "boolean"],
                          "pattern": "\\S"
                        }
                      }
                    }
                  }
                }
              }
            },
            "sandbox": {
              "description": "A server on which drills may create and drop databases; without it Reprise starts one of its own.",
              "type": ["object", "null"],
              "required": ["url"],
              "additionalProperties": false,
              "properties": { "url": { "$ref": "#/$defs/connection" } }
            }
          },
          "$defs": {
            "name": { "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$" },
            "count": { "type": ["integer", "null"], "minimum": 1, "maximum": 10000 },
            "duration": {
              "description": "Whole numbers with their units, the larger first: 24h, 1h30m, 7d, 500ms.",
              "type": ["string", "null"],
              "pattern": "^(?=.*[1-9])([0-9]{1,12}w)?([0-9]{1,12}d)?([0-9]{1,12}h)?([0-9]{1,12}m)?([0-9]{1,12}s)?([0-9]{1,12}ms)?$"
            },
            "line": { "type": ["string", "null"], "minLength": 1, "maxLength": 100, "pattern": "^[^\\n\\r]*\\S[^\\n\\r]*$" },
            "keep": {
              "description": "Rules of which one is enough, or the name of a preset.",
              "oneOf": [
                { "type": "null" },
                { "enum": ["supabase-pro", "supabase-team", "supabase-enterprise"] },
                {
                  "type": "object",
                  "minProperties": 1,
                  "additionalProperties": false,
                  "properties": {
                    "last": { "description": "So many of the newest.", "$ref": "#/$defs/count" },
                    "hourly": { "description": "The newest of each of the last so many hours that have one.", "$ref": "#/$defs/count" },
                    "daily": { "description": "The same of days, in the project's time zone.", "$ref": "#/$defs/count" },
                    "weekly": { "description": "The same of ISO weeks, from Monday.", "$ref": "#/$defs/count" },
                    "monthly": { "description": "The same of months.", "$ref": "#/$defs/count" },
                    "yearly": { "description": "The same of years.", "$ref": "#/$defs/count" },
                    "within": { "description": "All that are at most so much older than the newest.", "$ref": "#/$defs/duration" },
                    "tags": {
                      "description": "All that have one of these tags.",
                      "type": ["array", "null"],
                      "minItems": 1,
                      "items": { "type": "string", "pattern": "^\\S+$", "maxLength": 100 }
                    }
                  }
                }
              ]
            },
            "connection": {
              "description": "env:NAME, file:PATH, or a connection string without a password.",
              "type": "string",
              "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:(?!//).+|postgres(ql)?://.*|[ ]*[A-Za-z0-9_]+ *=.*)$",
              "not": { "pattern": "://[^/?#]*:[^/?#@]+@|[Pp][Aa][Ss][Ss](wor|WOR)?[Dd] *=" }
            }
          }
        }
        """#
}
