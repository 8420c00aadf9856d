import type { IgnoredPolicy, ModeSource } from '../mesh/index.ts';

/** Where a mode comes from, as the JSON contract spells it. */
export type SourceJson =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'policy';
      readonly namespace: string;
      readonly name: string;
      readonly field: string;
    };

export function sourceJson(from: ModeSource): SourceJson {
  switch (from.kind) {
    case 'default':
      return { kind: 'default' };
    case 'policy': {
      const { object, field } = from.field;
      return { kind: 'policy', namespace: object.namespace, name: object.name, field };
    }
  }
}

export interface IgnoredJson {
  readonly namespace: string;
  readonly name: string;
  readonly reason: string;
}

export function ignoredJson({ policy, reason }: IgnoredPolicy): IgnoredJson {
  return { namespace: policy.namespace, name: policy.name, reason };
}
