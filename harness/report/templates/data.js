// Reads the embedded run. A result is a row of numbers whose trailing zeros are cut; see `columns` in the data.

const DATA = JSON.parse(document.getElementById('data').textContent);
const COLUMN = Object.fromEntries(DATA.columns.map((name, place) => [name, place]));
const CASE = { id: 0, comment: 1, method: 2, result: 3, rules: 4, flags: 5, near: 6, edit: 7, stages: 8, rerun: 9, total: 10, octets: 11, spans: 12 };

const field = (row, name) => DATA.strings[row[COLUMN[name]] ?? 0];
const caseField = (entry, name) => DATA.strings[entry[CASE[name]]];
const verdictOf = (row) => DATA.verdicts[row[COLUMN.verdict]];
const kindOf = (row) => DATA.kinds[row[COLUMN.kind]];
const caseOf = (row) => DATA.cases[row[COLUMN.case]];
const implementationOf = (row) => DATA.implementations[row[COLUMN.implementation]];
// The rule that a result counts under: the one that it names itself, else its case's first; -1 for none.
const rulePlaceOf = (row) => (row[COLUMN.rule] ? row[COLUMN.rule] - 1 : caseOf(row)[CASE.rules][0] ?? -1);
const areaOf = (entry) => entry[CASE.id].split('/').slice(0, -1).join('/') || 'other';

// What a result counts as: a case that the text leaves open is neither passed nor failed.
function sort(row) {
  const verdict = verdictOf(row);
  return verdict === 'passed' && row[COLUMN.leniency] ? 'either' : verdict;
}

const UNEXPECTED = new Set(['failed', 'error', 'xpassed']);

const LABELS = {
  passed: 'passed', failed: 'failed', error: 'error', skipped: 'not asked', xfailed: 'known failure',
  xpassed: 'passes unexpectedly', either: 'left open',
};

function severityOf(row) {
  return DATA.severities[kindOf(row)] ?? '';
}

// A result's badge: the kind of a failure in the colour of its severity, else what it counts as.
function badge(row) {
  const what = sort(row);
  const kind = kindOf(row);
  if (what === 'xfailed') return tag(kind ? `known: ${kind}` : 'known failure', 'xfailed');
  return UNEXPECTED.has(what) && kind ? tag(kind, severityOf(row)) : tag(LABELS[what] ?? what, what);
}

// The implementations that have answers: the columns of the tables. One that was not run has none.
const ANSWERING = [...new Set(DATA.results.map((row) => row[COLUMN.implementation]))].sort((a, b) => a - b);

let casePlaces = null;
function placeOfCase(id) {
  casePlaces ??= new Map(DATA.cases.map((entry, place) => [entry[CASE.id], place]));
  return casePlaces.get(id);
}

const caseLink = (id) => `#case=${encodeURIComponent(id)}`;

function resultsLink(filters) {
  return `#${new URLSearchParams(Object.entries(filters).filter(([, value]) => value))}`;
}

// The command that asks one case again, for a POSIX shell.
function rerunCommand(implementation, entry) {
  let template = implementation.rerun || caseField(entry, 'rerun') || 'sealproof check {implementation}';
  if (!template.includes('{case}')) template += ' -k {case}';
  const values = { '{implementation}': implementation.name, '{case}': entry[CASE.id] };
  return template.replace(/\{implementation\}|\{case\}/g, (match) => quoted(values[match]));
}

function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
