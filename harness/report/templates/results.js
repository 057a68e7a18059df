// The list of results: filtered by what stands in the address, drawn some rows at a time.

const ROWS = 100;
const FILTERS = ['q', 'implementation', 'verdict', 'severity', 'rule', 'area', 'leniency'];

const VERDICT_CHOICES = [
  ['unexpected', 'not as expected'], ['all', 'all'], ['xfailed', 'known failures'], ['either', 'left open'],
  ['skipped', 'not asked'], ['passed', 'passed'],
];

function anyUnexpected() {
  return DATA.results.length > 0 && UNEXPECTED.has(verdictOf(DATA.results[0]));
}

function drawResults() {
  const section = el('section', { id: 'results', 'aria-labelledby': 'results-title' });
  const controls = filterControls((filters) => {
    history.replaceState(null, '', resultsLink(filters));
    show(filters);
  });
  const heading = el('output', { class: 'quiet', 'aria-live': 'polite' });
  const body = el('tbody');
  const more = el('button', { type: 'button', onclick: () => extend(ROWS * 5) });
  const nothing = el('p', { class: 'quiet' }, 'No result matches.');
  let matching = [];
  let shown = 0;
  let current = null;

  function extend(count) {
    body.append(...matching.slice(shown, shown + count).map(resultRow));
    shown = Math.min(matching.length, shown + count);
    more.hidden = shown >= matching.length;
    more.textContent = `Show ${number(Math.min(ROWS * 5, matching.length - shown))} more`;
  }

  function show(filters) {
    if (current === resultsLink(filters)) return; // what was drawn so far stays as it is
    current = resultsLink(filters);
    controls.set(filters);
    matching = filtered(filters);
    shown = 0;
    body.replaceChildren();
    extend(ROWS);
    heading.value = `${number(matching.length)} of ${plural(DATA.results.length, 'result')}`;
    nothing.hidden = matching.length > 0;
  }

  section.append(el('h2', { id: 'results-title' }, 'Results'), controls.form, heading,
    el('table', { class: 'results' },
      el('thead', {}, el('tr', {}, ['Case', 'Implementation', 'Verdict', 'Rule', 'What happened'].map((name) => el('th', { scope: 'col' }, name)))),
      body), nothing, el('p', { class: 'more' }, more));
  return { section, show, focus: () => controls.search.focus() };
}

function filterControls(changed) {
  const search = el('input', { type: 'search', name: 'q', placeholder: 'id, words, rule   ( / )', autocomplete: 'off', spellcheck: 'false' });
  const option = ([value, label]) => el('option', { value }, label);
  const plain = (value) => [value, value];
  const select = (name, every) => el('select', { name }, every.map(option));
  const selects = {
    implementation: select('implementation', [['', 'all'], ...ANSWERING.map((place) => plain(DATA.implementations[place].name))]),
    verdict: select('verdict', VERDICT_CHOICES),
    severity: select('severity', [['', 'any'], ...[...new Set(Object.values(DATA.severities))].map(plain)]),
    rule: select('rule', [['', 'any'], ...DATA.rules.map((rule) => [rule.id, [rule.section, rule.id.split('/').pop()].filter(Boolean).join(' ')])]),
    area: select('area', [['', 'any'], ...[...new Set(DATA.cases.map(areaOf))].sort().map(plain)]),
    leniency: select('leniency', [['', 'any'], ...[...choices().keys()].sort().map(plain)]),
  };
  const labels = { implementation: 'Implementation', verdict: 'Verdict', severity: 'Severity', rule: 'Rule', area: 'Area', leniency: 'Leniency' };
  const fields = { q: search, ...selects };
  const read = () => Object.fromEntries(FILTERS.map((name) => [name, fields[name].value]));
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => changed(read()), 120); };
  const form = el('form', { class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); changed(read()); }, oninput: soon },
    el('label', { class: 'search' }, 'Search', search),
    Object.entries(selects).filter(([, each]) => each.options.length > 2).map(([name, each]) => el('label', {}, labels[name], each)),
    el('button', { type: 'button', onclick: () => changed({ verdict: 'all' }) }, 'Reset'));
  const set = (filters) => {
    for (const name of FILTERS) {
      const value = filters[name] ?? (name === 'verdict' ? defaultVerdict() : '');
      if (fields[name].value !== value) fields[name].value = value;
    }
  };
  return { form, search, set };
}

const defaultVerdict = () => (anyUnexpected() ? 'unexpected' : 'all');

function filtered(filters) {
  const verdict = filters.verdict || defaultVerdict();
  const words = (filters.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const cases = DATA.cases.map((entry) => !filters.area || areaOf(entry) === filters.area);
  const rule = filters.rule ? DATA.rules.findIndex((each) => each.id === filters.rule) : -1;
  const implementation = filters.implementation ? DATA.implementations.findIndex((each) => each.name === filters.implementation) : -1;
  return DATA.results.filter((row) =>
    cases[row[COLUMN.case]] &&
    (!filters.rule || rulePlaceOf(row) === rule || caseOf(row)[CASE.rules].includes(rule)) &&
    (!filters.implementation || row[COLUMN.implementation] === implementation) &&
    (verdict === 'all' || (verdict === 'unexpected' ? UNEXPECTED.has(verdictOf(row)) : sort(row) === verdict)) &&
    (!filters.severity || severityOf(row) === filters.severity) &&
    (!filters.leniency || field(row, 'leniency') === filters.leniency) &&
    words.every((word) => searchable(row).includes(word) || answerText(row).includes(word)));
}

// What can be searched of a case is put together once; of an answer only where it is looked at.
const texts = [];
function searchable(row) {
  const place = row[COLUMN.case];
  const entry = DATA.cases[place];
  texts[place] ??= [entry[CASE.id], caseField(entry, 'comment'), caseField(entry, 'flags'),
    ...entry[CASE.rules].map((rule) => `${DATA.rules[rule].id} ${DATA.rules[rule].text}`)].join(' ').toLowerCase();
  return texts[place];
}

function answerText(row) {
  return [implementationOf(row).name, kindOf(row), ...['explanation', 'outcome', 'stage', 'message', 'exception', 'reason', 'skip'].map((name) => field(row, name))]
    .join(' ').toLowerCase();
}

function resultRow(row) {
  const entry = caseOf(row);
  const rule = DATA.rules[rulePlaceOf(row)];
  return el('tr', {},
    el('th', { scope: 'row' }, el('a', { href: caseLink(entry[CASE.id]) }, el('code', {}, said(entry[CASE.id])))),
    el('td', {}, said(implementationOf(row).name)),
    el('td', {}, badge(row)),
    el('td', {}, rule ? el('span', { title: rule.text }, said(rule.source ? `${rule.source} ${rule.section}` : rule.id)) : ''),
    el('td', {}, said(whatHappened(row))));
}

function whatHappened(row) {
  if (verdictOf(row) === 'skipped') return field(row, 'skip') || field(row, 'reason');
  if (row[COLUMN.leniency]) return `${field(row, 'leniency')}: ${field(row, 'choice') || field(row, 'outcome')}`;
  const stage = field(row, 'stage');
  return field(row, 'explanation') || field(row, 'reason') || field(row, 'outcome') + (stage ? ` (${stage})` : '');
}
