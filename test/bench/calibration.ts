/** One of many small values that a calibrating walk meets. */
interface Entry {
  readonly labels: ReadonlyMap<string, string>;
  readonly ports: readonly number[];
}

const namespaces = 1_000;
const entriesEach = 50;

/**
 * A piece of work like the engine's that no change of the engine can make faster or slower: it finds values by names put
 * together from parts, in maps in maps that do not fit a processor's cache, compares their labels and keeps what fits.
 */
export class FixedWalk {
  readonly #entries = new Map<string, ReadonlyMap<string, Entry>>();
  #at = 1;

  constructor() {
    for (let namespace = 0; namespace < namespaces; namespace++) {
      const entries = new Map<string, Entry>();
      for (let entry = 0; entry < entriesEach; entry++) {
        const labels = new Map([
          ['app', `app-${entry % 7}`],
          ['version', `v${namespace % 3}`],
          ['team', `team-${namespace}`],
        ]);
        entries.set(`entry-${entry}`, { labels, ports: [80, 443, 8_000 + entry] });
      }
      this.#entries.set(`namespace-${namespace}`, entries);
    }
  }

  /** Visits so many values, in the same order in every run; returns how many fitted. */
  visit(count: number): number {
    const kept: { readonly name: string; readonly port: number }[] = [];
    for (let visit = 0; visit < count; visit++) {
      this.#at = (this.#at * 1_103_515_245 + 12_345) % 2_147_483_648;
      const namespace = `namespace-${this.#at % namespaces}`;
      const name = `entry-${(this.#at >> 8) % entriesEach}`;
      const found = this.#entries.get(namespace)?.get(name);
      if (found === undefined) continue;
      const fits = found.labels.get('app') === 'app-3' || found.labels.get('version') === 'v1';
      const port = found.ports.find((each) => each > 1_000);
      if (fits && port !== undefined) kept.push({ name: `${namespace}/${name}`, port });
    }
    return kept.length;
  }
}

const functions = 1_500;

/**
 * The text of an extension of fixed size, some 210 KB, of which loading runs a part: what a bundle is to
 * Node. Its `activate` does what any extension does.
 */
export function fixedExtension(): string {
  const parts = Array.from({ length: functions }, (_, index) => {
    const body = `const parts = ['part ${index}', String(of)]; return parts.map((one) => one.length + ${index}).reduce((a, b) => a + b, 0);`;
    const run = index % 5 === 0 ? `\nsum += part${index}(${index});` : '';
    return `function part${index}(of) { ${body} }${run}`;
  });
  return [
    `'use strict';`,
    `require('vscode');`,
    `let sum = 0;`,
    ...parts,
    `exports.activate = (context) => { context.subscriptions.push({ dispose: () => sum }); };`,
    '',
  ].join('\n');
}
