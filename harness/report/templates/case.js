// One case: its sentence, its rules, its octets, and what every implementation made of it.

function drawCase(place) {
  const entry = DATA.cases[place];
  const rows = DATA.results.filter((row) => row[COLUMN.case] === place);
  rows.sort((a, b) => a[COLUMN.implementation] - b[COLUMN.implementation]);
  return [
    el('p', { class: 'back' }, el('a', { href: wayBack() }, '← All results')),
    el('h1', { tabindex: '-1' }, said(entry[CASE.id])),
    el('p', {}, said(caseField(entry, 'comment'))),
    facts(entry),
    el('h2', {}, entry[CASE.rules].length > 1 ? 'Rules' : 'Rule'),
    el('ul', { class: 'rules' }, entry[CASE.rules].map((rule) => el('li', {}, ruleText(DATA.rules[rule])))),
    ...octetSection(entry),
    el('h2', {}, plural(rows.length, 'answer')),
    ...rows.filter(noteworthy).map((row) => answer(row, entry)),
    plainAnswers(rows.filter((row) => !noteworthy(row)), entry),
  ];
}

function facts(entry) {
  const result = caseField(entry, 'result');
  const near = caseField(entry, 'near');
  const pairs = [
    ['Asks for', caseField(entry, 'method')],
    ['The message', DATA.expected[result] ?? result],
    ['Near miss', near && [placeOfCase(near) === undefined ? said(near) : el('a', { href: caseLink(near) }, said(near)), caseField(entry, 'edit') && ': ', said(caseField(entry, 'edit'))]],
    ['Refused at', caseField(entry, 'stages')],
    ['Flags', caseField(entry, 'flags')],
  ];
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value?.length).map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function ruleText(rule) {
  const cited = rule.url ? el('a', { href: rule.url, rel: 'noreferrer' }, rule.citation) : said(rule.citation);
  return [cited, rule.text ? ': ' : '', said(rule.text), rule.citation === rule.id ? '' : el('span', { class: 'quiet' }, ' ', el('code', {}, said(rule.id)))];
}

function octetSection(entry) {
  if (!entry[CASE.octets].length) return [];
  const spans = entry[CASE.spans];
  const shown = entry[CASE.octets].reduce((sum, [, hex]) => sum + hex.length / 2, 0);
  const cut = shown < entry[CASE.total] ? ` (${number(shown)} of them shown)` : '';
  const dump = el('div', { class: 'dump' });
  let end = 0;
  for (const [start, hex] of entry[CASE.octets]) {
    if (start > end) dump.append(gap(end, start));
    end = start + hex.length / 2;
    for (let offset = start; offset < end; offset += 16 - (offset % 16)) {
      dump.append(...dumpRow(offset, hex.slice((offset - start) * 2, (offset - start + 16 - (offset % 16)) * 2), spans));
    }
  }
  if (end < entry[CASE.total]) dump.append(gap(end, entry[CASE.total]));
  return [el('h2', {}, 'Octets'), el('p', { class: 'quiet' }, `${plural(entry[CASE.total], 'octet')}${cut}; offsets in hexadecimal`),
    el('div', { class: 'octets', tabindex: '0', role: 'region', 'aria-label': 'Octets of the message' }, dump), spanTable(spans, dump)];
}

const gap = (from, to) => el('span', { class: 'gap' }, `… ${plural(to - from, 'octet')} left out`);

// The innermost span that an octet is in: of those that hold it, faults first, then the shortest.
function spanAt(spans, offset) {
  let best = -1;
  spans.forEach(([start, end, , , fault], place) => {
    if (offset < start || offset >= Math.max(end, start + (fault ? 1 : 0))) return;
    const [s, e, , , f] = spans[best] ?? [0, Infinity, 0, 0, 0];
    if (best < 0 || fault > f || (fault === f && end - start < e - s)) best = place;
  });
  return best;
}

function dumpRow(offset, hex, spans) {
  const row = el('span', { class: 'hex' });
  let printed = '';
  let place = -2;
  let stretch = row;
  for (let each = 0; each < hex.length / 2; each += 1) {
    const octet = hex.slice(each * 2, each * 2 + 2);
    const code = parseInt(octet, 16);
    printed += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
    const now = spanAt(spans, offset + each);
    if (each) (now === place ? stretch : row).append(' ');
    if (now !== place) {
      const fault = spans[now]?.[4];
      stretch = el('span', now < 0 ? {} : { class: `field k${now % 6}${fault ? ' fault' : ''}`, 'data-span': now, title: spanTitle(spans[now]) });
      row.append(stretch);
      place = now;
    }
    stretch.append(octet);
  }
  return [el('span', { class: 'offset' }, offset.toString(16).padStart(4, '0')), row, el('span', { class: 'printed' }, printed)];
}

const spanTitle = ([, , label, value]) => [DATA.strings[label], DATA.strings[value]].filter(Boolean).join(': ');

function spanTable(spans, dump) {
  if (!spans.length) return null;
  const light = (place, on) => dump.querySelectorAll(`[data-span="${place}"]`).forEach((each) => each.classList.toggle('lit', on));
  const rows = spans.map(([start, end, label, value, fault], place) =>
    el('tr', { class: fault ? 'fault' : '', onmouseenter: () => light(place, true), onmouseleave: () => light(place, false) },
      el('td', {}, el('span', { class: `swatch field k${place % 6}${fault ? ' fault' : ''}` }), end - start > 1 ? `${number(start)}–${number(end - 1)}` : number(start)),
      el('td', {}, said(DATA.strings[label]), fault ? ' ← the fault' : ''),
      el('td', { class: 'mono' }, said(DATA.strings[value]))));
  return scrolling('Fields of the message', el('table', { class: 'spans' },
    el('thead', {}, el('tr', {}, ['Octets', 'Field', 'Value'].map((name) => el('th', { scope: 'col' }, name)))), el('tbody', {}, rows)));
}

const noteworthy = (row) => UNEXPECTED.has(verdictOf(row)) || verdictOf(row) === 'xfailed';

// What went as it should is told in a line each.
function plainAnswers(rows, entry) {
  if (!rows.length) return null;
  return scrolling('Answers as required', el('table', {},
    el('thead', {}, el('tr', {}, ['Implementation', 'Verdict', 'Answer', 'Rerun'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows.map((row) => el('tr', {},
      el('th', { scope: 'row' }, said(titleOf(row))),
      el('td', {}, badge(row)),
      el('td', {}, answerLines(row).map((parts) => el('div', {}, parts.slice(0, -1).join(''), said(parts[parts.length - 1])))),
      el('td', {}, el('details', {}, el('summary', {}, 'command'), rerun(rerunCommand(implementationOf(row), entry)))))))));
}

const titleOf = (row) => `${implementationOf(row).name} ${implementationOf(row).version}`.trim();

function answerLines(row) {
  const stage = field(row, 'stage');
  const skipped = verdictOf(row) === 'skipped';
  return [
    [field(row, 'explanation')],
    [skipped ? '' : 'Skipped: ', field(row, 'skip')],
    ['Known failure: ', field(row, 'reason')],
    [`${field(row, 'leniency')}: `, row[COLUMN.leniency] ? field(row, 'choice') || field(row, 'outcome') : ''],
    ['Answer: ', skipped ? '' : `${field(row, 'outcome')}${stage ? ` at stage ${stage}` : ''}, ${row[COLUMN.ms]} ms`],
    ['It said: ', [field(row, 'exception'), field(row, 'message')].filter(Boolean).join(': ')],
    ['Came out: ', field(row, 'got')],
    ['Note: ', field(row, 'remarks')],
  ].filter((parts) => parts[parts.length - 1]);
}

function answer(row, entry) {
  const stderr = field(row, 'stderr');
  const kind = UNEXPECTED.has(verdictOf(row)) ? 'bad' : 'known';
  return el('article', { class: `answer ${kind}` },
    el('h3', {}, said(titleOf(row)), badge(row), severityOf(row) ? el('span', { class: 'quiet' }, severityOf(row)) : null),
    answerLines(row).map((parts) => el('p', {}, parts.slice(0, -1).join(''), said(parts[parts.length - 1]))),
    stderr ? el('details', { open: kind === 'bad' }, el('summary', {}, 'stderr'), el('pre', {}, stderr)) : null,
    rerun(rerunCommand(implementationOf(row), entry)));
}

function rerun(command) {
  const text = el('pre', {}, command);
  const copy = el('button', { type: 'button', onclick: () => copied(text, copy) }, 'Copy');
  return el('div', { class: 'rerun' }, text, copy);
}

async function copied(text, button) {
  getSelection().selectAllChildren(text);
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Selected'; // no clipboard for a page opened from disk: the selection is one key away from it
  }
}
