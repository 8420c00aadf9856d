import { request } from 'node:https';
import type { Agent } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import WebSocket from 'ws';
import type { Demo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/objects/json.ts';
import { listAt, parseJson, textAt } from '../../../src/demo/objects/json.ts';
import { untilHolds } from '../../support/until.ts';

/** Longest time to wait for anything the demo does, in milliseconds. */
export const patienceMs = 5000;

export interface Reply {
  readonly code: number;
  readonly body: Json;
  readonly headers: IncomingMessage['headers'];
}

export interface CallOptions {
  readonly body?: Json;
  readonly contentType?: string;
  readonly accept?: string;
  /** Sent instead of the kubeconfig's token. */
  readonly token?: string;
}

export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: Json;
  /** Of the refused upgrade, when the command was not run. */
  readonly httpStatus?: number;
}

/** What the kubeconfig of a demo gives a client. */
export class Client {
  readonly #url: string;
  readonly #ca: Buffer;
  readonly #token: string;
  readonly #agent: Agent | false;

  /** @param agent keeps connections for many calls; without one, each call opens its own */
  constructor(demo: Pick<Demo, 'kubeconfig'>, agent: Agent | false = false) {
    this.#agent = agent;
    const kubeconfig = parse(demo.kubeconfig) as Json;
    const [cluster] = listAt(kubeconfig, 'clusters');
    const [user] = listAt(kubeconfig, 'users');
    this.#url = textAt(cluster, 'cluster', 'server') ?? '';
    this.#ca = Buffer.from(
      textAt(cluster, 'cluster', 'certificate-authority-data') ?? '',
      'base64',
    );
    this.#token = textAt(user, 'user', 'token') ?? '';
  }

  async get(path: string, options: CallOptions = {}): Promise<Reply> {
    return this.call('GET', path, options);
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const response = await this.open(method, path, options);
    const text = await readAll(response);
    return {
      code: response.statusCode ?? 0,
      body: parseJson(text) ?? text,
      headers: response.headers,
    };
  }

  /** Server-side apply with the field manager `istio-mtls` unless another is named in the query. */
  async apply(path: string, body: Json, query = 'fieldManager=istio-mtls'): Promise<Reply> {
    return this.call('PATCH', `${path}?${query}`, {
      body,
      contentType: 'application/apply-patch+yaml',
    });
  }

  async merge(path: string, body: Json): Promise<Reply> {
    return this.call('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  }

  async open(method: string, path: string, options: CallOptions = {}): Promise<IncomingMessage> {
    const {
      body,
      contentType = 'application/json',
      accept = 'application/json',
      token = this.#token,
    } = options;
    const text = body === undefined ? '' : JSON.stringify(body);
    // Without a length Node sends no body along with DELETE.
    const entity = { 'content-type': contentType, 'content-length': Buffer.byteLength(text) };
    const authorization = `Bearer ${token}`;
    const headers = { accept, authorization, ...(body !== undefined && entity) };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url + path, {
        method,
        headers,
        ca: this.#ca,
        timeout: patienceMs,
        agent: this.#agent,
      });
      sent
        .on('response', resolve)
        .on('error', reject)
        .on('timeout', () => sent.destroy(new Error(`no answer: ${path}`)));
      sent.end(text);
    });
  }

  /** Runs a command in the first pod of an app. */
  async exec(
    app: string,
    command: readonly string[],
    container = app.split('/')[1] ?? '',
  ): Promise<Executed> {
    const [namespace = ''] = app.split('/');
    const pod = await this.podOf(app);
    return this.execIn(`/api/v1/namespaces/${namespace}/pods/${pod}/exec`, { command, container });
  }

  async execIn(
    path: string,
    options: {
      readonly command: readonly string[];
      readonly container: string;
      readonly protocol?: string;
    },
  ): Promise<Executed> {
    const query = new URLSearchParams([
      ...options.command.map((word): [string, string] => ['command', word]),
      ['container', options.container],
      ['stdout', 'true'],
      ['stderr', 'true'],
    ]);
    const { protocol = 'v5.channel.k8s.io' } = options;
    const socket = new WebSocket(
      `${this.#url.replace('https', 'wss')}${path}?${query.toString()}`,
      [protocol],
      {
        ca: this.#ca,
        headers: { authorization: `Bearer ${this.#token}` },
      },
    );
    return collectFrames(socket);
  }

  /** Name of the newest pod of `NAMESPACE/APP`. */
  async podOf(app: string): Promise<string> {
    const [namespace = '', name = ''] = app.split('/');
    const { body } = await this.get(
      `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`,
    );
    const pods = listAt(body, 'items').filter(
      (pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined,
    );
    return textAt(pods.at(-1), 'metadata', 'name') ?? '';
  }
}

async function collectFrames(socket: WebSocket): Promise<Executed> {
  const channels = ['', '', '', ''];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Error('the command did not end'));
    }, 2 * patienceMs);
    socket.on('message', (frame: Buffer) => {
      const channel = frame[0] ?? 0;
      channels[channel] = (channels[channel] ?? '') + frame.subarray(1).toString();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      const [, stdout = '', stderr = '', status = ''] = channels;
      resolve({ stdout, stderr, status: parseJson(status) ?? null });
    });
    socket.on('unexpected-response', (_request, response) => {
      clearTimeout(timer);
      void readAll(response).then((text) => {
        resolve({
          stdout: '',
          stderr: '',
          status: parseJson(text) ?? null,
          httpStatus: response.statusCode ?? 0,
        });
      });
    });
    socket.on('error', reject);
  });
}

export async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** Exit code in the status frame of an exec; 0 for success. */
export function exitCode(executed: Executed): number | undefined {
  if (textAt(executed.status, 'status') === 'Success') return 0;
  const causes = listAt(executed.status, 'details', 'causes');
  const cause = causes.find((one) => textAt(one, 'reason') === 'ExitCode');
  return cause === undefined ? undefined : Number(textAt(cause, 'message'));
}

/** Asks again until the answer satisfies. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  return untilHolds('another answer', async () => {
    const answer = await ask();
    if (!satisfies(answer)) throw new Error(`still ${JSON.stringify(answer)}`);
    return answer;
  });
}

/** A PeerAuthentication of the namespace `foo`. */
export function policy(name: string, spec: Json): Json {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace: 'foo' },
    spec,
  };
}
