// Rules (or areas) × implementations, and who chose what where the text leaves a choice.

function drawMatrix() {
  const table = el('table', { class: 'matrix' });
  const draw = (by) => table.replaceChildren(...matrixParts(by));
  draw('rule');
  const choice = (value, label, checked) =>
    el('label', {}, el('input', { type: 'radio', name: 'by', value, checked, onchange: () => draw(value) }), ` ${label}`);
  return el('section', { id: 'matrix', 'aria-labelledby': 'matrix-title' },
    el('h2', { id: 'matrix-title' }, 'Rules × implementations'),
    el('fieldset', { class: 'switch' }, el('legend', {}, 'A row'), choice('rule', 'a rule', true), choice('area', 'an area', false)),
    scrolling('Rules by implementations', table),
    el('p', { class: 'legend' }, '✓ all as required · 3: so many failed · (2): known failures · ○: left open by the text · –: not asked'));
}

function matrixParts(by) {
  const rows = matrixRows(by);
  const names = ANSWERING.map((place) => DATA.implementations[place]);
  const head = el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, by === 'rule' ? 'Rule' : 'Area'),
    names.map((each) => el('th', { scope: 'col', class: 'upright' },
      el('a', { href: resultsLink({ implementation: each.name, verdict: 'all' }) }, said(each.name))))));
  const body = el('tbody');
  let source = '';
  for (const row of rows) {
    if (row.source && row.source !== source) {
      source = row.source;
      body.append(el('tr', { class: 'group' }, el('th', { scope: 'colgroup', colspan: names.length + 1 }, said(source))));
    }
    body.append(el('tr', {}, el('th', { scope: 'row' }, row.title), ANSWERING.map((place) => matrixCell(row, row.cells[place], DATA.implementations[place]))));
  }
  return [el('caption', { class: 'quiet' }, `${plural(rows.length, by)}, ${plural(names.length, 'implementation')}`), head, body];
}

// Counts every result once, under its rule or its area.
function matrixRows(by) {
  const found = new Map();
  const areas = by === 'rule' ? [] : DATA.cases.map(areaOf);
  for (const row of DATA.results) {
    const key = by === 'rule' ? rulePlaceOf(row) : areas[row[COLUMN.case]];
    let cells = found.get(key);
    if (!cells) found.set(key, (cells = DATA.implementations.map(() => ({}))));
    const cell = cells[row[COLUMN.implementation]];
    const what = sort(row);
    cell[what] = (cell[what] ?? 0) + 1;
  }
  const ordered = [...found.entries()].sort(([a], [b]) => (by === 'rule' ? (a < 0) - (b < 0) || a - b : a < b ? -1 : 1));
  return ordered.map(([key, cells]) => (by === 'rule' ? ruleRow(key, cells) : { title: said(key), cells, filter: { area: key } }));
}

function ruleRow(place, cells) {
  const rule = DATA.rules[place];
  if (!rule) return { title: 'no rule named', cells, filter: {} };
  return {
    source: rule.source,
    title: el('div', { class: 'rule' }, el('span', { class: 'quiet' }, rule.section),
      el('span', {}, said(rule.text || rule.id), rule.level ? el('span', { class: 'quiet' }, ` ${rule.level}`) : null)),
    cells,
    filter: { rule: rule.id },
  };
}

function matrixCell(row, cell, implementation) {
  const bad = (cell.failed ?? 0) + (cell.error ?? 0) + (cell.xpassed ?? 0);
  const known = cell.xfailed ?? 0;
  const said = Object.entries(cell).map(([what, times]) => `${times} ${LABELS[what]}`).join(', ') || 'no case';
  const asked = bad + known + (cell.passed ?? 0) + (cell.either ?? 0);
  let text = cell.passed ? '✓' : '○';
  if (!asked) text = '–';
  else if (bad || known) text = `${bad || ''}${known ? `(${known})` : ''}`;
  const kind = bad ? 'bad' : known ? 'known' : asked && cell.passed ? 'good' : 'none';
  if (said === 'no case') return el('td', { class: 'none' }, el('span', { 'aria-label': said }, '–'));
  const href = resultsLink({ ...row.filter, implementation: implementation.name, verdict: bad ? 'unexpected' : 'all' });
  return el('td', { class: kind }, el('a', { href, title: said, 'aria-label': `${implementation.name}: ${said}` }, text));
}

function drawChoices() {
  const found = choices();
  if (!found.size) return null;
  const kinds = [...new Set([...found.values()].flatMap((cells) => cells.flatMap((cell) => [...(cell?.keys() ?? [])])))].sort();
  const rows = [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([leniency, cells]) =>
    el('tr', {}, el('th', { scope: 'row' }, el('a', { href: resultsLink({ leniency, verdict: 'all' }) }, said(leniency))),
      ANSWERING.map((place) => el('td', {}, [...(cells[place] ?? [])].map(([choice, times]) =>
        el('span', { class: `choice choice${kinds.indexOf(choice) % 4}` }, said(choice), times > 1 ? ` ×${number(times)}` : ''))))));
  return el('section', { id: 'choices', 'aria-labelledby': 'choices-title' },
    el('h2', { id: 'choices-title' }, 'Choices that the text leaves open'),
    el('p', { class: 'quiet' }, 'Recorded, never scored: the specification allows each of these, so two ends of a wire can differ here.'),
    scrolling('Choices by implementation', el('table', { class: 'choices' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Leniency'), ANSWERING.map((place) => el('th', { scope: 'col' }, said(DATA.implementations[place].name))))),
      el('tbody', {}, rows))));
}

function choices() {
  const found = new Map();
  for (const row of DATA.results) {
    if (!row[COLUMN.leniency] || verdictOf(row) === 'skipped') continue;
    const name = field(row, 'leniency');
    if (!found.has(name)) found.set(name, []);
    const choice = field(row, 'choice') || field(row, 'outcome');
    const cell = (found.get(name)[row[COLUMN.implementation]] ??= new Map());
    cell.set(choice, (cell.get(choice) ?? 0) + 1);
  }
  return found;
}
