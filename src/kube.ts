import type { ClusterActions } from './actions/clusterActions.ts';
import { clusterActions } from './actions/clusterActions.ts';
import type { EvidenceQuestion } from './actions/evidence/readEvidence.ts';
import { readEvidence } from './actions/evidence/readEvidence.ts';
import type { Journal } from './actions/journal.ts';
import { journalInMemory, openJournal } from './actions/journal.ts';
import type { Evidence, MeshInput } from './mesh/index.ts';
import { accessRole } from './sources/cluster/accessRole.ts';
import { openClusterSource } from './sources/cluster/clusterSource.ts';
import { openTransport } from './sources/transport/httpsTransport.ts';
import { textAt } from './sources/transport/jsonValue.ts';
import { describeFailure } from './sources/transport/kubeFailure.ts';
import type { KubeTransport } from './sources/transport/transport.ts';
import type { ContextSummary } from './sources/kubeconfig/contexts.ts';
import { chooseContext, listContexts } from './sources/kubeconfig/contexts.ts';
import { openCredentials } from './sources/kubeconfig/credentials.ts';
import type { Kubeconfig } from './sources/kubeconfig/kubeconfig.ts';
import {
  defaultKubeconfigPaths,
  describeKubeconfigProblem,
  loadKubeconfig,
} from './sources/kubeconfig/kubeconfig.ts';
import { watchKubeconfig } from './sources/kubeconfig/watchKubeconfig.ts';
import type { MeshSource } from './sources/meshSource.ts';
import { meshOfCluster } from './sources/meshSource.ts';

export { openJournal } from './actions/journal.ts';
export { journalInFolder } from './actions/journalFiles.ts';

/** Where a connection says what happens to it. It is never given headers, tokens or certificates. */
export interface ClusterLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface OpenClusterOptions {
  /** Files in the order in which they count; those of kubectl when absent. */
  readonly kubeconfigPaths?: readonly string[];
  /** The current context when absent. */
  readonly context?: string;
  readonly overrides?: MeshInput['overrides'];
  /** Namespaces to read one by one, besides the context's own, where they may not be listed. */
  readonly namespaces?: readonly string[];
  /** Where what is written is kept for Undo; only in memory when absent. */
  readonly journal?: Journal;
  readonly log: ClusterLog;
  readonly signal: AbortSignal;
}

/** One open connection. Everything it started ends with `dispose`. */
export interface ClusterConnection {
  /** The context's name. */
  readonly context: string;
  readonly server: string;
  /** The context's own namespace. */
  readonly namespace: string;
  readonly source: MeshSource;
  /** Ends all watches and closes the sockets; the last mesh stays, as `paused`. Not while an action runs. */
  pause(): void;
  /** Reads everything anew, and follows it. Nothing happens unless it was paused. */
  resume(): void;
  readonly actions: ClusterActions;
  /** Reads what is known of the traffic. Nothing of it is kept. */
  readEvidence(question: EvidenceQuestion): Promise<Evidence>;
  /** The ClusterRole, as YAML, that would lift what is forbidden now; undefined when nothing is. */
  missingRole(): string | undefined;
  dispose(): void;
}

export type ClusterOpening =
  | { readonly kind: 'opened'; readonly cluster: ClusterConnection }
  /** One sentence. */
  | { readonly kind: 'failed'; readonly cause: string };

export type ContextListing =
  | {
      readonly kind: 'listed';
      readonly contexts: readonly ContextSummary[];
      readonly files: readonly string[];
    }
  | { readonly kind: 'failed'; readonly cause: string };

/** The contexts to choose from. Reads files and executes nothing. */
export async function readContexts(paths?: readonly string[]): Promise<ContextListing> {
  const loaded = await load(paths);
  if (loaded.kind === 'failed') return loaded;
  return {
    kind: 'listed',
    contexts: listContexts(loaded.kubeconfig),
    files: loaded.kubeconfig.files,
  };
}

/** Calls back when a kubeconfig file was written by whatever program, so that reloading can be offered. */
export function watchContexts(
  paths: readonly string[] | undefined,
  onChange: () => void,
): { dispose(): void } {
  return watchKubeconfig(paths ?? defaultKubeconfigPaths(), onChange);
}

/**
 * Connects to the cluster of a context: reads the kubeconfig, signs in, asks for the server's version and starts
 * watching. Credential plugins run from here on, and not before.
 */
export async function openCluster(options: OpenClusterOptions): Promise<ClusterOpening> {
  const reached = await transportTo(options);
  if (reached.kind === 'failed') return reached;
  const { transport, context } = reached;
  const greeting = await greet(transport, options.signal);
  if (greeting !== undefined) {
    transport.close();
    return greeting;
  }
  options.log.info(`Connected to ${transport.server} as context ${context.name}.`);
  return { kind: 'opened', cluster: connect(transport, context, options) };
}

type Reached =
  | {
      readonly kind: 'reached';
      readonly transport: KubeTransport;
      readonly context: { readonly name: string; readonly namespace: string };
    }
  | { readonly kind: 'failed'; readonly cause: string };

/** The way to the cluster of a context. Nothing is sent yet. */
async function transportTo(
  options: Pick<OpenClusterOptions, 'kubeconfigPaths' | 'context'> & { readonly log?: ClusterLog },
): Promise<Reached> {
  const loaded = await load(options.kubeconfigPaths);
  if (loaded.kind === 'failed') return loaded;
  const choice = chooseContext(loaded.kubeconfig, options.context);
  if (choice.kind === 'unusable') return { kind: 'failed', cause: choice.cause };
  const { context } = choice;
  const transport = openTransport({
    server: context.cluster.server,
    credentials: openCredentials(context),
    onWarning: onceEach((warning) => {
      options.log?.warn(`The API server warns: ${warning}`);
    }),
  });
  return { kind: 'reached', transport, context };
}

/** Reads what is known of the traffic of a context's cluster, or from an address alone. The connection is closed again. */
export async function readEvidenceOfContext(
  context: string | undefined,
  question: EvidenceQuestion,
): Promise<Evidence> {
  if (context === undefined) return readEvidence(undefined, question);
  const reached = await transportTo({ context });
  if (reached.kind === 'failed') {
    const why = { kind: 'failed', cause: reached.cause } as const;
    const absent = [{ kind: 'prometheus', why }] as const;
    return { asked: question.window, sources: [], absent, calls: [] };
  }
  try {
    return await readEvidence(reached.transport, question);
  } finally {
    reached.transport.close();
  }
}

/** Every list is asked for again and again: what was said once needs not be said again. */
function onceEach(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text) || told.size >= MAX_WARNINGS_LOGGED) return;
    told.add(text);
    tell(text);
  };
}

const MAX_WARNINGS_LOGGED = 100;

/** Asks for the version: the cheapest call that shows whether server, TLS and credentials are right. */
async function greet(
  transport: KubeTransport,
  signal: AbortSignal,
): Promise<ClusterOpening | undefined> {
  const answer = await transport.request({
    method: 'GET',
    path: '/version',
    signal,
    timeoutMs: GREETING_TIMEOUT_MS,
  });
  if (answer.kind === 'ok') return undefined;
  // Who may not read the version may still read the mesh.
  if (answer.kind === 'status' && answer.status !== 401) return undefined;
  if (answer.kind === 'timed-out') {
    return {
      kind: 'failed',
      cause: `${transport.server} did not answer within ${answer.afterMs / 1000} s.`,
    };
  }
  return { kind: 'failed', cause: describeFailure(answer) };
}

/** Longer than a request's own limit: signing in may need a person. */
const GREETING_TIMEOUT_MS = 60_000;

function connect(
  transport: KubeTransport,
  context: { readonly name: string; readonly namespace: string },
  { overrides, namespaces = [], journal = openJournal(journalInMemory()), log }: OpenClusterOptions,
): ClusterConnection {
  const rootNamespace = overrides?.rootNamespace ?? textAt(overrides?.meshConfig, 'rootNamespace');
  const source = meshOfCluster({
    open: () =>
      openClusterSource({
        transport,
        namespace: context.namespace,
        namespaces,
        ...(rootNamespace !== undefined && { rootNamespace }),
      }),
    context: context.name,
    ...(overrides !== undefined && { overrides }),
  });
  const logging = logStatus(source, log);
  return {
    context: context.name,
    server: transport.server,
    namespace: context.namespace,
    source,
    pause: () => {
      source.pause();
      transport.closeIdle();
    },
    resume: () => {
      source.resume();
    },
    actions: clusterActions({ transport, journal, context: context.name }),
    readEvidence: (question) => readEvidence(transport, question),
    missingRole: () => accessRole(source.current?.mesh.missing ?? []),
    dispose: () => {
      logging.dispose();
      source.dispose();
      transport.close();
    },
  };
}

function logStatus(source: MeshSource, log: ClusterLog): { dispose(): void } {
  let last = '';
  return source.subscribe((now) => {
    const status = now?.status;
    if (status === undefined || status.kind === last) return;
    last = status.kind;
    if (status.kind === 'stale' || status.kind === 'failed')
      log.warn(`Cluster ${status.kind}: ${status.cause}`);
    else log.info(`Cluster ${status.kind}.`);
  });
}

type Loaded =
  | { readonly kind: 'loaded'; readonly kubeconfig: Kubeconfig }
  | { readonly kind: 'failed'; readonly cause: string };

async function load(paths: readonly string[] = defaultKubeconfigPaths()): Promise<Loaded> {
  const loaded = await loadKubeconfig(paths);
  if (loaded.kind === 'loaded') return loaded;
  return { kind: 'failed', cause: describeKubeconfigProblem(loaded.problems[0]) };
}
