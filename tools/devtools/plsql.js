// node plsql.js FOLDER < JSON list of statements > JSON list of [line, message] or null
//
// The PL/SQL parser of the npm package antlr4ts-sql, which FOLDER holds. What its grammar does not know is rewritten first, in exact
// shapes and checked there: virtual columns, options of AS IDENTITY, MODIFY of an identity, CASCADE CONSTRAINTS, DEFAULT ON NULL,
// COLLATE. After parsing, what it lets through too easily is refused: more than one statement, bare calls, columns without a type.
'use strict';
const path = require('path');
const from = (name) => require(path.join(process.argv[2], 'node_modules', name));
const { CharStreams, CommonTokenStream } = from('antlr4ts');
const { PlSqlLexer } = from('antlr4ts-sql/dist/src/grammar-output/plsql/PlSqlLexer');
const { PlSqlParser } = from('antlr4ts-sql/dist/src/grammar-output/plsql/PlSqlParser');

// Not reserved by Oracle but by this grammar (measured over its whole vocabulary); a failed statement is tried again with
// them renamed. END only where no CASE and no block can need it.
const FALSE_KEYWORDS = new Set(('AUTOBACKUP BACKUPSET CANONICAL CHANGETRACKING DATAGUARDCONFIG DECODE DUMPSET NATURALN ONLINELOG ' +
  'PARAMETERFILE PIPE RELIES_ON SEQ TIMEZONE XDB XMLINDEX XTRANSPORT').split(' '));
const BLOCK = /^(BEGIN|DECLARE|CREATE (OR REPLACE )?((NON)?EDITIONABLE )?(TRIGGER|FUNCTION|PROCEDURE|PACKAGE|TYPE))( |$)/;

function lexer(text, listener) {
  const chars = CharStreams.fromString(text);
  const look = chars.LA.bind(chars);
  chars.LA = (i) => { // the grammar is written in capitals
    const c = look(i);
    if (c <= 0) return c;
    const up = String.fromCodePoint(c).toUpperCase();
    return [...up].length === 1 ? up.codePointAt(0) : c;
  };
  const lex = new PlSqlLexer(chars);
  lex.removeErrorListeners();
  if (listener) lex.addErrorListener(listener);
  return lex;
}

/** The visible tokens as {w: capitals, or ' and " for a literal and a quoted name; a, b: offsets in code points}. */
function tokens(text) {
  const out = [];
  for (const t of lexer(text).getAllTokens()) {
    if (t.channel !== 0) continue;
    const s = t.text || '';
    out.push({ w: s[0] === '"' ? '"' : /^(n|N|q|Q|nq|nQ|Nq|NQ)?'/.test(s) ? "'" : s.toUpperCase(), a: t.startIndex, b: t.stopIndex + 1 });
  }
  return out;
}

/** Replace [a, b) by other text; line breaks stay. */
function edited(text, edits) {
  const chars = [...text];
  for (const [a, b, other] of edits.sort((x, y) => y[0] - x[0])) {
    const breaks = chars.slice(a, b).filter((c) => c === '\n');
    chars.splice(a, b - a, ...' ' + other + ' ', ...breaks);
  }
  return chars.join('');
}

function rewritten(text) {
  const T = tokens(text), edits = [];
  const w = (i) => (T[i] ? T[i].w : '');
  const isName = (i) => w(i) === '"' || /^[A-Z][A-Z0-9_$#]*$/.test(w(i));
  const put = (i, j, other) => edits.push([T[i].a, T[j - 1].b, other]); // tokens i..j-1
  const name = (i) => (isName(i) ? (w(i + 1) === '.' && isName(i + 2) ? i + 3 : i + 1) : -1);
  const closed = (i) => { // the index after the ) that matches the ( at i
    for (let d = 0; i < T.length; i++) {
      if (w(i) === '(') d++;
      if (w(i) === ')' && --d === 0) return i + 1;
    }
    return -1;
  };
  const done = (i) => i > 0 && (i === T.length || (i === T.length - 1 && w(i) === ';'));

  let at = w(0) === 'CREATE' ? 1 : 0;
  if (at) while (['GLOBAL', 'PRIVATE', 'TEMPORARY'].includes(w(at))) at++;
  const isTable = (w(0) === 'CREATE' || w(0) === 'ALTER') && w(at || 1) === 'TABLE';

  // DROP TABLE|VIEW t CASCADE CONSTRAINTS [PURGE]
  if (w(0) === 'DROP' && ['TABLE', 'VIEW'].includes(w(1))) {
    const i = name(2);
    if (i > 0 && w(i) === 'CASCADE' && w(i + 1) === 'CONSTRAINTS' && done(w(1) === 'TABLE' && w(i + 2) === 'PURGE' ? i + 3 : i + 2)) {
      put(i, i + 2, '');
    }
  }
  if (!isTable) return edits.length ? edited(text, edits) : text;

  // AS IDENTITY (options)
  const options = /^((START WITH (-? ?\d+|LIMIT VALUE)|INCREMENT BY -? ?\d+|(MAX|MIN)VALUE -? ?\d+|CACHE \d+|NO(MAXVALUE|MINVALUE|CYCLE|CACHE|ORDER)|CYCLE|ORDER)( |$))+$/;
  for (let i = 1; i < T.length; i++) {
    if (w(i - 1) === 'AS' && w(i) === 'IDENTITY' && w(i + 1) === '(') {
      const end = closed(i + 1);
      const said = end > 0 ? T.slice(i + 2, end - 1).map((t) => t.w).join(' ') : '';
      const kinds = (said.match(/[A-Z]+/g) || []).filter((k) => !['WITH', 'BY', 'LIMIT', 'VALUE'].includes(k)).map((k) => k.replace(/^NO/, ''));
      if (options.test(said) && new Set(kinds).size === kinds.length) put(i + 1, end, '');
    }
  }
  // ALTER TABLE t MODIFY [(] c GENERATED ... AS IDENTITY, and DROP IDENTITY: as an added column, and as NULL
  if (w(0) === 'ALTER') {
    const m = name(2), open = m > 0 && w(m) === 'MODIFY' && w(m + 1) === '(' ? 1 : 0, c = m + 1 + open;
    if (m > 0 && w(m) === 'MODIFY' && isName(c)) {
      const ends = (i) => done(open ? (w(i) === ')' ? i + 1 : -1) : i);
      if (w(c + 1) === 'DROP' && w(c + 2) === 'IDENTITY' && ends(c + 3)) put(c + 1, c + 3, 'NULL');
      if (w(c + 1) === 'GENERATED') {
        let i = c + 2;
        if (w(i) === 'ALWAYS') i++;
        else if (w(i) === 'BY' && w(i + 1) === 'DEFAULT') i += w(i + 2) === 'ON' && w(i + 3) === 'NULL' ? 4 : 2;
        if (w(i) === 'AS' && w(i + 1) === 'IDENTITY' && ends(w(i + 2) === '(' ? closed(i + 2) : i + 2)) {
          put(m, m + 1, 'ADD');
          put(c + 1, c + 2, 'NUMBER GENERATED');
        }
      }
    }
  }
  for (let i = 1, depth = 0; i < T.length; i++) {
    if (w(i) === '(') depth++;
    if (w(i) === ')') depth--;
    // c [type] [GENERATED ALWAYS] AS (expression) [VIRTUAL]: as a default, which stands in the same place
    if (w(i) === 'AS' && w(i + 1) === '(' && (depth === 1 || (depth === 0 && w(0) === 'ALTER'))) {
      const end = closed(i + 1), j = w(i - 1) === 'ALWAYS' && w(i - 2) === 'GENERATED' ? i - 2 : i;
      let single = end > 0; // one expression, not a list and not a query
      for (let k = i + 1, d = 0; k < end; k++) {
        d += w(k) === '(' ? 1 : w(k) === ')' ? -1 : 0;
        if ((w(k) === ',' && d === 1) || w(k) === 'SELECT') single = false;
      }
      if (single) {
        put(j, i + 1, (isName(j - 1) && ['ADD', '(', ','].includes(w(j - 2)) ? 'NUMBER ' : '') + 'DEFAULT');
        if (w(end) === 'VIRTUAL') put(end, end + 1, '');
      }
    }
    // DEFAULT ON NULL expression
    if (w(i) === 'DEFAULT' && w(i - 1) !== 'BY' && w(i + 1) === 'ON' && w(i + 2) === 'NULL') put(i + 1, i + 3, '');
    // character type COLLATE name
    if (['VARCHAR2', 'VARCHAR', 'CHAR', 'NCHAR', 'NVARCHAR2', 'CLOB', 'NCLOB'].includes(w(i))) {
      const k = w(i + 1) === '(' ? closed(i + 1) : i + 1;
      if (k > 0 && w(k) === 'COLLATE' && isName(k + 1)) put(k, k + 2, '');
    }
  }
  return edits.length ? edited(text, edits) : text;
}

function errors(text) {
  const words = tokens(text).map((t) => t.w);
  let body = rewritten(text);
  if (!BLOCK.test(words.join(' ')) && words[words.length - 1] !== ';') body += '\n;';
  const called = words[0] === 'CALL';
  if (called) body = body.replace(/\bcall\b/i, '    '); // it takes CALL itself for a call
  const found = [];
  const listener = { syntaxError(_r, _o, line, _c, message) { found.push([line, message]); } };
  const parser = new PlSqlParser(new CommonTokenStream(lexer(body, listener)));
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  const tree = parser.sql_script();
  if (!found.length) {
    // The grammar takes any name for a procedure call, so that stray words pass as further statements.
    const rule = (n) => (n.ruleIndex === undefined ? '' : PlSqlParser.ruleNames[n.ruleIndex]);
    const kids = (n) => Array.from({ length: n.childCount }, (_, i) => n.getChild(i));
    const parts = kids(tree).filter((n) => rule(n));
    if (parts.length > 1) found.push([parts[1].start.line, "text after the statement at '" + parts[1].start.text + "'"]);
    else if (parts.length && kids(parts[0]).some((n) => rule(n) === 'procedure_call') !== called) {
      found.push([parts[0].start.line, "no statement begins with '" + parts[0].start.text + "'"]);
    }
    // It takes a bare name, and a type with VIRTUAL and no expression, for a virtual column.
    const query = words.some((x, i) => x === 'AS' && (words[i + 1] === 'SELECT' || words[i + 1] === 'WITH' || (words[i + 1] === '(' && words[i + 2] === 'SELECT')));
    const walk = (n) => {
      if (rule(n) === 'virtual_column_definition' && !query &&
          (!n.autogenerated_sequence_definition() || n.VIRTUAL())) {
        found.push([n.start.line, "column without type or expression at '" + n.start.text + "'"]);
      }
      kids(n).forEach(walk);
    };
    walk(tree);
  }
  return found.slice(0, 1).map(([line, message]) => [Math.min(line, text.split('\n').length),
    message.replace(/expecting \{((?:'[^']*'|[^',}]+), ?){6,}[^}]*\}$/, 'here')]);
}

function check(text) {
  const first = errors(text);
  if (!first.length) return first;
  const T = tokens(text), hasEnd = T.some((t) => ['CASE', 'BEGIN', 'DECLARE', 'LOOP', 'IF'].includes(t.w));
  const again = T.filter((t) => FALSE_KEYWORDS.has(t.w) || (t.w === 'END' && !hasEnd));
  if (!again.length) return first;
  return errors(edited(text, again.map((t) => [t.a, t.b, 'x_' + t.w])));
}

process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map((text) => check(text)[0] || null)));
