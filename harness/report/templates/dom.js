// Builds elements. What comes from the results only ever goes in as text or as an attribute's value: nothing here,
// or in the files after it, parses HTML.

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Text whose direction must not spill into what stands beside it.
function said(text) {
  return el('bdi', {}, text);
}

function tag(text, kind) {
  return el('span', { class: `tag ${(kind ?? text).replace(/[^a-z-]/g, '-')}` }, text);
}

function number(value) {
  return value.toLocaleString('en');
}

function plural(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

// A table that scrolls sideways within itself, by keyboard too.
function scrolling(label, table) {
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table);
}
