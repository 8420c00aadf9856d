import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, parseJson } from '../objects/json.ts';
import { reviewAccess } from './access.ts';
import { deleteObject } from './deletes.ts';
import { coreVersions, groupInfo, groupList, resourceList, versionInfo } from './discovery.ts';
import { unknownFieldsProblem } from './fieldValidation.ts';
import { patchObject } from './patch.ts';
import { getObject, listObjects, presentationOf } from './reads.ts';
import { bodyLimit, readBody } from './requestBody.ts';
import { pods, services } from '../objects/resources.ts';
import type { ResourceRoute, Route } from './route.ts';
import { routeOf } from './route.ts';
import type { Answer } from '../objects/status.ts';
import {
  badRequest,
  failure,
  methodNotAllowed,
  ok,
  tooLarge,
  unauthorized,
  unknownPath,
} from '../objects/status.ts';
import { watchObjects } from './watch.ts';
import type { Registry, Target, WriteOptions } from './writes.ts';
import { createObject, updateObject } from './writes.ts';

/** What the API needs from outside to answer a request. */
export interface ApiContext {
  readonly registry: Registry;
  /** The bearer token that the demo's kubeconfig carries. */
  readonly token: string;
  /** Answers `pods/proxy` itself. */
  readonly proxy: (pod: KubeObject, call: ProxyCall) => Promise<Answer | undefined>;
  /** Answers `services/proxy`; undefined where nothing answers behind the Service. */
  readonly serviceProxy: (
    service: KubeObject,
    path: string,
    query: URLSearchParams,
  ) => Answer | undefined;
  /** Answers `pods/log`. */
  readonly log: (pod: KubeObject, query: URLSearchParams) => string;
}

export interface ProxyCall {
  readonly port: number;
  readonly path: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Call {
  readonly context: ApiContext;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** Answers one HTTP request of the Kubernetes API. */
export async function handleRequest(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const call: Call = { context, request, response, query: url.searchParams };
  const answer = isAuthorized(context, request)
    ? await answerRoute(call, routeOf(url.pathname))
    : unauthorized();
  if (answer) sendAnswer(response, answer);
}

export function isAuthorized(context: ApiContext, request: IncomingMessage): boolean {
  return request.headers.authorization === `Bearer ${context.token}`;
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  const text = JSON.stringify(answer.body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  for (const warning of answer.warnings ?? []) {
    response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
  }
  response.writeHead(answer.code, headers).end(text);
}

async function answerRoute(call: Call, route: Route): Promise<Answer | undefined> {
  switch (route.kind) {
    case 'version':
      return ok(versionInfo());
    case 'health':
      call.response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok');
      return undefined;
    case 'core-versions':
      return ok(coreVersions());
    case 'groups':
      return ok(groupList());
    case 'group':
      return ok(groupInfo(route.group));
    case 'resources': {
      const resources = resourceList(route.group, route.version);
      return resources ? ok(resources) : unknownPath();
    }
    case 'access-review':
      return answerReview(call);
    case 'resource':
      return answerResource(call, route);
    case 'unknown':
      return unknownPath();
  }
}

async function answerReview(call: Call): Promise<Answer> {
  if (call.request.method !== 'POST') return methodNotAllowed();
  const body = await jsonBody(call);
  return body.kind === 'problem' ? body.answer : reviewAccess(body.object);
}

async function answerResource(call: Call, route: ResourceRoute): Promise<Answer | undefined> {
  if (route.name === undefined) return answerCollection(call, route);
  if (route.subresource === undefined) return answerObject(call, route, route.name);
  if (route.subresource === 'status') return answerObject(call, route, route.name);
  if (route.type === services && route.subresource === 'proxy')
    return answerServiceProxy(call, route, route.name);
  if (route.type !== pods) return unknownPath();
  if (route.subresource === 'log') return answerLog(call, route);
  if (route.subresource === 'exec') return badRequest('Upgrade request required');
  return route.subresource === 'proxy' ? answerProxy(call, route, route.name) : unknownPath();
}

async function answerCollection(call: Call, route: ResourceRoute): Promise<Answer | undefined> {
  const { storage } = call.context.registry;
  const isWatch = ['true', '1'].includes(call.query.get('watch') ?? '');
  const as = presentationOf(call.request.headers.accept ?? '');
  switch (call.request.method) {
    case 'GET':
      return isWatch
        ? watchObjects(storage, route, call.query, { as, response: call.response })
        : listObjects(storage, route, call.query, as);
    case 'POST': {
      const body = await jsonBody(call);
      if (body.kind === 'problem') return body.answer;
      if (route.type.namespaced && route.namespace === undefined) return methodNotAllowed();
      const target = {
        type: route.type,
        version: route.version,
        namespace: route.namespace,
        name: '',
      };
      return strictly(call, target, body.object, () =>
        createObject(call.context.registry, target, body.object, writeOptions(call)),
      );
    }
    case undefined:
    default:
      return methodNotAllowed();
  }
}

async function answerObject(call: Call, route: ResourceRoute, name: string): Promise<Answer> {
  const { registry } = call.context;
  const { type, version, namespace } = route;
  const isStatus = route.subresource === 'status';
  const target: Target = {
    type,
    version,
    namespace,
    name,
    ...(isStatus && { subresource: 'status' }),
  };
  const { method = 'GET' } = call.request;
  if (method === 'GET') {
    return getObject(registry.storage, route, presentationOf(call.request.headers.accept ?? ''));
  }
  if (method === 'PATCH') return answerPatch(call, target);
  if (method !== 'PUT' && (method !== 'DELETE' || isStatus)) return methodNotAllowed();
  const body = await jsonBody(call);
  if (body.kind === 'problem') return body.answer;
  if (method === 'PUT') {
    return strictly(call, target, body.object, () =>
      updateObject(registry, target, body.object, writeOptions(call)),
    );
  }
  return deleteObject(registry, target, body.object, call.query);
}

async function answerPatch(call: Call, target: Target): Promise<Answer> {
  const text = await readBody(call.request);
  if (text === undefined) return tooLarge(bodyLimit);
  const [contentType = ''] = (call.request.headers['content-type'] ?? '').split(';');
  return patchObject(call.context.registry, target, text, {
    ...writeOptions(call),
    contentType,
    force: call.query.get('force') === 'true',
    named: (call.query.get('fieldManager') ?? '') !== '',
    fieldValidation: call.query.get('fieldValidation') ?? 'Warn',
  });
}

/** Refuses or warns about fields that the schema does not know, as `fieldValidation` asks. */
function strictly(call: Call, target: Target, body: JsonObject, write: () => Answer): Answer {
  const fieldValidation = call.query.get('fieldValidation') ?? 'Warn';
  const problem = unknownFieldsProblem(target, body, fieldValidation);
  if (problem.kind === 'refused') return problem.answer;
  return { ...write(), warnings: problem.warnings };
}

async function answerProxy(
  call: Call,
  route: ResourceRoute,
  name: string,
): Promise<Answer | undefined> {
  const { registry, proxy } = call.context;
  const [podName = '', port = '80'] = name.split(':');
  const pod = registry.storage.get(pods, route.namespace, podName);
  if (!pod) return getObject(registry.storage, { ...route, name: podName }, 'whole');
  call.query.sort();
  const search = call.query.size > 0 ? `?${call.query.toString()}` : '';
  const { request, response } = call;
  return proxy(pod, { port: Number(port), path: route.rest + search, request, response });
}

function answerServiceProxy(call: Call, route: ResourceRoute, name: string): Answer {
  const { registry, serviceProxy } = call.context;
  // `https:NAME:PORT`, `NAME:PORT` or `NAME`.
  const [serviceName = ''] = name.replace(/^https?:/, '').split(':');
  const service = registry.storage.get(services, route.namespace, serviceName);
  if (!service) return getObject(registry.storage, { ...route, name: serviceName }, 'whole');
  return (
    serviceProxy(service, route.rest, call.query) ??
    failure(503, 'ServiceUnavailable', `no endpoints available for service "${serviceName}"`)
  );
}

function answerLog(call: Call, route: ResourceRoute): Answer | undefined {
  const { registry, log } = call.context;
  const pod = registry.storage.get(pods, route.namespace, route.name ?? '');
  if (!pod) return getObject(registry.storage, route, 'whole');
  call.response.writeHead(200, { 'Content-Type': 'text/plain' }).end(log(pod, call.query));
  return undefined;
}

function writeOptions(call: Call): WriteOptions {
  const agent = call.request.headers['user-agent'] ?? 'unknown';
  return {
    manager: call.query.get('fieldManager') ?? agent.split('/')[0] ?? agent,
    dryRun: call.query.getAll('dryRun').includes('All'),
  };
}

type JsonBody =
  | { readonly kind: 'object'; readonly object: JsonObject }
  | { readonly kind: 'problem'; readonly answer: Answer };

async function jsonBody(call: Call): Promise<JsonBody> {
  const text = await readBody(call.request);
  if (text === undefined) return { kind: 'problem', answer: tooLarge(bodyLimit) };
  if (text === '' && call.request.method === 'DELETE') return { kind: 'object', object: {} };
  const value = parseJson(text);
  if (isObject(value)) return { kind: 'object', object: value };
  return { kind: 'problem', answer: badRequest('the body of the request is not a JSON object') };
}
