import type { Mesh } from '../mesh/model/mesh.ts';
import { describeIgnored, describeModeSource } from '../mesh/mtls/describe.ts';
import type { EffectiveMode } from '../mesh/mtls/explanation.ts';
import { meshMtls, namespaceMtls } from '../mesh/mtls/namespaceMtls.ts';
import { effectiveMode } from '../mesh/mtls/serverMode.ts';
import { badInput } from './inputFile.ts';
import { ignoredJson, sourceJson } from './policyJson.ts';
import type { Answer } from './printAnswer.ts';
import { requireNamespace } from './requireNamespace.ts';
import { sameKind, selectWorkload } from './selectWorkloads.ts';

interface Explained {
  readonly target: string;
  readonly mode: EffectiveMode;
}

/** Why the modes of the named things are what they are. */
export function explain(mesh: Mesh, targets: readonly string[]): Answer {
  const explained = targets.map((target): Explained => ({ target, mode: modeOf(mesh, target) }));
  return {
    document: { version: 1, explanations: explained.map(explainedJson) },
    table: () => explained.map(explainedText).join('\n'),
  };
}

function modeOf(mesh: Mesh, target: string): EffectiveMode {
  if (target === 'mesh') return meshMtls(mesh);
  const [, name = '', digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(target) ?? [];
  const [kind = '', namespace] = name.split('/');
  if (sameKind(kind, 'Namespace') && namespace !== undefined && digits === undefined) {
    return namespaceMode(mesh, namespace);
  }
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535)
    throw badInput(`"${target}" names no port: ports are 1 to 65535.`);
  const workload = selectWorkload(mesh, name);
  return port === undefined ? effectiveMode(mesh, workload) : effectiveMode(mesh, workload, port);
}

function namespaceMode(mesh: Mesh, namespace: string): EffectiveMode {
  requireNamespace([mesh], namespace);
  return namespaceMtls(mesh, namespace);
}

function explainedJson({ target, mode }: Explained): Readonly<Record<string, unknown>> {
  return {
    target,
    mode: mode.mode,
    from: sourceJson(mode.from),
    ignored: mode.ignored.map((ignored) => ({
      ...ignoredJson(ignored),
      scope: ignored.scope,
      mode: ignored.mode,
      text: describeIgnored(ignored),
    })),
  };
}

function explainedText({ target, mode }: Explained): string {
  const sentences = [describeModeSource(mode.from), ...mode.ignored.map(describeIgnored)];
  return [`${target}: ${mode.mode}`, ...sentences.map((sentence) => `  ${sentence}`), ''].join(
    '\n',
  );
}
