import type { MissingFact } from '../model/explanation.ts';
import type { NonEmpty, ObjectRef } from '../model/reference.ts';
import type { LegacyPolicy, LegacyRef } from '../decode/legacyPolicy.ts';

/** A target of a legacy policy: a Service of its namespace. */
interface AtService {
  readonly policy: LegacyRef;
  readonly service: string;
}

/** What a conversion could not do, or what someone should look at. */
export type ConversionNote =
  | { readonly kind: 'no-effect'; readonly policy: LegacyRef } // R200, R201
  | { readonly kind: 'already-replaced'; readonly policy: LegacyRef; readonly by: ObjectRef } // R206
  | {
      readonly kind: 'review-leniency'; // R204
      readonly policy: LegacyRef;
      readonly field: LegacyPolicy['lenient'][number];
    }
  /** It lands wherever it is applied; the conversion is for the namespace that it then has here. */
  | { readonly kind: 'namespace-assumed'; readonly policy: LegacyRef }
  | { readonly kind: 'disable-by-silence'; readonly policy: LegacyRef } // R203, R207
  | {
      readonly kind: 'to-do-by-hand'; // R210
      readonly policy: LegacyRef;
      readonly fields: NonEmpty<string>;
      readonly spec: unknown;
      /** A RequestAuthentication was made of what it says about tokens. */
      readonly tokensConverted: boolean;
    }
  | ({ readonly kind: 'no-such-service' } & AtService) // R209
  | ({ readonly kind: 'service-unknown'; readonly missing: MissingFact } & AtService)
  | ({
      readonly kind: 'service-without-pods'; // R209
      readonly why: 'no-selector' | 'external-name';
    } & AtService)
  | ({ readonly kind: 'no-such-port'; readonly port: number | string } & AtService)
  | ({ readonly kind: 'not-tcp'; readonly port: number | string } & AtService) // R208
  /** A named target port that no pod, or not every pod, resolves to the same number. */
  | ({
      readonly kind: 'port-unresolved'; // R208
      readonly port: number | string;
      readonly found: readonly number[];
    } & AtService)
  | ({ readonly kind: 'pods-shared'; readonly other: string } & AtService) // R209
  | { readonly kind: 'contradiction'; readonly policies: NonEmpty<LegacyRef> }
  | { readonly kind: 'merge-by-hand'; readonly policies: NonEmpty<LegacyRef> } // R11, R207
  | { readonly kind: 'superfluous-rule'; readonly rule: ObjectRef }; // R211
