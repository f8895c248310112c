"""Finds the literals of Swift sources that the compiler would read as a `Phrase`, without the compiler.

Types are followed from where they are declared (parameters, properties, results, cases of enums) down to the literals: through calls,
ternaries, `??`, `if` and `switch` expressions, `map` closures, arrays, tuples. What needs more inference than that is not found.
"""

import collections
import re

# ---------------------------------------------------------------- tokens

Token = collections.namedtuple("Token", "kind text line newline spaced tight")
# `kind` is word, operator, string, or the opening bracket of a group; `text` is the text, a list of parts of a string (texts and
# groups of tokens), or the tokens of the group. `newline` and `spaced`: what stands before it; `tight`: no blank follows.
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "'": "'", "\\": "\\"}
CLOSING = {"(": ")", "[": "]", "{": "}"}
WORD = re.compile(r"[`@#$]?[\w$]+`?")
OPERATOR = re.compile(r"->|\?\?|\.\.\.|\.\.<|&&|\|\||[=!<>+\-*/%&|^~]=?=?|\?|[.,:;\\]")
REGEX = re.compile(r"/(?![\s/*])(?:\\.|[^\\/\n])+/|#/.*?/#")


class Reader:
    """Cuts Swift source into tokens, brackets into groups."""

    def __init__(self, text):
        self.text, self.at, self.line = text, 0, 1

    def step(self, count):
        piece = self.text[self.at : self.at + count]
        self.line += piece.count("\n")
        self.at += count
        return piece

    def skip_blanks(self):
        start, line = self.at, self.line
        while self.at < len(self.text):
            if self.text.startswith("//", self.at):
                end = self.text.find("\n", self.at)
                self.step((end if end >= 0 else len(self.text)) - self.at)
            elif self.text.startswith("/*", self.at):
                self.step(self.text.index("*/", self.at) + 2 - self.at)
            elif self.text[self.at].isspace():
                self.step(1)
            else:
                break
        return self.line > line, self.at > start

    def group(self, closing):
        tokens = []
        while True:
            newline, spaced = self.skip_blanks()
            if self.at >= len(self.text) or self.text[self.at] == closing:
                self.step(1)
                return tokens
            line, here = self.line, self.text[self.at]
            if here in CLOSING:
                self.step(1)
                kind, text = here, self.group(CLOSING[here])
            elif re.match(r'#*"', self.text[self.at :]):
                kind, text = "string", self.string()
            elif here == "/" and (not tokens or tokens[-1].text in ("(", ",", "=", ":", "return")) and self.match(REGEX):
                kind, text = "word", self.step(len(self.match(REGEX)))
            elif self.match(WORD):
                kind, text = "word", self.step(len(self.match(WORD))).strip("`")
            else:
                kind, text = "operator", self.step(len(self.match(OPERATOR) or here))
            tight = self.at < len(self.text) and not self.text[self.at].isspace()
            tokens.append(Token(kind, text, line, newline, spaced, tight))

    def match(self, pattern):
        found = pattern.match(self.text, self.at)
        return found and found.group(0)

    def string(self):
        hashes = self.step(len(re.match("#*", self.text[self.at :]).group(0)))
        quotes = self.step(3 if self.text.startswith('"""', self.at) else 1)
        parts, text = [], ""
        while not self.text.startswith(quotes + hashes, self.at):
            if not self.text.startswith("\\" + hashes, self.at):
                text += self.step(1)
                continue
            self.step(1 + len(hashes))
            escaped = self.step(1)
            if escaped == "(":
                parts += [text, self.group(")")]
                text = ""
            elif escaped == "u":
                text += chr(int(self.step(self.text.index("}", self.at) + 1 - self.at)[1:-1], 16))
            elif escaped == "\n":
                text += "\\\n"
            else:
                text += ESCAPES[escaped]
        self.step(len(quotes + hashes))
        parts.append(text)
        return without_margin(parts) if len(quotes) == 3 else parts


def without_margin(parts):
    """The parts of a literal in triple quotes without its first and last line break and its indentation."""
    margin = parts[-1].rsplit("\n", 1)[-1]
    cut = [part if isinstance(part, list) else part.replace("\n" + margin, "\n").replace("\\\n", "") for part in parts]
    cut[0] = cut[0].removeprefix("\n")
    cut[-1] = cut[-1].removesuffix("\n") if "\n" in cut[-1] else cut[-1]
    return cut


def key_of(parts):
    key, count = "", 0
    for part in parts:
        count += isinstance(part, list)
        key += f"%{count}" if isinstance(part, list) else part
    return key


# ---------------------------------------------------------------- types

# A type is its name, or ("list", element), ("tuple", [(label, type)]), ("function", [types], result). An optional is what it holds;
# a dictionary a list of its values.
MODIFIERS = {"some", "any", "inout", "borrowing", "consuming", "sending", "isolated", "async", "throws", "rethrows", "nonisolated"}


def is_op(token, *texts):
    return token.kind == "operator" and token.text in texts


def is_word(token, *texts):
    return token.kind == "word" and token.text in texts


def split(tokens, *separators):
    """The pieces between operators, those between `<` and `>` of a generic type left alone."""
    pieces, depth = [[]], 0
    for index, token in enumerate(tokens):
        if is_op(token, "<") and not token.spaced and index and tokens[index - 1].kind == "word":
            depth += 1
        elif is_op(token, ">") and depth and not token.spaced:
            depth -= 1
        if depth == 0 and is_op(token, *separators):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def find(tokens, *operators):
    return next((index for index, token in enumerate(tokens) if is_op(token, *operators)), -1)


def type_of(tokens):
    tokens = [token for token in tokens if not (is_word(token, *MODIFIERS) or token.kind == "word" and token.text[0] == "@")]
    arrow = find(tokens, "->")
    if arrow >= 0:
        left = next((token for token in tokens[:arrow] if token.kind == "("), None)
        return ("function", [type_of(piece) for piece in split(left.text, ",")] if left else [], type_of(tokens[arrow + 1 :]))
    if not tokens:
        return None
    first = tokens[0]
    if first.kind == "[":
        return ("list", type_of(split(first.text, ":")[-1] if first.text else []))
    if first.kind == "(":
        parts = [split(piece, ":") for piece in split(first.text, ",")]
        if len(parts) == 1 and len(parts[0]) == 1:
            return type_of(parts[0][0])
        return ("tuple", [(part[0][-1].text if len(part) > 1 else None, type_of(part[-1])) for part in parts])
    names = [token.text for token in tokens if token.kind == "word"]
    return names[-1] if names and find(tokens, "<") < 0 else None


def holds_phrase(type):
    if isinstance(type, str) or type is None:
        return type == "Phrase"
    if type[0] == "list":
        return holds_phrase(type[1])
    return type[0] == "tuple" and any(holds_phrase(part) for _, part in type[1])


# ---------------------------------------------------------------- declarations

Declaration = collections.namedtuple("Declaration", "name parameters result owner file")
Parameter = collections.namedtuple("Parameter", "label name type variadic default")
NAMED_TYPES = {"struct", "class", "enum", "actor", "protocol", "extension"}
CONTROL = {"if", "else", "switch", "do", "catch", "guard", "for", "while", "repeat", "defer"}


def parameters_of(tokens):
    found = []
    for piece in split(tokens, ","):
        piece = [token for token in piece if not (token.kind == "word" and token.text[0] == "@")]
        colon = find(piece, ":")
        if colon < 0:
            found.append(Parameter(None, None, type_of(piece), False, []))
            continue
        names, rest = [token.text for token in piece[:colon] if token.kind == "word"], piece[colon + 1 :]
        equals = find(rest, "=")
        kind, default = (rest, []) if equals < 0 else (rest[:equals], rest[equals + 1 :])
        label = None if names[0] == "_" else names[0]
        found.append(Parameter(label, names[-1], type_of(kind), any(is_op(token, "...") for token in kind), default))
    return found


def statements(tokens):
    """The statements of a block; labels of cases stand alone."""
    found, current = [], []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        follows = (
            token.kind == "operator" and not is_op(token, "\\")
            or is_word(token, "else", "catch", "where", "as", "is")
            or before is not None and is_op(before, "=", "->", "??", "?", "&&", "||", "+", "==", "+=", "<") and before.spaced
            or before is not None and is_op(before, ",", ":") and not is_label(current)
        )
        ends = token.newline and not follows or before is not None and is_op(before, ";")
        if current and (ends or is_label(current)):
            found.append(current)
            current = []
        if not is_op(token, ";"):
            current.append(token)
    return found + [current] if current else found


def is_label(tokens):
    """Whether this is all of `case …:` or `default:`; the colon of a ternary inside a pattern does not occur."""
    head = tokens[1:] if is_word(tokens[0], "@unknown") else tokens
    return is_word(head[0], "case", "default") and is_op(tokens[-1], ":") if head else False


def without_modifiers(tokens):
    """The statement from its introducing word on, or itself."""
    for index, token in enumerate(tokens):
        if is_word(token, "let", "var", "func", "init", "subscript", "case", "typealias", "import", "get", "set", *NAMED_TYPES):
            if is_word(token, "class") and index + 1 < len(tokens) and is_word(tokens[index + 1], "func", "var"):
                continue
            return tokens[index:]
        if is_word(token, *CONTROL) or not (token.kind == "word" or token.kind == "(" and index):
            return tokens
    return tokens


class Sources:
    """What is declared in all files, then the phrases they say."""

    def __init__(self):
        self.callables = collections.defaultdict(list)
        self.variables = collections.defaultdict(list)
        self.phrases = collections.defaultdict(list)

    def read(self, file):
        tokens = Reader(file.read_text(encoding="utf-8")).group("")
        Declarations(self, file).block(tokens, None)
        return tokens

    def declare(self, name, parameters, result, owner, file):
        self.callables[name].append(Declaration(name, parameters, result, owner, file))


def hashable(type):
    return tuple(hashable(part) for part in type) if isinstance(type, (list, tuple)) else type


class Declarations:
    """Collects the signatures of one file."""

    def __init__(self, sources, file):
        self.sources, self.file = sources, file

    def block(self, tokens, owner, is_type=True):
        members = []
        has_initialiser = False
        for statement in statements(tokens):
            whole, statement = statement, without_modifiers(statement)
            head = statement[0]
            braces = [token for token in statement if token.kind == "{"]
            if is_word(head, *NAMED_TYPES) and len(statement) > 1:
                for brace in braces[-1:]:
                    self.block(brace.text, type_name(statement))
            elif is_word(head, "func", "init", "subscript"):
                self.function(statement, owner)
                has_initialiser = has_initialiser or is_word(head, "init")
            elif is_word(head, "case") and owner and is_type and not is_label(statement):
                for piece in split(statement[1:], ","):
                    if len(piece) > 1 and piece[1].kind == "(":
                        self.sources.declare(piece[0].text, parameters_of(piece[1].text), owner, owner, self.file)
            elif is_word(head, "let", "var") and len(statement) > 1:
                member = self.variable(statement)
                if member and is_type and not any(is_word(token, "static", "lazy") for token in whole):
                    members.append(member)
            else:
                for token in statement:
                    if token.kind in "({[":
                        self.block(token.text, owner, False)
        if is_type and owner and members and not has_initialiser:
            self.sources.declare("init", members, owner, owner, self.file)

    def function(self, statement, owner):
        at = next((index for index, token in enumerate(statement) if token.kind == "("), None)
        if at is None:
            return
        name = statement[1].text if is_word(statement[0], "func") else statement[0].text
        parameters = parameters_of(statement[at].text)
        self.sources.declare(name, parameters, result_of(statement) if name != "init" else owner, owner, self.file)
        for parameter in parameters:
            self.named(parameter.name, parameter.type, statement[at].line)
        for token in statement[at + 1 :]:
            if token.kind == "{":
                self.block(token.text, owner, False)

    def variable(self, statement):
        name, kind, rest = binding(statement)
        for token in rest:
            if token.kind in "({[":
                self.block(token.text, None, False)
        if not name:
            return None
        self.named(name, kind, statement[0].line)
        is_computed = find(rest, "=") < 0 and any(token.kind == "{" for token in rest)
        is_fixed = is_word(statement[0], "let") and find(rest, "=") >= 0
        return None if is_computed or is_fixed else Parameter(name, name, kind, False, [])

    def named(self, name, kind, line):
        self.sources.variables[name].append((self.file, line, hashable(kind)))
        if kind and kind[0] == "function":
            self.sources.declare(name, [Parameter(None, None, part, False, []) for part in kind[1]], kind[2], None, self.file)


def type_name(statement):
    """Of the declaration of a type or of an extension."""
    names = []
    for token in statement[1:]:
        if is_op(token, ":", "<") or token.kind == "{" or is_word(token, "where"):
            break
        names += [token.text] if token.kind == "word" else []
    return names[-1] if names else ""


def result_of(statement):
    arrow = find(statement, "->")
    if arrow < 0:
        return None
    rest = statement[arrow + 1 :]
    end = next((index for index, token in enumerate(rest) if token.kind == "{" or is_word(token, "where")), len(rest))
    return type_of(rest[:end])


def binding(statement):
    """Name, declared type and the rest (from `=` or the brace on) of a `let` or `var` of one name."""
    end = next((index for index, token in enumerate(statement) if is_op(token, "=") or token.kind == "{"), len(statement))
    colon = find(statement[:end], ":")
    names = statement[1 : colon if colon > 0 else end]
    name = names[0].text if len(names) == 1 and names[0].kind == "word" else None
    kind = type_of(statement[colon + 1 : end]) if colon > 0 else None
    if colon < 0 and len(statement) == end + 2 and statement[end + 1].kind == "word":
        kind = ("that of", statement[end + 1].text)
    return name, kind, statement[end:]


# ---------------------------------------------------------------- phrases


class Phrases:
    """Follows types down to the literals of one file."""

    # What leaves the elements of a list as they are.
    PASSING = {"compactMap", "filter", "first", "last", "prefix", "suffix", "dropFirst", "dropLast", "reversed", "sorted"}
    MAPPING = {"map", "flatMap", "compactMap"}

    def __init__(self, sources, file):
        self.sources, self.file, self.owners = sources, file, []

    def block(self, tokens, value=None, result=None):
        for statement in statements(tokens):
            self.statement(statement, value, result)

    def statement(self, tokens, value, result):
        if is_label(tokens):
            return self.pieces(tokens[1:-1])
        plain, tokens = tokens, without_modifiers(tokens)
        head = tokens[0]
        braces = [token for token in tokens if token.kind == "{"]
        if is_word(head, *NAMED_TYPES) and len(tokens) > 1 and braces:
            self.owners.append(type_name(tokens))
            self.block(braces[-1].text)
            self.owners.pop()
        elif is_word(head, "func", "init", "subscript") and any(token.kind == "(" for token in tokens):
            signature = next(token for token in tokens if token.kind == "(")
            for parameter in parameters_of(signature.text):
                self.expression(parameter.default, parameter.type)
            if braces:
                self.block(braces[-1].text, result_of(tokens), result_of(tokens))
        elif is_word(head, "let", "var"):
            self.bind(tokens)
        elif is_word(head, "get") and braces:
            self.block(braces[-1].text, value, value)
        elif is_word(head, "return", "throw"):
            self.expression(tokens[1:], result if head.text == "return" else None)
        elif is_word(head, "case"):
            for piece in split(tokens[1:], ","):
                if len(piece) > 1 and piece[1].kind == "(":
                    for parameter in parameters_of(piece[1].text):
                        self.expression(parameter.default, parameter.type)
        elif is_word(head, *CONTROL):
            self.control(tokens, value, result)
        else:
            self.expression(plain, value)

    def bind(self, tokens):
        name, kind, rest = binding(tokens)
        if rest and rest[0].kind == "{":
            self.block(rest[0].text, kind, kind)
        elif rest:
            # `let a: A = …, b: B = …` in a condition, or didSet after the value.
            pieces = split(rest[1:], ",")
            self.expression(pieces[0] if pieces else [], kind)
            for piece in pieces[1:]:
                self.condition(piece)

    def condition(self, tokens):
        if is_word(tokens[0], "let", "var"):
            self.bind(tokens)
        elif is_word(tokens[0], "case"):
            self.expression(tokens[find(tokens, "=") + 1 :], None)
        else:
            self.expression(tokens, None)

    def control(self, tokens, value, result):
        """`if`, `switch` and their kind, as statements or as expressions: each of their blocks gives the value."""
        head = []
        for token in tokens:
            if token.kind == "{":
                for piece in split(head, ","):
                    self.condition(piece)
                head = []
                self.block(token.text, value, result)
            elif not is_word(token, *CONTROL):
                head.append(token)

    def pieces(self, tokens):
        for piece in split(tokens, ","):
            self.expression(piece, None)

    def expression(self, tokens, expected):
        while tokens and (is_word(tokens[0], "try", "await", "return") or is_op(tokens[0], "&", "!", "-", "?") and len(tokens) > 1):
            tokens = tokens[1:]
        if not tokens:
            return
        if is_word(tokens[0], "if", "switch"):
            return self.control(tokens, expected, expected)
        equals = next((index for index, token in enumerate(tokens) if is_op(token, "=", "+=") and token.spaced), -1)
        if equals >= 0:
            self.expression(tokens[:equals], None)
            return self.expression(tokens[equals + 1 :], self.type_of_place(tokens[:equals]))
        question = next((i for i, token in enumerate(tokens) if is_op(token, "?") and token.spaced and not token.tight), -1)
        if question >= 0:
            return self.ternary(tokens, question, expected)
        cast = next((index for index, token in enumerate(tokens) if is_word(token, "as", "is")), -1)
        if cast > 0:
            is_plain = is_word(tokens[cast], "as") and cast + 1 < len(tokens) and not is_op(tokens[cast + 1], "?", "!")
            end = next((i for i, token in enumerate(tokens) if i > cast and is_op(token, "??", "==", "&&", "||")), len(tokens))
            self.expression(tokens[:cast], type_of(tokens[cast + 1 : end]) if is_plain else None)
            return self.expression(tokens[end + 1 :], expected)
        comparing = ("==", "!=", "<", ">", "<=", ">=", "~=", "...", "..<")
        for operators, passes in (("&&", "||"), False), (comparing, False), (("??",), True):
            pieces = split(tokens, *operators)
            if len(pieces) > 1:
                for piece in pieces:
                    self.expression(piece, expected if passes else None)
                return
        pieces = self.sum(tokens)
        if len(pieces) > 1:
            for piece in pieces:
                self.expression(piece, expected if expected and expected[0] == "list" else None)
            return
        self.postfix(tokens, expected)

    @staticmethod
    def sum(tokens):
        """The operands of `+` and the other arithmetic between blanks."""
        pieces = [[]]
        for token in tokens:
            if is_op(token, "+", "-", "*", "/", "%", "&", "|", "^") and token.spaced and not token.tight:
                pieces.append([])
            else:
                pieces[-1].append(token)
        return [piece for piece in pieces if piece]

    def ternary(self, tokens, question, expected):
        depth = 0
        for index in range(question, len(tokens)):
            if is_op(tokens[index], "?") and tokens[index].spaced and not tokens[index].tight:
                depth += 1
            elif is_op(tokens[index], ":") and tokens[index].spaced:
                depth -= 1
                if depth == 0:
                    self.expression(tokens[:question], None)
                    self.expression(tokens[question + 1 : index], expected)
                    return self.expression(tokens[index + 1 :], expected)

    def postfix(self, tokens, expected):
        """A literal, or a chain of names, calls and subscripts."""
        first = tokens[0]
        if len(tokens) == 1 and first.kind == "string" and expected == "Phrase":
            self.sources.phrases[key_of(first.text)].append((self.file, first.line))
        if first.kind == "(" and not self.is_callee(tokens, 0):
            self.tuple(first.text, expected if len(tokens) == 1 else None)
        elif first.kind == "[":
            # `["a", b ? "c" : nil].compactMap(\.self)` has the elements that are written.
            passes = all(token.kind != "word" or token.text in self.PASSING or token.text == "self" for token in tokens[1:])
            self.list(first.text, expected if passes else None)
        for index, token in enumerate(tokens):
            if token.kind == "string":
                for part in token.text:
                    if isinstance(part, list):
                        self.pieces(part)
            elif token.kind == "(" and index and self.is_callee(tokens, index):
                self.call(tokens, index, expected if index == len(tokens) - 1 else None)
            elif token.kind == "[" and index:
                self.pieces(token.text)
            elif token.kind == "{":
                self.closure(tokens, index, expected)

    @staticmethod
    def is_callee(tokens, index):
        return index > 0 and (tokens[index - 1].kind in ("word", "(", "[", "{") or is_op(tokens[index - 1], ">", "?", "!"))

    def tuple(self, tokens, expected):
        elements = split(tokens, ",")
        parts = expected[1] if isinstance(expected, tuple) and expected[0] == "tuple" else None
        for index, element in enumerate(elements):
            label, value = argument(element)
            if len(elements) == 1 and label is None:
                self.expression(value, expected)
            else:
                self.expression(value, parts[index][1] if parts and index < len(parts) else None)

    def list(self, tokens, expected):
        inner = expected[1] if isinstance(expected, tuple) and expected[0] == "list" else None
        for element in split(tokens, ","):
            colon = find(element, ":")
            is_pair = colon > 0 and find(element[:colon], "?") < 0
            self.expression(element[:colon] if is_pair else [], None)
            self.expression(element[colon + 1 :] if is_pair else element, inner)

    def call(self, tokens, index, expected):
        arguments = [argument(piece) for piece in split(tokens[index].text, ",")]
        types = self.parameter_types(tokens, index, [label for label, _ in arguments], expected)
        for (_, value), type in zip(arguments, types):
            self.expression(value, type)

    def parameter_types(self, tokens, index, labels, expected):
        callee = tokens[index - 1]
        name = callee.text if callee.kind == "word" else None
        after_dot = index > 1 and is_op(tokens[index - 2], ".")
        unknown = [None] * len(labels)
        if name is None:
            return unknown
        if name in ("append", "insert", "contains") and after_dot:
            place = self.type_of_place(tokens[: index - 2])
            return [place[1] if isinstance(place, tuple) and place[0] == "list" else None] + unknown[1:]
        owner = None
        if name == "init":
            if after_dot and index > 2 and tokens[index - 3].kind == "word":
                owner = tokens[index - 3].text
            elif isinstance(expected, str):
                owner = expected
        elif name[0].isupper() or name == "Self":
            name, owner = "init", name
        if owner in ("Self", "self", "super"):
            owner = self.owners[-1] if self.owners else None
        fitting = []
        for declaration in self.sources.callables[name]:
            matched = match(declaration.parameters, labels)
            if matched is not None and (owner is None or declaration.owner == owner):
                fitting.append((declaration, matched))
        if not fitting:
            return unknown
        # What stands nearest is meant.
        nearest = min(self.distance(declaration) for declaration, _ in fitting)
        candidates = [types for declaration, types in fitting if self.distance(declaration) == nearest]
        return [column[0] if all(type == column[0] for type in column) else None for column in zip(*candidates)]

    def distance(self, declaration):
        if declaration.file == self.file:
            return 0 if declaration.owner in self.owners else 1
        return 2 if module_of(declaration.file) == module_of(self.file) else 3

    def closure(self, tokens, index, expected):
        before = next((token for token in reversed(tokens[:index]) if token.kind == "word"), None)
        result = None
        if index == 0:
            result = expected[2] if isinstance(expected, tuple) and expected[0] == "function" else None
        elif before is not None and before.text in self.MAPPING:
            # Of an optional or of a list: what comes out is what is expected, or its elements.
            if all(token.kind != "word" or token.text in self.PASSING for token in tokens[index + 1 :]):
                result = expected[1] if isinstance(expected, tuple) and expected[0] == "list" else expected
        body = tokens[index].text
        inside = next((i for i, token in enumerate(body) if is_word(token, "in")), -1)
        head = body[: inside + 1]
        if inside >= 0 and not any(is_word(token, "for") for token in head) and not any(token.newline for token in head[1:]):
            arrow = find(head, "->")
            result = type_of(head[arrow + 1 : -1]) if arrow >= 0 else result
            body = body[inside + 1 :]
        self.block(body, result, result)

    def type_of_place(self, tokens):
        return self.type_of_name(tokens[-1].text, tokens[0].line) if tokens and tokens[-1].kind == "word" else None

    def type_of_name(self, name, line):
        """That of the last variable of this name above in the file, or the only one that the name has anywhere."""
        known = self.sources.variables[name]
        here = [(above, kind) for file, above, kind in known if file == self.file and above <= line]
        everywhere = {kind for _, _, kind in known}
        line, kind = here[-1] if here else (0, next(iter(everywhere)) if len(everywhere) == 1 else None)
        return self.type_of_name(kind[1], line - 1) if kind and kind[0] == "that of" else kind


def module_of(file):
    """The folder below Sources."""
    return file.parts[file.parts.index("Sources") + 1] if "Sources" in file.parts else None


def argument(tokens):
    """Label and value of an argument."""
    if len(tokens) > 2 and tokens[0].kind == "word" and is_op(tokens[1], ":") and not tokens[1].spaced:
        return tokens[0].text, tokens[2:]
    return None, tokens


def match(parameters, labels):
    """The types of the arguments with these labels, or nil when they do not fit."""
    types, at = [], 0
    for label in labels:
        variadic = at > 0 and parameters[at - 1].variadic and label is None
        if variadic:
            types.append(parameters[at - 1].type)
            continue
        while at < len(parameters) and parameters[at].label != label:
            at += 1
        if at == len(parameters):
            return None
        types.append(parameters[at].type)
        at += 1
    return [hashable(type) for type in types]


def phrases_of(files):
    """Key → [(file, line)] of the phrases in these files."""
    sources = Sources()
    for file, tokens in [(file, sources.read(file)) for file in files]:
        Phrases(sources, file).block(tokens)
    return sources.phrases
