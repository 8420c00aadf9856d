import type { AuthorizationPolicy } from '../../model/objects.ts';
import type { FieldPath } from '../model/finding.ts';

/** A value by which an AuthorizationPolicy knows who calls. */
export interface SourceValue {
  readonly on: 'principal' | 'namespace' | 'service-account' | 'trust-domain';
  readonly value: string;
  /** The rule is for everybody but this one. */
  readonly isExcluded: boolean;
  readonly path: FieldPath;
}

const FIELDS = {
  principal: ['principals', 'notPrincipals'],
  namespace: ['namespaces', 'notNamespaces'],
  'service-account': ['serviceAccounts', 'notServiceAccounts'],
  'trust-domain': ['trustDomains', 'notTrustDomains'],
} as const;

/** Every identity that the sources and conditions of a policy name, with its place. */
export function sourceValues({ rules }: AuthorizationPolicy): readonly SourceValue[] {
  return rules.flatMap(({ from, when }, rule) => [
    ...from.flatMap((match, item) =>
      match.flatMap((condition) =>
        valuesOf(condition, (name) => ['spec', 'rules', rule, 'from', item, 'source', name]),
      ),
    ),
    // Conditions that say nothing are left out of `when`, so that their positions are not those of the manifest.
    ...when.flatMap((condition) =>
      valuesOf(condition, () => ['spec', 'rules', rule, 'when']).map((found) => ({
        ...found,
        path: ['spec', 'rules', rule, 'when'],
      })),
    ),
  ]);
}

type Condition = AuthorizationPolicy['rules'][number]['when'][number];

function valuesOf(
  { on, values, notValues }: Condition,
  pathOf: (field: string) => FieldPath,
): readonly SourceValue[] {
  if (!isIdentity(on)) return [];
  const [field, excluding] = FIELDS[on];
  return [
    ...values.map((value, index) => ({
      on,
      value,
      isExcluded: false,
      path: [...pathOf(field), index],
    })),
    ...notValues.map((value, index) => ({
      on,
      value,
      isExcluded: true,
      path: [...pathOf(excluding), index],
    })),
  ];
}

function isIdentity(on: Condition['on']): on is SourceValue['on'] {
  return Object.hasOwn(FIELDS, on);
}
