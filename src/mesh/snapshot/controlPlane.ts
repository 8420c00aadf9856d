import { decodeMeshConfig } from '../config/meshConfig.ts';
import type { MissingFact } from '../model/explanation.ts';
import {
  ALL_PORTS,
  DEFAULT_INJECTOR_POLICY,
  DEFAULT_MESH_CONFIG,
  DEFAULT_ROOT_NAMESPACE,
  type InjectorPolicy,
  type MeshConfig,
  type ProxyDefaults,
} from '../model/meshConfig.ts';
import type { Injection, Injector } from './injection.ts';
import type { NamespaceObjects } from './namespaceObjects.ts';
import type {
  ConfigMap,
  Configured,
  Labels,
  MutatingWebhookConfiguration,
} from '../model/objects.ts';

/** What the caller knows better than the objects: settings and command-line options. */
export interface Overrides {
  readonly rootNamespace?: string;
  /** A MeshConfig as parsed YAML or JSON, used for every revision. */
  readonly meshConfig?: unknown;
}

/** One control plane: what `istiod` of one revision works by (R250, R251). */
export interface Revision {
  readonly name: string;
  readonly config: MeshConfig;
  readonly proxy: ProxyDefaults;
  /** Feature flags of istiod's environment; undefined when no istiod of this revision was seen. */
  readonly env: Labels | undefined;
  /** 31 for Istio 1.31; undefined when nothing tells. */
  readonly minorVersion: number | undefined;
}

/** Every control plane of the mesh, and what they inject. */
export interface ControlPlane {
  readonly defaultRevision: Revision;
  readonly revisions: ReadonlyMap<string, Revision>;
  readonly injection: Injection;
  /** Mesh configs that exist but could not be read with certainty. */
  readonly unreadable: readonly MissingFact[];
}

export interface ControlPlaneInput {
  readonly namespaces: ReadonlyMap<string, NamespaceObjects>;
  readonly webhooks: ReadonlyMap<string, MutatingWebhookConfiguration>;
  readonly overrides: Overrides;
}

const DEFAULT = 'default';

/** Reads Istio's ConfigMaps, istiod's environment and the injectors' webhooks into one value. */
export function controlPlaneOf(input: ControlPlaneInput): ControlPlane {
  const home = homeOf(input);
  const istiods = istiodsOf(home);
  const names = new Set([DEFAULT, ...istiods.keys(), ...configuredRevisions(home)]);
  const revisions = new Map<string, Revision>();
  for (const name of names) {
    const config = configOf(home, name, input.overrides);
    const istiod = istiods.get(name) ?? UNSEEN;
    revisions.set(name, { name, config, proxy: proxyDefaults(home, name), ...istiod });
  }
  const fallback = { name: DEFAULT, config: DEFAULT_MESH_CONFIG, proxy: ALL_PORTS, ...UNSEEN };
  return {
    defaultRevision: revisions.get(soleRevision(home, istiods)) ?? fallback,
    revisions,
    injection: {
      injectors: injectorsOf(input.webhooks),
      policyOf: (revision) => injectorPolicy(home, revision),
    },
    unreadable: unreadableMaps(home, input.overrides),
  };
}

/** The revision that answers for everything which names none: `default`, or the only one there is. */
function soleRevision(
  home: NamespaceObjects | undefined,
  istiods: ReadonlyMap<string, Istiod>,
): string {
  if (home?.configMaps.has('istio') === true || istiods.has(DEFAULT)) return DEFAULT;
  return [...istiods.keys()][0] ?? configuredRevisions(home)[0] ?? DEFAULT;
}

/** The control plane's own namespace: where a ConfigMap of Istio holds a mesh config. */
function homeOf({ namespaces, overrides }: ControlPlaneInput): NamespaceObjects | undefined {
  const candidates: NamespaceObjects[] = [];
  for (const objects of namespaces.values()) {
    if (objects.configMaps.size > 0 && configuredRevisions(objects).length > 0)
      candidates.push(objects);
  }
  const preferred = [overrides.rootNamespace, DEFAULT_ROOT_NAMESPACE];
  for (const name of preferred) {
    const found = candidates.find((home) => home.name === name);
    if (found !== undefined) return found;
  }
  candidates.sort((left, right) => (left.name < right.name ? -1 : 1));
  return candidates[0] ?? namespaces.get(overrides.rootNamespace ?? DEFAULT_ROOT_NAMESPACE);
}

/** Revisions that have a ConfigMap `istio` or `istio-<revision>` with a key `mesh` (R250). */
function configuredRevisions(home: NamespaceObjects | undefined): readonly string[] {
  const names: string[] = [];
  for (const map of home?.configMaps.values() ?? []) {
    if (map.meshConfig === undefined) continue;
    names.push(map.name === 'istio' ? DEFAULT : map.name.slice('istio-'.length));
  }
  return names.sort();
}

/** What the Deployment of a control plane tells about it. */
type Istiod = Pick<Revision, 'env' | 'minorVersion'>;

const UNSEEN: Istiod = Object.freeze({ env: undefined, minorVersion: undefined });

/** The control planes that were seen, by revision (R251). */
function istiodsOf(home: NamespaceObjects | undefined): ReadonlyMap<string, Istiod> {
  const found = new Map<string, Istiod>();
  for (const { labels, controlPlaneEnv } of home?.controllers.values() ?? []) {
    if (labels['app'] !== 'istiod') continue;
    const minorVersion = minorOf(labels['app.kubernetes.io/version']);
    found.set(labels['istio.io/rev'] ?? DEFAULT, { env: controlPlaneEnv, minorVersion });
  }
  return found;
}

/** The label that Istio's charts set since 1.24: `1.31.0`, also with a suffix. */
function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function configOf(
  home: NamespaceObjects | undefined,
  revision: string,
  { rootNamespace, meshConfig }: Overrides,
): MeshConfig {
  const config =
    meshConfig === undefined
      ? (valueOf(mapOf(home, 'istio', revision)?.meshConfig) ?? DEFAULT_MESH_CONFIG)
      : decodeMeshConfig(meshConfig);
  return rootNamespace === undefined ? config : { ...config, rootNamespace };
}

function valueOf<T>(configured: Configured<T> | undefined): T | undefined {
  return configured?.kind === 'read' ? configured.value : undefined;
}

/** One of Istio's maps as a revision has it: `istio`, or `istio-canary`. */
function mapOf(
  home: NamespaceObjects | undefined,
  name: string,
  revision: string,
): ConfigMap | undefined {
  return home?.configMaps.get(revision === DEFAULT ? name : `${name}-${revision}`);
}

const INJECTOR = 'istio-sidecar-injector';

function proxyDefaults(home: NamespaceObjects | undefined, revision: string): ProxyDefaults {
  return valueOf(mapOf(home, INJECTOR, revision)?.proxyDefaults) ?? ALL_PORTS;
}

/** The injector's own policy (R112). */
function injectorPolicy(home: NamespaceObjects | undefined, revision: string): InjectorPolicy {
  return valueOf(mapOf(home, INJECTOR, revision)?.injectorPolicy) ?? DEFAULT_INJECTOR_POLICY;
}

/** The maps whose text nobody can take as it stands: what they would decide is unknown. */
function unreadableMaps(
  home: NamespaceObjects | undefined,
  { meshConfig: given }: Overrides,
): readonly MissingFact[] {
  const facts: MissingFact[] = [];
  for (const { namespace, name, ...map } of home?.configMaps.values() ?? []) {
    const injector = [map.injectorPolicy, map.proxyDefaults];
    const texts = given === undefined ? [map.meshConfig, ...injector] : injector;
    for (const text of texts) {
      if (text?.kind !== 'unreadable') continue;
      facts.push({ kind: 'ConfigMap', namespace, name, why: 'invalid', cause: text.why });
    }
  }
  return facts;
}

/** Webhooks of every injector, tags resolved to the revision they stand for (R115). */
function injectorsOf(
  webhooks: ReadonlyMap<string, MutatingWebhookConfiguration>,
): readonly Injector[] | undefined {
  const injectors: Injector[] = [];
  for (const configuration of webhooks.values()) {
    const revision = configuration.labels['istio.io/rev'] ?? DEFAULT;
    const tag = configuration.labels['istio.io/tag'];
    for (const { namespaceSelector, objectSelector } of configuration.webhooks) {
      injectors.push({ revision, tag, namespaceSelector, objectSelector });
    }
  }
  return injectors.length === 0 ? undefined : injectors;
}
