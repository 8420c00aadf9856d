import { readInjectorPolicy, readMeshConfig, readProxyDefaults } from '../config/configText.ts';
import { decodeLabelSelector } from '../config/labelSelector.ts';
import type { ParseYaml } from '../config/parseYaml.ts';
import type {
  ConfigMap,
  Configured,
  InjectionWebhook,
  MutatingWebhookConfiguration,
} from '../model/objects.ts';
import { labelsAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import { storedProblem, type Problem } from '../model/problem.ts';
import type { Meta } from './objectMeta.ts';

/** Istio's own maps say what a control plane and its injector work by (R112, R250); any other map says nothing. */
export function decodeConfigMap(
  object: Json,
  meta: Meta,
  problems: Problem[],
  parseYaml: ParseYaml,
): ConfigMap {
  const isIstios = meta.name === 'istio' || meta.name.startsWith('istio-');
  const data = isIstios ? labelsAt(object, 'data') : {};
  const read = <T>(key: string, readText: ReadText<T>): Configured<T> | undefined => {
    const text = data[key];
    if (text === undefined) return undefined;
    const configured = readText(text, parseYaml);
    if (configured.kind === 'unreadable') {
      problems.push(storedProblem(['data', key], `Istio cannot take this: ${configured.why}.`));
    }
    return configured;
  };
  return {
    kind: 'ConfigMap',
    ...meta,
    meshConfig: read('mesh', readMeshConfig),
    injectorPolicy: read('config', readInjectorPolicy),
    proxyDefaults: read('values', readProxyDefaults),
  };
}

type ReadText<T> = (text: string, parseYaml: ParseYaml) => Configured<T>;

/** Only sidecar injectors are read; any other webhook keeps no selectors (R115). */
export function decodeWebhookConfiguration(object: Json, meta: Meta): MutatingWebhookConfiguration {
  const injector = meta.labels['app'] === 'sidecar-injector';
  const webhooks = injector ? objectsAt(object, 'webhooks').map(decodeWebhook) : [];
  return { kind: 'MutatingWebhookConfiguration', ...meta, webhooks };
}

function decodeWebhook(fields: Json): InjectionWebhook {
  return {
    name: stringAt(fields, 'name') ?? '',
    namespaceSelector: decodeLabelSelector(fields['namespaceSelector']),
    objectSelector: decodeLabelSelector(fields['objectSelector']),
  };
}
