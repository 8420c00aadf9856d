import { describeConversionNote } from '../words/describeConversion.ts';
import { convertLegacyPolicies } from '../legacy/convertLegacy.ts';
import type { LegacyPolicy } from '../decode/legacyPolicy.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { list, paragraph, type Block, type Line } from './blocks.ts';

/** That Istio ignores an old policy, and what it would be today (R200, R207). */
export function legacyPolicyText(mesh: Mesh, policy: LegacyPolicy): readonly Block[] {
  const { manifests, requestAuthentications, notes } = convertLegacyPolicies(mesh, [policy]);
  const made = [...manifests.map(manifestLine), ...requestAuthentications.map(tokensLine)];
  return [
    paragraph({ strong: 'No effect' }, `: Istio has ignored ${policy.kind} since 1.6.`),
    ...(made.length === 0 ? [] : [paragraph('What it asked for is today:')]),
    ...list(made),
    ...list(notes.map((note): Line => [describeConversionNote(note)])),
  ];
}

function manifestLine({ metadata, spec }: Manifest): Line {
  const { mtls, portLevelMtls, selector } = spec as ConvertedSpec;
  const ports = Object.entries(portLevelMtls ?? {}).map(
    ([port, { mode }]) => `${mode} on port ${port}`,
  );
  const labels = Object.entries(selector?.matchLabels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  return [
    'PeerAuthentication ',
    { code: `${metadata.namespace ?? ''}/${metadata.name}` },
    ': ',
    { strong: [...(mtls === undefined ? [] : [mtls.mode]), ...ports].join(', ') },
    ...(labels.length === 0 ? [] : [' for pods with ', { code: labels.join(', ') }]),
  ];
}

function tokensLine({ metadata }: Manifest): Line {
  const name = `${metadata.namespace ?? ''}/${metadata.name}`;
  return ['RequestAuthentication ', { code: name }, ': checks the tokens of the same issuers'];
}

/** The part of a PeerAuthentication's spec that a conversion writes. */
interface ConvertedSpec {
  readonly mtls?: { readonly mode: string };
  readonly portLevelMtls?: Readonly<Record<string, { readonly mode: string }>>;
  readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
}
