"""Some hundred texts that mean something to somebody: databases, their drivers, patterns, renderers.

Each is only a text. Those that no store may keep are among them, so that the refusal is tried too.
"""

import itertools

# A line for each is no easier to read.
# fmt: off

SQL = (
    *("'", "''", '"', "`", ";", "--", "/*", "*/", "#", "\\", "\\'", '\\"', "';--", '";--', "')", "'))"),
    *("' OR '1'='1", "' OR 1=1--", '" OR ""="', "') OR ('1'='1", "' OR 'a' LIKE 'a", "1 OR 1=1"),
    *("' UNION SELECT NULL--", "' UNION SELECT tenant, name FROM crm_contact--", "' AND 1=0 UNION ALL"),
    *("'; DROP TABLE crm_contact;--", "'; DELETE FROM crm_contact;--", "'; UPDATE crm_contact SET x=1"),
    *("x' AND tenant <> 'x", "' OR tenant IS NOT NULL--", "' OR tenant LIKE '%", "admin'--", "x'||'y"),
    *("?", "??", ":name", ":1", "%s", "%(name)s", "%%", "$1", "$$", "@x", "@@version", "{0}", "?1:x"),
    *("E'\\''", "U&'\\0027'", "N'x'", "X'27'", "0x27", "CHAR(39)", "chr(39)", "CAST(1 AS TEXT)"),
    *("1; SELECT pg_sleep(0.01)", "' OR sleep(0.01)='", "' OR pg_sleep(0.01)--", "BENCHMARK(9,MD5(1))"),
    *("ATTACH DATABASE 'x' AS y", "PRAGMA journal_mode", "INTO OUTFILE '/x'", "LOAD_FILE('/x')"),
    *("COPY x FROM PROGRAM 'id'", "1e1000", "NULL", "TRUE", "DEFAULT", "CURRENT_USER", "ROW(1,2)"),
    *("\u02bc OR 1=1", "\u2019 OR 1=1", "\uff07 OR 1=1", "\u00bf'", "\uff02", "\ufe63\ufe63"),
)
"""What ends a literal, or would go on after it; also with quotes that some character sets fold."""

MONGO = (
    *("$", "$$", "$where", "$ne", "$gt", "$regex", "$expr", "$or", "$nor", "$function", "$accumulator"),
    *("$lookup", "$$ROOT", "$$CURRENT", "$$REMOVE", "$tenant", "$name", "$_id", "$literal", "$[]", "$[x]"),
    *('{"$ne": null}', '{"$gt": ""}', '{"$regex": ".*"}', '{"$where": "1"}', '{"tenant": {"$ne": 1}}'),
    *('{"k": {"$ne": 1}}', '{"$or": [{}]}', '{"$expr": true}', "function(){return true}", "this.x==1", "return true", "sleep(0.01)"),
    *("a.b", "a.$.b", ".a", "a.", "a..b", "a.0", "tenant", "tenant.x", "_id", "__proto__", "constructor"),
    *("[$ne]", "x[$ne]=1", "db.dropDatabase()", "ObjectId('0')", "ISODate('2020')", "NumberLong(1)"),
)
"""Operators, variables and paths of MongoDB, and what its shell would run."""

PATTERNS = (
    *("%", "_", "%%", "__", "a%", "%a", "a_b", "a%b", "\\%", "\\_", "!%", "[a-z]", "[^a]", "*", "?", "a*"),
    *(".", ".*", ".+", "^", "^a", "a$", "^$", "a|b", "(a+)+$", "(.*)*", "(?i)a", "(?s).", "\\d", "\\Q", "\\E"),
    *("\\Qa\\E", "\\x41", "\\u0041", "[[:alpha:]]", "a{2}", "a{,}", "(?=a)", "(?#x)", "(?P<x>a)", "\\b", "\\1"),
    *("%_%", "_%_", "ESCAPE '%'", "a\\", "\\\\", "a/b", "GLOB *", "REGEXP x", "SIMILAR TO", "~~", "!~*"),
)
"""What patterns of LIKE, GLOB and regular expressions give a meaning to."""

UNICODE = (
    *("a", "A", "ä", "Ä", "a\u0308", "ß", "ss", "SS", "ẞ", "\u0130", "\u0131", "i\u0307", "I", "i"),
    *("\ufb01", "fi", "\u212b", "\u00c5", "A\u030a", "\u03c2", "\u03c3", "\u03a3", "\u1e9b\u0323", "\u01c4"),
    *("\u200b", "a\u200b", "\ufeff", "\ufeffa", "a\u00a0", "\u2028", "\u2029", "\u202e", "\u2066", "\u00ad"),
    *("\ufdd0", "\ufffd", "\U0001f600", "\U0001f469\u200d\U0001f52c", "\U0010ffff", "\U00010348", "\ue000"),
    *("\u0627\u0644", "\u05d0", "\u0e01\u0e33", "\u4e2d", "\u3042", "\u30a2", "\uff76", "\uac00", "\u1112"),
    *("\u0663", "\u00b2", "\u2167", "\u00bd", "\u2474", "\u24b6", "\uff21", "\uff41", "\U0001d49c", "\u0345"),
    *("e\u0301\u0323", "e\u0323\u0301", "z\u0351\u036b", "\u0340", "\u0374", "\u037e", "\u00b5", "\u03bc"),
    *("", " ", "  ", "a ", " a", "a  b", "\u3000", "\u2003", "\u1680", "\u180e", "\u2800", "\u3164"),
    *("null", "None", "nil", "undefined", "NaN", "inf", "-0", "0", "00", "1e3", "true", "false", "[]", "{}"),
    *("2024-02-29", "2024-02-30T25:61Z", "0x10", "1_000", "१", "-1", "+1", ".5", "5.", "1,5", "9" * 40),
)
"""What is equal to something else in some collation, normal form or case, or looks like a value."""

RENDERED = (
    *("=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0", "<script>", "<!--", "&lt;", "]]>", "<![CDATA[", "&x;"),
    *("{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}", "%(x)s", "%n%n", "$(id)", "`id`", "|id"),
    *("../../x", "..\\x", "file:///x", "http://x", "javascript:x", "\\u0000", "%00", "%0a", "&#10;", "\\n"),
    *("{}", "[]", "()", '{"a":', "[1,", '"', "'\"`", "\\x00", "!!python/x", "*x", "&x", "~", "- x", "x: y"),
)
"""What templates, shells, spreadsheets and parsers would act on."""

REFUSED = (
    *("\x00", "a\x00b", "\x01", "a\nb", "a\rb", "a\tb", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udfffb", "\ufffe", "a\uffff"),
    *("x" * 256, "x" * 100_000, "\U0001f600" * 300),
)
"""What no store may keep in a line of text: control characters, halves of characters, no characters, and too much."""


# fmt: on


def corpus() -> tuple[str, ...]:
    """All of them once, in a fixed order, and some wrapped in one another."""
    plain = (*SQL, *MONGO, *PATTERNS, *UNICODE, *RENDERED)
    wrapped = (
        f"a{first}{second}b" for first, second in itertools.product(("'", "%", "$"), SQL[:8])
    )
    return tuple(dict.fromkeys((*plain, *wrapped, *REFUSED)))
