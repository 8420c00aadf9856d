import type { AssumedInjected, Overrides } from '../../mesh/index.ts';
import { isNamespace, meshConfigFieldNames, wrongMeshConfigField } from '../../mesh/index.ts';
import type { Settings } from '../../contributions.ts';

/** What the settings say instead of what a cluster or the manifests say about Istio, checked. */
export type MeshSettings =
  | {
      readonly kind: 'usable';
      readonly overrides: Overrides;
      /** Of manifests: namespaces to take as injected where no Namespace is declared. */
      readonly assumed: AssumedInjected;
    }
  /** One sentence. */
  | { readonly kind: 'unusable'; readonly cause: string };

type Values = Pick<
  Settings,
  'istioMtls.rootNamespace' | 'istioMtls.meshConfig' | 'istioMtls.assumeInjected'
>;

/**
 * Reads the settings that override Istio's own. A value that is not what Istio would take makes all of them unusable: an
 * override that silently did nothing would make every answer wrong.
 * Source: istio.io/latest/docs/reference/config/istio.mesh.v1alpha1.
 */
export function readMeshSettings(values: Values): MeshSettings {
  const rootNamespace = values['istioMtls.rootNamespace'].trim();
  const meshConfig = values['istioMtls.meshConfig'];
  if (rootNamespace !== '' && !isNamespace(rootNamespace)) {
    const cause = `The setting istioMtls.rootNamespace is not the name of a namespace: "${rootNamespace}".`;
    return { kind: 'unusable', cause };
  }
  const wrong = wrongField(meshConfig);
  if (wrong !== undefined) {
    return {
      kind: 'unusable',
      cause: `The setting istioMtls.meshConfig cannot be used: ${wrong}.`,
    };
  }
  const assumed = values['istioMtls.assumeInjected'];
  const noName = assumed.find((name) => name !== '*' && !isNamespace(name));
  if (noName !== undefined) {
    const cause = `The setting istioMtls.assumeInjected holds what is no name of a namespace: "${noName}".`;
    return { kind: 'unusable', cause };
  }
  return {
    kind: 'usable',
    assumed: assumed.includes('*') ? 'all' : assumed,
    overrides: {
      ...(rootNamespace !== '' && { rootNamespace }),
      ...(Object.keys(meshConfig).length > 0 && { meshConfig }),
    },
  };
}

function wrongField(meshConfig: Values['istioMtls.meshConfig']): string | undefined {
  const names = meshConfigFieldNames();
  const unused = Object.keys(meshConfig).find((key) => !names.includes(key));
  if (unused !== undefined)
    return `"${unused}" is none of the fields that are used, which are ${names.join(', ')}`;
  const wrong = wrongMeshConfigField(meshConfig);
  return wrong && `"${wrong.field}" is not ${wrong.words}`;
}
