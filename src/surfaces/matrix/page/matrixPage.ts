import {
  exportFormats,
  type MatrixData,
  type PageMessage,
  type PanelMessage,
  type Seen,
} from '../matrixData.ts';
import { viewOf, type MatrixView, type ViewChoice } from '../matrixView.ts';
import { element, Grid } from './grid.ts';

declare function acquireVsCodeApi(): { readonly postMessage: (message: PageMessage) => void };

const { postMessage } = acquireVsCodeApi();

/** An element of the page, which the page's own markup holds. */
function byId<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

const from = byId('from', HTMLInputElement);
const to = byId('to', HTMLInputElement);
const by = byId('by', HTMLSelectElement);
const sort = byId('sort', HTMLSelectElement);
const unlike = byId('unlike', HTMLInputElement);
const exporting = byId('export', HTMLSelectElement);
const details = byId('details', HTMLElement);

let data: MatrixData | undefined;
let view: MatrixView | undefined;
const seen = { observed: new Map<number, Seen>(), probed: new Map<number, Seen>() };

const grid = new Grid(byId('grid', HTMLElement), {
  chosen: (pair) => {
    postMessage({ kind: 'explain', pair });
  },
  probe: (pair) => {
    postMessage({ kind: 'probe', pair });
  },
  opened: ({ row, column }) => {
    from.value = `${view?.rows[row] ?? ''}/`;
    to.value = `.${view?.columns[column] ?? ''}:`;
    by.value = 'workload';
    show();
  },
});

function show(): void {
  if (data === undefined) return;
  const choice: ViewChoice = {
    by: by.value === 'namespace' ? 'namespace' : 'workload',
    from: from.value,
    to: to.value,
    unlikeOnly: unlike.checked,
    sort: sort.value === 'worst' ? 'worst' : 'name',
  };
  view = viewOf(data, seen, choice);
  grid.show(view);
}

function open(next: MatrixData): void {
  data = next;
  seen.observed = new Map(next.observed);
  seen.probed = new Map(next.probed);
  if (byId('title', HTMLElement).textContent !== next.title) details.replaceChildren();
  byId('title', HTMLElement).textContent = next.title;
  const parts = next.after === undefined ? 'predicted' : 'predicted → after the change';
  byId('legend', HTMLElement).textContent =
    `${next.clients.length} clients × ${next.servers.length} servers. In each cell: ${parts}, observed, probed. ` +
    `M mutual TLS · T one-way TLS · P plaintext · X refused · ? unknown · ! not as predicted. ${next.unobserved}`;
  show();
}

/** Says of one connection what is known of it, each line as text. */
function tell(pair: number, lines: readonly string[]): void {
  if (data === undefined) return;
  const client = data.clients[Math.floor(pair / data.servers.length)]?.name ?? '';
  const server = data.servers[pair % data.servers.length]?.name ?? '';
  const list = element('ul', '');
  list.append(...lines.map((line) => element('li', '', line)));
  const probe = element('button', '', 'Probe');
  probe.addEventListener('click', () => {
    postMessage({ kind: 'probe', pair });
  });
  details.replaceChildren(element('h2', '', `${client} → ${server}`), list, probe);
}

function hear(message: PanelMessage): void {
  switch (message.kind) {
    case 'matrix':
      open(message.data);
      return;
    case 'reasons':
      tell(message.pair, message.lines);
      return;
    case 'probing':
      tell(message.pair, ['A probe is running.']);
      return;
    case 'probed':
      if (message.seen !== undefined) seen.probed.set(message.pair, message.seen);
      tell(message.pair, [message.words]);
      grid.refresh();
  }
}

for (const control of [from, to]) control.addEventListener('input', show);
for (const control of [by, sort, unlike]) control.addEventListener('change', show);
exporting.addEventListener('change', () => {
  const format = exportFormats.find((one) => one === exporting.value);
  exporting.value = '';
  if (format !== undefined && view !== undefined)
    postMessage({ kind: 'export', format, pairs: view.pairs() });
});
// Only the extension posts to this window: VS Code hands nothing else in.
window.addEventListener('message', ({ data: message }: MessageEvent<PanelMessage>) => {
  hear(message);
});
postMessage({ kind: 'ready' });
