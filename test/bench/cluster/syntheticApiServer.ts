import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { createAuthority, issueServerCertificate } from '../../../src/demo/api/certificates.ts';
import { kubeconfigFor } from '../../../src/demo/api/kubeconfig.ts';
import { collectionPath } from '../../../src/sources/cluster/kubeResource.ts';
import type { KubeResource } from '../../../src/sources/cluster/kubeResource.ts';
import { answerQuestions } from './answers.ts';
import { now } from './messages.ts';
import type { ServerQuestion, ServerReport } from './messages.ts';
import { changedPolicy, groupVersionOf, syntheticCluster } from './syntheticCluster.ts';
import type { StoredObject } from './syntheticCluster.ts';

// An API server that lists from JSON made beforehand, so that it is not what the bench measures, and that sends
// watch events and bookmarks. It authorizes everybody and knows no writes.

const namespaces = 1000;
const bookmarkEveryMs = 10_000;
const podEventEveryMs = 50;

interface Collection {
  readonly resource: KubeResource;
  readonly objects: readonly StoredObject[];
  readonly texts: readonly string[];
  /** Pages of the size that was asked for first. */
  readonly pages: Map<string, Buffer>;
  readonly watchers: Set<ServerResponse>;
}

const collections = new Map<string, Collection>();
let version = 1000;
let firstAnswerAt = Number.NaN;
let podEvents = 0;

for (const [resource, objects] of syntheticCluster(namespaces)) {
  collections.set(collectionPath(resource, resource.versions[0], ''), {
    resource,
    objects,
    texts: objects.map(itemText),
    pages: new Map(),
    watchers: new Set(),
  });
}

/** An item of a list carries neither kind nor version. */
function itemText({ value }: StoredObject): string {
  const item = {
    ...value,
    metadata: withVersion(value.metadata, '1'),
    apiVersion: undefined,
    kind: undefined,
  };
  return JSON.stringify(item);
}

function withVersion(metadata: unknown, resourceVersion: string): object {
  return { ...(metadata as object), resourceVersion };
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://server');
  if (pathname === '/version') firstAnswerAt = now();
  if (pathname === '/version') send(response, 200, '{"major":"1","minor":"34"}');
  else if (isDiscovery(pathname)) send(response, 200, discovery(pathname.slice('/apis/'.length)));
  else respondWithObjects(pathname, searchParams, response);
}

function respondWithObjects(path: string, query: URLSearchParams, response: ServerResponse): void {
  const [, root = '', namespace = '', plural = ''] =
    /^(.*)\/namespaces\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const collection = collections.get(namespace === '' ? path : `${root}/${plural}`);
  if (collection === undefined) send(response, 404, '{"kind":"Status","code":404}');
  else if (query.get('watch') === 'true') openWatch(collection, response);
  else if (namespace !== '') send(response, 200, listOfNamespace(collection, namespace));
  else send(response, 200, page(collection, query));
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
  response.end(body);
}

function isDiscovery(path: string): boolean {
  return /^\/apis\/[^/]+\/[^/]+$/.test(path);
}

function discovery(groupVersion: string): string {
  const resources = [...collections.values()]
    .filter(({ resource }) => groupVersionOf(resource) === groupVersion)
    .map(({ resource: { plural, kind, namespaced } }) => ({ name: plural, kind, namespaced }));
  return JSON.stringify({ kind: 'APIResourceList', groupVersion, resources });
}

function page(collection: Collection, query: URLSearchParams): Buffer {
  const limit = Number(query.get('limit') ?? collection.texts.length);
  const start = Number(query.get('continue') ?? 0);
  const key = `${start}+${limit}`;
  const known = collection.pages.get(key);
  if (known !== undefined) return known;
  const end = start + limit;
  const next = end < collection.texts.length ? String(end) : '';
  const made = Buffer.from(listText(collection.texts.slice(start, end), next));
  collection.pages.set(key, made);
  return made;
}

function listOfNamespace({ objects, texts }: Collection, namespace: string): string {
  return listText(
    texts.filter((_, index) => objects[index]?.namespace === namespace),
    '',
  );
}

function listText(items: readonly string[], next: string): string {
  const metadata = JSON.stringify({ resourceVersion: String(version), continue: next });
  return `{"kind":"List","apiVersion":"v1","metadata":${metadata},"items":[${items.join(',')}]}`;
}

function openWatch({ watchers }: Collection, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  watchers.add(response);
  response.once('close', () => watchers.delete(response));
}

function sendEvent(collection: Collection, type: string, object: unknown): void {
  const line = `${JSON.stringify({ type, object })}\n`;
  for (const watcher of collection.watchers) watcher.write(line);
}

function sendBookmarks(): void {
  for (const collection of collections.values()) {
    const { kind } = collection.resource;
    const metadata = { resourceVersion: String(version) };
    sendEvent(collection, 'BOOKMARK', {
      kind,
      apiVersion: groupVersionOf(collection.resource),
      metadata,
    });
  }
}

/** The first pods are those of the namespaces that are expanded in the tree. */
const shownPods = 200;
const notReady = new Set<number>();

/** A pod as its kubelet reports it again, ready or not by turns. Every tenth event is about a row that is shown. */
function sendPodEvent(): void {
  const pods = collections.get('/api/v1/pods');
  // Large steps, so that events come from all over the cluster.
  const index =
    (podEvents * 7919) % (podEvents % 10 === 0 ? shownPods : (pods?.objects.length ?? 1));
  const pod = pods?.objects[index];
  if (pods === undefined || pod === undefined) return;
  if (!notReady.delete(index)) notReady.add(index);
  podEvents += 1;
  version += 1;
  const { metadata, status, ...rest } = pod.value;
  const conditions = [{ type: 'Ready', status: notReady.has(index) ? 'False' : 'True' }];
  sendEvent(pods, 'MODIFIED', {
    ...rest,
    metadata: withVersion(metadata, String(version)),
    status: { ...(status as object), conditions },
  });
}

function changePolicy(index: number, mode: string): void {
  const policies = collections.get('/apis/security.istio.io/v1/peerauthentications');
  if (policies === undefined) return;
  const { value } = changedPolicy(index, mode);
  version += 1;
  sendEvent(policies, 'MODIFIED', {
    ...value,
    metadata: withVersion(value.metadata, String(version)),
  });
}

let eventTimer: NodeJS.Timeout | undefined;

function setPodEvents(perSecond: number): void {
  clearInterval(eventTimer);
  const startedAt = now();
  let sent = 0;
  const sendDue = (): void => {
    for (const due = ((now() - startedAt) / 1000) * perSecond; sent < due; sent++) sendPodEvent();
  };
  if (perSecond > 0) eventTimer = setInterval(sendDue, podEventEveryMs);
}

async function startServer(): Promise<string> {
  const authority = await createAuthority('synthetic cluster');
  const server = createServer(await issueServerCertificate(authority), respond);
  // On a busy machine a client may take longer between two pages than the 5 s that Node gives it.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  setInterval(sendBookmarks, bookmarkEveryMs);
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return kubeconfigFor({ url, authority: authority.cert, token: 'synthetic' });
}

const started = startServer();

answerQuestions(async (question: ServerQuestion): Promise<ServerReport> => {
  const kubeconfig = await started;
  switch (question.kind) {
    case 'pod-events':
      setPodEvents(question.perSecond);
      break;
    case 'change-policy':
      changePolicy(question.index, question.mode);
      break;
    case 'report':
      break;
  }
  return { kubeconfig, firstAnswerAt, podEvents, now: now() };
});
