-- Text search: parser, template, dictionaries, configurations.

CREATE TEXT SEARCH PARSER fx.words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE fx.plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY fx.stop_words (TEMPLATE = fx.plain, STOPWORDS = french, ACCEPT = 'false');
CREATE TEXT SEARCH DICTIONARY fx."Stém" (TEMPLATE = pg_catalog.snowball, LANGUAGE = french);
CREATE TEXT SEARCH CONFIGURATION fx.shop (PARSER = fx.words);
ALTER TEXT SEARCH CONFIGURATION fx.shop ADD MAPPING FOR asciiword, word, hword WITH fx_ext.unaccent, fx.stop_words, fx."Stém";
ALTER TEXT SEARCH CONFIGURATION fx.shop ADD MAPPING FOR int, numword WITH pg_catalog.simple;
CREATE TEXT SEARCH CONFIGURATION fx.copied (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION fx.shop OWNER TO fx_owner;
COMMENT ON TEXT SEARCH CONFIGURATION fx.shop IS 'how the shop searches';
COMMENT ON TEXT SEARCH DICTIONARY fx."Stém" IS 'stems';
COMMENT ON TEXT SEARCH PARSER fx.words IS 'words';
COMMENT ON TEXT SEARCH TEMPLATE fx.plain IS 'template';
CREATE TABLE fx.searched (id integer, body text, document tsvector GENERATED ALWAYS AS (to_tsvector('fx.shop'::regconfig, body)) STORED);
INSERT INTO fx.searched VALUES (1, 'Les chevaux mangeaient des pommes à Besançon 42'), (2, NULL);
CREATE INDEX searched_document ON fx.searched USING gin (to_tsvector('fx.copied'::regconfig, body));
