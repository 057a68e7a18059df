// What the address asks for: #case=ID a case, #rule=…&implementation=… filtered results, else a place on the page.

const report = document.getElementById('report');
const caseView = document.getElementById('case');
const results = drawResults();
document.getElementById('drawn').append(...[drawMatrix(), drawChoices(), results.section].filter(Boolean));
if (!document.getElementById('choices')) document.querySelector('nav [href="#choices"]').remove();
document.documentElement.classList.add('scripted');

// Where the report was left for a case: the way back leads there, filters and all.
let left = { hash: 'results', y: null };
const wayBack = () => `#${left.hash}`;

function route(event) {
  const hash = location.hash.slice(1);
  const before = event?.oldURL ? new URL(event.oldURL).hash.slice(1) : '';
  if (!report.hidden && event) left = { hash: before || 'results', y: scrollY };
  const asked = new URLSearchParams(hash);
  const id = asked.get('case');
  if (id !== null) showCase(id);
  else showReport(hash, asked);
}

function showCase(id) {
  const place = placeOfCase(id);
  caseView.replaceChildren(...(place === undefined ? unknown(id) : drawCase(place)).filter(Boolean));
  report.hidden = true;
  caseView.hidden = false;
  document.title = `${id} – Sealproof report`;
  scrollTo(0, 0);
  caseView.querySelector('h1').focus({ preventScroll: true });
}

function unknown(id) {
  return [el('p', { class: 'back' }, el('a', { href: wayBack() }, '← All results')), el('h1', { tabindex: '-1' }, 'No such case here'), el('p', {}, said(id))];
}

function showReport(hash, asked) {
  const was = report.hidden;
  report.hidden = false;
  caseView.hidden = true;
  caseView.replaceChildren();
  document.title = 'Sealproof report';
  const filters = Object.fromEntries(FILTERS.filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]));
  if (Object.keys(filters).length) {
    results.show(filters);
    results.section.scrollIntoView();
  } else if (hash) {
    document.getElementById(hash)?.scrollIntoView();
  }
  if (was && left.y !== null && hash === left.hash) scrollTo(0, left.y);
}

addEventListener('hashchange', route);
addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && !report.hidden) {
    event.preventDefault();
    results.focus();
  }
});
results.show({});
route();
