extension Catalogue {
    /// What may be wrong with a plan file.
    static let frenchPlan: [String: String] = [
        "`reprise config schema` prints everything that a plan may say.":
            "`reprise config schema` affiche tout ce qu’un plan peut dire.",
        "The plan %1 has %2 problems:": "Le plan %1 a %2 problèmes :",
        "The plan %1 has a problem:": "Le plan %1 a un problème :",

        // YAML
        "A key has no colon after it.": "Une clé n’est pas suivie de deux-points.",
        "A plan needs five levels at most.": "Un plan n’a besoin que de cinq niveaux.",
        "A quote is opened and never closed.": "Un guillemet est ouvert et jamais fermé.",
        "A tab stands where the indentation is.": "Il y a une tabulation dans l’indentation.",
        "A text begins with a star, which YAML takes for an alias.":
            "Un texte commence par une étoile, que YAML prend pour un alias.",
        "A { or [ is not closed, or a comma is missing.": "Un { ou [ n’est pas fermé, ou il manque une virgule.",
        "Check its indentation and quotes.": "Vérifiez son indentation et ses guillemets.",
        "Check the indentation and the quotes on this line and the one above.":
            "Vérifiez l’indentation et les guillemets de cette ligne et de la précédente.",
        "Check the indentation; a text with a colon and a space in it needs quotes.":
            "Vérifiez l’indentation ; un texte qui contient deux-points et une espace se met entre guillemets.",
        "Close it with } or ], and put commas between its parts.":
            "Fermez-le par } ou ], et séparez ses éléments par des virgules.",
        "Close it, or double a quote that belongs to the text.": "Fermez-le, ou doublez un guillemet qui fait partie du texte.",
        "Indent with spaces.": "Indentez avec des espaces.",
        "Indent with spaces; put a text that begins with one of @ ` % in quotes.":
            "Indentez avec des espaces ; mettez entre guillemets un texte qui commence par @, ` ou %.",
        "Is this the right file? A plan is a page or two of text.":
            "Est-ce le bon fichier ? Un plan fait une page ou deux de texte.",
        "Keep one of the two.": "Gardez l’une des deux.",
        "Keep one: remove the line `---` and what belongs to the other.":
            "Gardez-en un : supprimez la ligne `---` et ce qui appartient à l’autre.",
        "Put keys of the same level in the same column.": "Alignez les clés d’un même niveau sur la même colonne.",
        "Put the text in quotes.": "Mettez le texte entre guillemets.",
        "Save it as UTF-8 text, without control characters.": "Enregistrez-le en texte UTF-8, sans caractères de contrôle.",
        "The file holds a character that no YAML text may hold.": "Le fichier contient un caractère interdit en YAML.",
        "The file holds more than one YAML document.": "Le fichier contient plus d’un document YAML.",
        "The file is longer than %1 KiB.": "Le fichier dépasse %1 Kio.",
        "The file is nested too deeply.": "Le fichier est trop profondément imbriqué.",
        "The file is not valid YAML here: %1.": "Le fichier n’est pas du YAML valide à cet endroit : %1.",
        "The file is not valid YAML.": "Le fichier n’est pas du YAML valide.",
        "The file uses more than %1 YAML aliases (*name).": "Le fichier utilise plus de %1 alias YAML (*nom).",
        "The indentation does not fit the lines above.": "L’indentation ne correspond pas aux lignes précédentes.",
        "The key %1 stands twice in the same place.": "La clé %1 figure deux fois au même endroit.",
        "The plan is empty.": "Le plan est vide.",
        "There is a colon where none can stand.": "Il y a un deux-points là où il ne peut y en avoir.",
        "There is a tab, or a character that needs quotes.": "Il y a une tabulation, ou un caractère à mettre entre guillemets.",
        "Write `key: value`, with a space after the colon.": "Écrivez `clé: valeur`, avec une espace après le deux-points.",
        "Write the values out. A star in SQL needs a space after it.":
            "Écrivez les valeurs en entier. En SQL, une étoile doit être suivie d’une espace.",
        "`reprise init` writes one to begin with.": "`reprise init` en écrit un pour commencer.",

        // Keys and values
        "%1 For example: %2.": "%1 Par exemple : %2.",
        "%1 is no length of time.": "%1 n’est pas une durée.",
        "%1 lacks the key \"%2\".": "%1 : il manque la clé « %2 ».",
        "A key must be a plain word.": "Une clé doit être un mot simple.",
        "A length of time must be more than nothing.": "Une durée ne peut pas être nulle.",
        "A list is expected here.": "Une liste est attendue ici.",
        "A name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most %1 of them.":
            "Un nom se compose de a-z, 0-9, - et _, commence par une lettre ou un chiffre, et en compte %1 au plus.",
        "A password never stands in a plan: put it into an environment variable and write `url: env:NAME`.":
            "Un plan ne contient jamais de mot de passe : mettez-le dans une variable d’environnement et écrivez `url: env:NOM`.",
        "A password stands in the plan.": "Le plan contient un mot de passe.",
        "A text is expected here, not a list or a mapping.": "Un texte est attendu ici, ni une liste ni un ensemble de clés.",
        "A vault of this kind is not known to this version.": "Cette version ne connaît pas cette sorte de coffre.",
        "After `env:` stands no name of an environment variable.":
            "Après `env:` il n’y a pas de nom de variable d’environnement.",
        "After `file:` stands no path.": "Après `file:` il n’y a pas de chemin.",
        "Another check of this asset has the name \"%1\".": "Une autre vérification de cet actif s’appelle « %1 ».",
        "Did you mean \"%1\"?": "Vouliez-vous dire « %1 » ?",
        "Give each check a name of its own.": "Donnez à chaque vérification un nom à elle.",
        "Keys with values are expected here.": "Des clés avec leurs valeurs sont attendues ici.",
        "Known here: %1.": "Clés connues ici : %1.",
        "Known kinds: %1.": "Sortes connues : %1.",
        "Merge keys are not read: write the values out.": "Les clés de fusion ne sont pas lues : écrivez les valeurs en entier.",
        "Nothing is said here.": "Il n’y a rien ici.",
        "Put a space after the colon: `%1: …`.": "Mettez une espace après le deux-points : `%1: …`.",
        "Put a text with braces or brackets in quotes.":
            "Mettez entre guillemets un texte qui contient des accolades ou des crochets.",
        "Put the whole connection string into an environment variable and write `env:NAME`, or into a file of mode 0600 and write `file:PATH`. Change the password if this file has been shared.":
            "Mettez toute la chaîne de connexion dans une variable d’environnement et écrivez `env:NOM`, ou dans un fichier de mode 0600 et écrivez `file:CHEMIN`. Changez le mot de passe si ce fichier a été partagé.",
        "Split it, and write out fewer aliases.": "Découpez-le, et utilisez moins d’alias.",
        "Take it out, and change it: the file may have been shared.": "Retirez-le, et changez-le : le fichier a pu être partagé.",
        "The expectation does not say what is expected.": "L’attente ne dit pas ce qui est attendu.",
        "The first number of `between` is larger than the second.":
            "Le premier nombre de `between` est plus grand que le second.",
        "The key %1 is not known.": "La clé %1 n’est pas connue.",
        "The kind of asset %1 is not known.": "La sorte d’actif %1 n’est pas connue.",
        "The language %1 is not spoken here.": "La langue %1 n’est pas parlée ici.",
        "The name %1 cannot be used.": "Le nom %1 n’est pas utilisable.",
        "The name has more than one line.": "Le nom fait plus d’une ligne.",
        "The plan": "Le plan",
        "The plan says more than can be read.": "Le plan en dit plus qu’on ne peut lire.",
        "The time zone %1 is not known.": "Le fuseau horaire %1 n’est pas connu.",
        "There is nothing in it.": "Il n’y a rien dedans.",
        "This is longer than %1 bytes.": "Ceci dépasse %1 octets.",
        "This is no expectation.": "Ceci n’est pas une attente.",
        "This is no number of connections.": "Ceci n’est pas un nombre de connexions.",
        "This is no path.": "Ceci n’est pas un chemin.",
        "This is not a version of the plan file.": "Ceci n’est pas une version du fichier de plan.",
        "This plan is of version %1; this program reads version %2.":
            "Ce plan est de version %1 ; ce programme lit la version %2.",
        "This says neither where the value is to be found nor what it is.":
            "Ceci ne dit ni où trouver la valeur, ni ce qu’elle est.",
        "Use a newer Reprise for it.": "Utilisez pour lui une version plus récente de Reprise.",
        "Write `%1: …` and the like under it, indented.": "Écrivez dessous, en retrait, `%1: …` et ce qui suit.",
        "Write `%1: …`.": "Écrivez `%1: …`.",
        "Write `- { name: orders-exist, sql: \"select count(*) from orders\", expect: \"> 0\" }` under it.":
            "Écrivez dessous `- { name: orders-exist, sql: \"select count(*) from orders\", expect: \"> 0\" }`.",
        "Write `assets:` and under it `db: { kind: postgres, url: env:DATABASE_URL }`.":
            "Écrivez `assets:` et dessous `db: { kind: postgres, url: env:DATABASE_URL }`.",
        "Write `db: { kind: postgres, url: env:DATABASE_URL }` under it.":
            "Écrivez dessous `db: { kind: postgres, url: env:DATABASE_URL }`.",
        "Write `env:NAME`, `file:PATH`, or a connection string without a password.":
            "Écrivez `env:NOM`, `file:CHEMIN`, ou une chaîne de connexion sans mot de passe.",
        "Write `env:NAME` or `file:PATH`.": "Écrivez `env:NOM` ou `file:CHEMIN`.",
        "Write `expect: \"> 0\"` or what else the answer must be.": "Écrivez `expect: \"> 0\"` ou ce que la réponse doit être.",
        "Write `kind: %1`.": "Écrivez `kind: %1`.",
        "Write `local: { url: ./vault }` under it.": "Écrivez dessous `local: { url: ./vault }`.",
        "Write `project: { name: … }`.": "Écrivez `project: { name: … }`.",
        "Write `sql: \"select count(*) from …\"`.": "Écrivez `sql: \"select count(*) from …\"`.",
        "Write `url: env:DATABASE_URL`, the name of the environment variable that holds the connection string.":
            "Écrivez `url: env:DATABASE_URL`, le nom de la variable d’environnement qui contient la chaîne de connexion.",
        "Write `vaults:` and under it `local: { url: ./vault }`.": "Écrivez `vaults:` et dessous `local: { url: ./vault }`.",
        "Write `version: %1`.": "Écrivez `version: %1`.",
        "Write a name such as `Europe/Paris` or `UTC`.": "Écrivez un nom comme `Europe/Paris` ou `UTC`.",
        "Write a number and its unit (w, d, h, m, s, ms), such as `%1` or `1h30m`.":
            "Écrivez un nombre et son unité (w, d, h, m, s, ms), comme `%1` ou `1h30m`.",
        "Write a query whose first row and column is the answer.":
            "Écrivez une requête dont la première ligne et colonne est la réponse.",
        "Write a short name, such as `orders-exist`.": "Écrivez un nom court, comme `orders-exist`.",
        "Write a whole number from %1 to %2.": "Écrivez un nombre entier de %1 à %2.",
        "Write its name alone, such as `env:DATABASE_URL`, without a $.":
            "Écrivez seulement son nom, comme `env:DATABASE_URL`, sans $.",
        "Write one of: %1.": "Écrivez l’une de ces valeurs : %1.",
        "Write one of: `> 0`, `>= 10`, `< 5`, `<= 5`, `= 3`, `!= x`, `between 1 and 5`, `is empty`, `is not empty`, `is null`, `is not null`, or the text itself.":
            "Écrivez `> 0`, `>= 10`, `< 5`, `<= 5`, `= 3`, `!= x`, `between 1 and 5`, `is empty`, `is not empty`, `is null`, `is not null`, ou le texte lui-même.",
        "Write the project's name on one line.": "Écrivez le nom du projet sur une seule ligne.",
        "`>`, `<` and `between` compare with numbers only.": "`>`, `<` et `between` ne comparent qu’à des nombres.",
        "an empty text": "un texte vide",
        "no row": "aucune ligne",
        "null": "null",
        // In the place of a key that cannot be shown: «The key that stands here is not known.»
        "that stands here": "qui se trouve ici",
        "this value": "cette valeur",
    ]
}
