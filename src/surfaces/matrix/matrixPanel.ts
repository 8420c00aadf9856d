import * as vscode from 'vscode';
import type { Mesh } from '../../mesh/index.ts';
import type { MeshSource } from '../../sources/meshSource.ts';
import type { Disposable } from '../platform/disposables.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Cancelled } from '../platform/humanError.ts';
import { inSlices } from '../platform/slices.ts';
import { matrixSteps, type MatrixPair, type MatrixQuestion } from './buildMatrix.ts';
import type { ExportFormat, MatrixData, PageMessage, PanelMessage, Seen } from './matrixData.ts';
import { readPageMessage } from './matrixData.ts';
import { exportMatrix } from './matrixExport.ts';
import { matrixHtml } from './matrixHtml.ts';

/** What a panel shows and does for one matrix. */
export interface MatrixSubject {
  readonly source: Pick<MeshSource, 'current' | 'subscribe'>;
  /** What is asked, of the mesh of the moment. */
  readonly question: (mesh: Mesh) => MatrixQuestion;
  /** All that is known of a pair, a sentence a line. */
  readonly explain: (mesh: Mesh, pair: MatrixPair) => readonly string[];
  /** Runs a probe; undefined where there is nothing to probe from or to, which the sentence says. */
  readonly probe: (pair: MatrixPair) => Promise<Probed>;
}

/** What a probe of a pair saw, if it ran, and one sentence. */
export interface Probed {
  readonly seen?: Seen;
  readonly words: string;
}

/** Milliseconds without another change of the mesh before the matrix is asked for again. */
const quiet = 1000;

/** The one tab of the matrix: predicted, observed and probed connections of a mesh, which it follows. */
export class MatrixPanel implements Disposable {
  readonly #script: vscode.Uri;
  #panel: vscode.WebviewPanel | undefined;
  #open: OpenMatrix | undefined;

  /** `dist` holds the page's script. */
  constructor(dist: vscode.Uri) {
    this.#script = vscode.Uri.joinPath(dist, 'matrixPage.js');
  }

  /** Shows a matrix in place of the one before. */
  show(subject: MatrixSubject): OpenMatrix {
    this.#open?.dispose();
    const panel = (this.#panel ??= this.#create());
    const open = new OpenMatrix(subject, (message) => void panel.webview.postMessage(message));
    this.#open = open;
    panel.reveal(undefined, false);
    open.refresh();
    return open;
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      'istioMtls.matrix',
      'Istio mTLS Connections',
      vscode.ViewColumn.Active,
      { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.#script, '..')] },
    );
    const { webview } = panel;
    webview.onDidReceiveMessage((value: unknown) => {
      const message = readPageMessage(value);
      if (message !== undefined) this.#open?.hear(message);
    });
    panel.onDidDispose(() => {
      this.#open?.dispose();
      this.#open = undefined;
      this.#panel = undefined;
    });
    webview.html = matrixHtml({
      script: webview.asWebviewUri(this.#script).toString(),
      nonce: crypto.randomUUID(),
      source: webview.cspSource,
    });
    return panel;
  }
}

/** One matrix in its tab, for as long as it is shown. */
export class OpenMatrix implements Disposable {
  readonly #subject: MatrixSubject;
  readonly #post: (message: PanelMessage) => void;
  readonly #owned = new DisposableStore();
  /** By the names of client and server, for the numbers of pairs change with the mesh. */
  readonly #probed = new Map<string, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #asking = new AbortController();
  #shown: { readonly question: MatrixQuestion; readonly data: MatrixData } | undefined;

  constructor(subject: MatrixSubject, post: (message: PanelMessage) => void) {
    this.#subject = subject;
    this.#post = post;
    this.#owned.add(
      subject.source.subscribe(() => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.refresh();
        }, quiet);
      }),
    );
  }

  /** Asks for every connection again, of the mesh as it is. */
  refresh(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    void this.#ask(this.#asking.signal);
  }

  /** What a probe saw, whoever ran it: the matrix names its clients and servers so. */
  tellProbed(client: string, server: string, probed: Probed): void {
    if (probed.seen !== undefined) this.#probed.set(nameOf(client, server), probed.seen);
    const pair = this.#shown && pairNumbers(this.#shown.data).get(nameOf(client, server));
    if (pair !== undefined) this.#post({ kind: 'probed', pair, ...probed });
  }

  hear(message: PageMessage): void {
    switch (message.kind) {
      case 'ready':
        if (this.#shown !== undefined)
          this.#post({ kind: 'matrix', data: this.#withProbed(this.#shown.data) });
        return;
      case 'explain':
        this.#explain(message.pair);
        return;
      case 'probe':
        void this.#probe(message.pair);
        return;
      case 'export':
        void this.#export(message.format, message.pairs);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#owned.dispose();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const mesh = this.#subject.source.current?.mesh;
    if (mesh === undefined) return;
    try {
      const question = this.#subject.question(mesh);
      const data = await inSlices(matrixSteps(mesh, question), signal);
      if (signal.aborted) return;
      this.#shown = { question, data };
      this.#post({ kind: 'matrix', data: this.#withProbed(this.#shown.data) });
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
  }

  /** The pair that the page means by its number. */
  #at(pair: number): MatrixPair | undefined {
    const { clients, servers } = this.#shown?.question ?? { clients: [], servers: [] };
    const client = clients[Math.floor(pair / servers.length)];
    const server = servers[pair % servers.length];
    const changed = this.#shown?.question.changed;
    if (client === undefined || server === undefined) return undefined;
    return { client, server, ...(changed === undefined ? {} : { changed }) };
  }

  #withProbed(data: MatrixData): MatrixData {
    const pairs = this.#probed.size === 0 ? undefined : pairNumbers(data);
    const probed = [...this.#probed].flatMap(([name, seen]) => {
      const pair = pairs?.get(name);
      return pair === undefined ? [] : [[pair, seen] as const];
    });
    return { ...data, probed };
  }

  #explain(pair: number): void {
    const mesh = this.#subject.source.current?.mesh;
    const at = this.#at(pair);
    if (mesh === undefined || at === undefined) return;
    const lines = this.#subject.explain(mesh, at);
    this.#post({ kind: 'reasons', pair, lines });
  }

  async #probe(pair: number): Promise<void> {
    const at = this.#at(pair);
    if (at === undefined) return;
    this.#post({ kind: 'probing', pair });
    this.tellProbed(at.client.name, at.server.name, await this.#subject.probe(at));
  }

  async #export(format: ExportFormat, pairs: readonly number[]): Promise<void> {
    if (this.#shown === undefined) return;
    const content = exportMatrix(this.#withProbed(this.#shown.data), pairs, format);
    const language = { csv: 'plaintext', markdown: 'markdown', svg: 'xml' }[format];
    const document = await vscode.workspace.openTextDocument({ language, content });
    await vscode.window.showTextDocument(document);
  }
}

function nameOf(client: string, server: string): string {
  return `${client} ${server}`;
}

/** Where each client and each server stands. */
function placesOf({ clients, servers }: MatrixData) {
  const index = (all: MatrixData['clients']): ReadonlyMap<string, number> =>
    new Map(all.map(({ name }, at) => [name, at]));
  return { clients: index(clients), servers: index(servers) };
}

/** The number of a pair by the names of its client and server. */
function pairNumbers(data: MatrixData): { readonly get: (name: string) => number | undefined } {
  const { clients, servers } = placesOf(data);
  return {
    get: (name) => {
      const [client = '', server = ''] = name.split(' ');
      const [row, column] = [clients.get(client), servers.get(server)];
      return row === undefined || column === undefined
        ? undefined
        : row * data.servers.length + column;
    },
  };
}
