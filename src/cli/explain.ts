import type { EffectiveMode, Mesh, MissingFact } from '../mesh/index.ts';
import {
  describeIgnored,
  describeMissing,
  describeModeSource,
  effectiveMode,
  meshMtls,
  namespaceMtls,
  plainText,
  topicText,
  workloadMtls,
} from '../mesh/index.ts';
import { badInput } from './inputFile.ts';
import { ignoredJson, sourceJson } from './policyJson.ts';
import { portWarning } from './portWarning.ts';
import type { Answer } from './printAnswer.ts';
import { requireNamespace } from './requireNamespace.ts';
import { sameKind, selectWorkload } from './selectWorkloads.ts';
import { topicNamed } from './topicNamed.ts';

interface Explained {
  readonly target: string;
  readonly mode: EffectiveMode;
  /** What is probably wrong with a port that no container has. */
  readonly warning?: string | undefined;
  /** What could not be read and could decide the mode. */
  readonly missing: readonly MissingFact[];
}

/** Why the named things are as they are: modes with the policies behind them, and what other objects do. */
export function explain(mesh: Mesh, targets: readonly string[]): Answer {
  const explained = targets.map((target) => explainOne(mesh, target));
  return {
    document: { version: 1, explanations: explained.map(({ json }) => json) },
    table: () => explained.map(({ text }) => text).join('\n'),
  };
}

interface Explanation {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function explainOne(mesh: Mesh, target: string): Explanation {
  const topic = topicNamed(mesh, target);
  if (topic === undefined) {
    const explained = { target, ...modeOf(mesh, target) };
    return { json: explainedJson(explained), text: explainedText(explained) };
  }
  const lines = plainText(topicText(mesh, topic)).split('\n');
  const text = [`${target}:`, ...lines.map((line) => `  ${line}`), ''].join('\n');
  return { json: { target, text: lines }, text };
}

type KnownMode = Omit<Explained, 'target'>;

function modeOf(mesh: Mesh, target: string): KnownMode {
  if (target === 'mesh') return withMissing(meshMtls(mesh));
  const [, name = '', digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(target) ?? [];
  const [kind = '', namespace] = name.split('/');
  if (sameKind(kind, 'Namespace') && namespace !== undefined && digits === undefined) {
    return namespaceMode(mesh, namespace);
  }
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535)
    throw badInput(`"${target}" names no port: ports are 1 to 65535.`);
  const workload = selectWorkload(mesh, name);
  const missing = workloadMtls(mesh, workload).unknown ?? [];
  const warning = port === undefined ? undefined : portWarning(mesh, workload, port);
  return { mode: effectiveMode(mesh, workload, port), missing, warning };
}

function withMissing(
  mode: EffectiveMode & { readonly unknown?: readonly MissingFact[] },
): KnownMode {
  return { mode, missing: mode.unknown ?? [] };
}

function namespaceMode(mesh: Mesh, namespace: string): KnownMode {
  requireNamespace([mesh], namespace);
  return withMissing(namespaceMtls(mesh, namespace));
}

function explainedJson({
  target,
  mode,
  missing,
  warning,
}: Explained): Readonly<Record<string, unknown>> {
  return {
    target,
    mode: mode.mode,
    from: sourceJson(mode.from),
    ...(missing.length === 0 ? {} : { missing }),
    ...(warning === undefined ? {} : { warning }),
    ignored: mode.ignored.map((ignored) => ({
      ...ignoredJson(ignored),
      scope: ignored.scope,
      mode: ignored.mode,
      text: describeIgnored(ignored),
    })),
  };
}

function explainedText({ target, mode, missing, warning }: Explained): string {
  const known = missing.length === 0;
  // Without the policies, "no policy sets a mode" would be untrue.
  const source = known || mode.from.kind === 'policy' ? [describeModeSource(mode.from)] : [];
  const doubt = known ? [] : ['This is what can be seen; the mode may be another one.'];
  const sentences = [
    ...(warning === undefined ? [] : [`⚠ ${warning}`]),
    ...missing.map(describeMissing),
    ...doubt,
    ...source,
    ...mode.ignored.map(describeIgnored),
  ];
  const heading = `${target}: ${mode.mode}${known ? '' : '?'}`;
  return [heading, ...sentences.map((sentence) => `  ${sentence}`), ''].join('\n');
}
